import { begin, button, expect, send, test, turn, type Page } from './fixture.js';
import { add, fillIn, openModels, picker } from './model-dialog.js';
import { say, serveModel } from './model-server.js';

test('an API key stays in memory, and is asked for again after a reload', async ({ openTab }) => {
  const server = await serveModel((response) => say(response, 'Welcome.'));
  const page = await openTab();
  await add(page, { baseUrl: server.baseUrl, apiKey: 'sk-secret-1' });
  await send(page, 'Hello', 1);
  expect(server.asked[0]!.headers.authorization).toBe('Bearer sk-secret-1');
  expect(await everythingStored(page)).not.toContain('sk-secret-1');

  await page.reload();
  await expect(picker(page)).toHaveAccessibleName('Model: Tester: API key needed');
  await begin(page, 'Again');
  await expect(turn(page, 2)).toContainText('Enter it again in the model settings');
  expect(server.asked).toHaveLength(1);

  await openModels(page);
  await button(page, 'Change Tester').click();
  await page.getByLabel('API key', { exact: true }).fill('sk-secret-2');
  await button(page, 'Save').click();
  await button(page, 'Close').click();
  await turn(page, 2).getByRole('button', { name: 'Retry' }).click();
  await expect(turn(page, 2)).toContainText('Welcome.');
  expect(server.asked[1]!.headers.authorization).toBe('Bearer sk-secret-2');
  await server.close();
});

test('an API key that is kept is encrypted, locked after a reload, and opened by its passphrase', async ({
  openTab,
}) => {
  const server = await serveModel((response) => say(response, 'Welcome.'));
  const page = await openTab();
  await add(page, { baseUrl: server.baseUrl, apiKey: 'sk-secret-1', passphrase: 'correct horse' });
  await send(page, 'Hello', 1);
  expect(await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name))).toContain(
    'offshoot-demo-keys',
  );
  const stored = await everythingStored(page);
  expect(stored).not.toContain('sk-secret-1');
  expect(stored).not.toContain('correct horse');

  await page.reload();
  await expect(picker(page)).toHaveAccessibleName('Model: Tester: API key needed');
  await begin(page, 'Again');
  await expect(turn(page, 2)).toContainText('The API key of Tester is locked.');
  expect(server.asked).toHaveLength(1);

  await openModels(page);
  await expect(page.getByText('The API key of Tester is locked.').last()).toBeVisible();
  await page.getByLabel('Passphrase').fill('wrong horse');
  await button(page, 'Unlock').click();
  await expect(page.getByRole('alert')).toContainText('That is not the passphrase');
  await page.getByLabel('Passphrase').fill('correct horse');
  await button(page, 'Unlock').click();
  await expect(page.getByText('API key ready')).toBeVisible();
  await button(page, 'Close').click();
  await turn(page, 2).getByRole('button', { name: 'Retry' }).click();
  await expect(turn(page, 2)).toContainText('Welcome.');
  expect(server.asked[1]!.headers.authorization).toBe('Bearer sk-secret-1');
  await server.close();
});

test('keys whose passphrase is lost can be forgotten, and others kept instead', async ({ openTab }) => {
  const server = await serveModel((response) => say(response, 'Welcome.'));
  const page = await openTab();
  await add(page, { baseUrl: server.baseUrl, apiKey: 'sk-secret-1', passphrase: 'correct horse' });
  await page.reload();
  await openModels(page);
  await button(page, 'Forget the key').click();
  await expect(page.getByText('no API key')).toBeVisible();
  await expect
    .poll(() => page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name)))
    .not.toContain('offshoot-demo-keys');

  await button(page, 'Change Tester').click();
  await fillIn(page, { baseUrl: server.baseUrl, apiKey: 'sk-secret-2', passphrase: 'another horse' });
  await button(page, 'Save').click();
  await expect(page.getByText('API key ready')).toBeVisible();
  // The vault is open: a second key needs no passphrase.
  await button(page, 'Add a model').click();
  await fillIn(page, { baseUrl: server.baseUrl, name: 'Second', apiKey: 'sk-secret-3' });
  await page.getByLabel('Keep the key on this device').check();
  await expect(page.getByLabel(/passphrase/i)).toHaveCount(0);
  await button(page, 'Save').click();
  await expect(page.getByRole('radio', { name: 'Second' })).toBeChecked();

  await page.reload();
  await openModels(page);
  await expect(page.getByText('2 API keys are locked.')).toBeVisible();
  await button(page, 'Remove Tester').click();
  await page.getByLabel('Passphrase').fill('another horse');
  await button(page, 'Unlock').click();
  await expect(page.getByText('API key ready')).toBeVisible();
  await button(page, 'Close').click();
  await send(page, 'Hello', 1);
  expect(server.asked[0]!.headers.authorization).toBe('Bearer sk-secret-3');
  await server.close();
});

test('an API key goes nowhere but to the address that it was entered for', async ({ openTab }) => {
  const server = await serveModel((response) => say(response, 'Welcome.'));
  const other = await serveModel((response) => say(response, 'Give it to me.'));
  const page = await openTab();
  await add(page, { baseUrl: server.baseUrl, apiKey: 'sk-secret-1', passphrase: 'correct horse' });
  const redirect = (baseUrl: string) =>
    page.evaluate((baseUrl) => {
      const settings = JSON.parse(localStorage.getItem('offshoot-demo-models')!);
      settings.endpoints[0].baseUrl = baseUrl;
      localStorage.setItem('offshoot-demo-models', JSON.stringify(settings));
    }, baseUrl);
  // In the memory of a tab, and out of the vault.
  for (const isReloaded of [false, true]) {
    await redirect(other.baseUrl);
    // Another tab's change is heard of by an event.
    if (isReloaded) await page.reload();
    else await page.evaluate(() => dispatchEvent(new StorageEvent('storage')));
    if (isReloaded) {
      await openModels(page);
      await page.getByLabel('Passphrase').fill('correct horse');
      await button(page, 'Unlock').click();
      await expect(page.getByText('API key of another address, needed again')).toBeVisible();
      await button(page, 'Close').click();
    }
    await expect(picker(page)).toHaveAccessibleName('Model: Tester: API key needed');
    await begin(page, 'Hello');
    await expect(page.getByText('and is not sent there').last()).toBeVisible();
  }
  expect(other.asked).toHaveLength(0);
  await redirect(server.baseUrl);
  await page.evaluate(() => dispatchEvent(new StorageEvent('storage')));
  await begin(page, 'Hello');
  await expect(page.getByText('Welcome.').last()).toBeVisible();
  expect(server.asked[0]!.headers.authorization).toBe('Bearer sk-secret-1');
  await server.close();
  await other.close();
});

/** Everything that this origin has at rest and a reader could search, as one text. */
async function everythingStored(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const read = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error('IndexedDB failed'));
      });
    const text = (value: unknown): string => {
      if (value instanceof ArrayBuffer || ArrayBuffer.isView(value))
        return new TextDecoder('latin1').decode(value);
      if (typeof value === 'object' && value !== null)
        return Object.entries(value).flat().map(text).join('\n');
      return String(value);
    };
    const found = [JSON.stringify([localStorage, sessionStorage])];
    for (const { name } of await indexedDB.databases()) {
      const database = await read(indexedDB.open(name!));
      for (const store of database.objectStoreNames) {
        found.push(text(await read(database.transaction(store).objectStore(store).getAll())));
      }
      database.close();
    }
    return found.join('\n');
  });
}
