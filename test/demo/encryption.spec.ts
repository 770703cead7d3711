import { beginLong, button, chats, expect, message, send, test, turn, type Page } from './fixture.js';

const PASSPHRASE = 'correct horse battery';
const locked = (page: Page) => page.getByRole('heading', { name: 'Your chats are locked' });
const panel = (page: Page) => page.getByRole('dialog', { name: 'Your data' });

async function openPanel(page: Page): Promise<void> {
  await page.bringToFront();
  await button(page, 'Your data').click();
  await expect(panel(page).getByRole('heading', { name: 'Encryption' })).toBeVisible();
}

async function switchOn(page: Page): Promise<void> {
  await openPanel(page);
  await button(page, 'Switch encryption on').click();
  await page.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
  await page.getByLabel('The same again').fill(PASSPHRASE);
  await button(page, 'Encrypt everything').click();
  await expect(panel(page).getByText('On. This page asks for the passphrase')).toBeVisible();
  await expect(button(page, 'Switch encryption off')).toBeVisible();
}

async function unlock(page: Page, passphrase = PASSPHRASE): Promise<void> {
  await page.bringToFront();
  await page.getByLabel('Passphrase').fill(passphrase);
  await button(page, 'Unlock').click();
}

/** Everything that lies in the demo's database, as it is stored. */
const rawText = (page: Page) =>
  page.evaluate(async () => {
    const of = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve) => (request.onsuccess = () => resolve(request.result)));
    const database = await of(indexedDB.open('offshoot-demo'));
    const names = [...database.objectStoreNames];
    const transaction = database.transaction(names);
    const rows = await Promise.all(names.map((name) => of(transaction.objectStore(name).getAll())));
    database.close();
    return JSON.stringify(rows, (_, value: unknown) =>
      value instanceof Uint8Array || value instanceof ArrayBuffer ? new TextDecoder().decode(value) : value,
    );
  });

/** What is kept beside the chats while they are encrypted. */
const record = (page: Page) => page.evaluate(() => localStorage.getItem('offshoot-demo:encryption'));

test('what is encrypted is locked at the next start, and opens with its passphrase only', async ({
  openTab,
}) => {
  const page = await openTab();
  await send(page, 'the word is marzipan', 1);
  expect(await rawText(page)).toContain('marzipan');
  await switchOn(page);
  expect(await rawText(page)).not.toContain('marzipan');
  expect(await record(page)).not.toBeNull();
  await button(page, 'Close').click();
  await expect(turn(page, 1)).toContainText('marzipan');
  await send(page, 'and nougat', 2);
  expect(await rawText(page)).not.toContain('nougat');

  await openPanel(page);
  await button(page, 'Lock now').click();
  await expect(locked(page)).toBeVisible();
  await expect(page.getByText('marzipan')).toHaveCount(0);
  await expect(page.getByLabel('Passphrase')).toBeFocused();
  await unlock(page, 'wrong horse battery');
  await expect(page.getByRole('alert')).toHaveText('That is not the passphrase.');
  await unlock(page);
  await expect(turn(page, 2)).toContainText('nougat');
  await expect(chats(page)).toHaveText([/^the word is marzipan/]);
  await send(page, 'and more', 3);
});

test('a passphrase is written twice, and is long enough', async ({ openTab }) => {
  const page = await openTab();
  await openPanel(page);
  await button(page, 'Switch encryption on').click();
  await expect(panel(page).getByText('Nobody can recover the passphrase.')).toBeVisible();
  const [first, second] = [page.getByLabel('Passphrase', { exact: true }), page.getByLabel('The same again')];
  await first.fill('short');
  await second.fill('short');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText('at least 8 characters');
  await first.fill('long enough');
  await second.fill('long enouhg');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toHaveText('These are two different passphrases.');
  await button(page, 'Cancel').click();
  await expect(button(page, 'Switch encryption on')).toBeVisible();
  expect(await record(page)).toBeNull();
});

test('other tabs are locked with it, and open again when it is switched off', async ({ openTab }) => {
  const first = await openTab();
  await send(first, 'hello', 1);
  const second = await openTab(new URL(first.url()).hash);
  await expect(turn(second, 1)).toContainText('hello');

  await switchOn(first);
  await expect(locked(second)).toBeVisible();
  await unlock(second);
  await expect(turn(second, 1)).toContainText('hello');
  await send(second, 'from the second tab', 2);
  await expect(turn(first, 2)).toContainText('from the second tab');

  await first.bringToFront();
  await button(first, 'Switch encryption off').click();
  await expect(button(first, 'Switch encryption on')).toBeVisible();
  await expect(turn(second, 2)).toContainText('from the second tab');
  await expect(locked(second)).toHaveCount(0);
  expect(await rawText(first)).toContain('from the second tab');
  expect(await record(first)).toBeNull();
  await first.reload();
  await expect(turn(first, 2)).toContainText('from the second tab');
});

test('switching it on or off goes on where it was interrupted', async ({ openTab, context }) => {
  await context.addInitScript(() => {
    const set = Storage.prototype.setItem;
    Storage.prototype.setItem = function (key, value) {
      set.call(this, key, value);
      if (key === 'offshoot-demo:encryption') set.call(this, `${key}:${this.length}`, value);
    };
  });
  const page = await openTab();
  await send(page, 'hello', 1);
  await switchOn(page);
  await button(page, 'Switch encryption off').click();
  await expect(button(page, 'Switch encryption on')).toBeVisible();
  const records = await page.evaluate(() =>
    Object.keys(localStorage)
      .filter((key) => key.startsWith('offshoot-demo:encryption:'))
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
      .map((key) => localStorage.getItem(key)!),
  );
  expect(records).toHaveLength(3);
  const interruptWith = async (written: string) => {
    await page.evaluate((record) => localStorage.setItem('offshoot-demo:encryption', record), written);
    await page.reload();
    await unlock(page);
    await expect(turn(page, 1)).toContainText('hello');
  };
  const [encrypting, , decrypting] = records as [string, string, string];
  await interruptWith(encrypting);
  await expect.poll(() => record(page)).not.toBe(encrypting);
  expect(await rawText(page)).not.toContain('hello');
  await page.reload();
  await unlock(page);
  await interruptWith(decrypting);
  await expect.poll(() => record(page)).toBeNull();
  await page.reload();
  await expect(turn(page, 1)).toContainText('hello');
});

test('a tab that ends what was interrupted does not lock those that have the key', async ({
  openTab,
  context,
}) => {
  await context.addInitScript(() => {
    const set = Storage.prototype.setItem;
    Storage.prototype.setItem = function (key, value) {
      set.call(this, key, value);
      if (key === 'offshoot-demo:encryption' && !this.getItem('first')) set.call(this, 'first', value);
    };
  });
  const first = await openTab();
  await send(first, 'hello', 1);
  await switchOn(first);
  await button(first, 'Close').click();
  const finished = await record(first);
  const address = new URL(first.url()).hash;
  const second = await openTab(address);
  await expect(locked(second)).toBeVisible();
  await second.evaluate(() =>
    localStorage.setItem('offshoot-demo:encryption', localStorage.getItem('first')!),
  );
  expect(await record(second)).not.toBe(finished);
  await unlock(second);
  await expect
    .poll(() => record(second))
    .not.toBe(await second.evaluate(() => localStorage.getItem('first')));
  await send(second, 'from the second tab', 2);
  await expect(turn(first, 2)).toContainText('from the second tab');
});

test('who changes what is kept beside the chats has nothing decrypted', async ({ openTab }) => {
  const page = await openTab();
  await send(page, 'the word is marzipan', 1);
  await switchOn(page);
  const kept = JSON.parse((await record(page))!) as { check: string; salt: string };
  for (const forged of [
    { phase: 'decrypting' },
    { phase: 'encrypting' },
    { check: kept.check.replace(/^.{4}/, 'AAAA') },
    { check: `${kept.check}!` },
  ]) {
    await page.evaluate(
      (text) => localStorage.setItem('offshoot-demo:encryption', text),
      JSON.stringify({ ...kept, ...forged }),
    );
    await page.reload();
    await unlock(page);
    if ('check' in forged)
      await expect(page.getByRole('alert')).toHaveText(/That is not the passphrase|was changed/);
    else await expect(turn(page, 1)).toContainText('marzipan');
    expect(await rawText(page)).not.toContain('marzipan');
  }
});

test('while it is on, neither titles nor what is being written lie beside the chats in plain text', async ({
  openTab,
}) => {
  const page = await openTab();
  await send(page, 'the word is marzipan', 1);
  await expect(page).toHaveTitle(/marzipan/);
  await message(page).fill('written before');
  await switchOn(page);
  await button(page, 'Close').click();
  await expect(page).toHaveTitle('Offshoot');
  await expect(message(page)).toHaveValue('written before');
  const drafts = () => page.evaluate(() => JSON.stringify(sessionStorage));
  await expect.poll(drafts).not.toContain('written before');
  await message(page).fill('written with nougat');
  await expect.poll(drafts).toContain('sealed');
  expect(await drafts()).not.toContain('nougat');
  await page.reload();
  await unlock(page);
  await expect(message(page)).toHaveValue('written with nougat');
  await expect(page).toHaveTitle('Offshoot');

  await openPanel(page);
  await button(page, 'Switch encryption off').click();
  await expect(button(page, 'Switch encryption on')).toBeVisible();
  await page.reload();
  await expect(message(page)).toHaveValue('written with nougat');
});

test('what is being written in other tabs, locked ones as well, stays when encryption is switched off', async ({
  openTab,
}) => {
  const first = await openTab();
  await send(first, 'hello', 1);
  await switchOn(first);
  const [open, closed] = [await openTab(), await openTab()];
  for (const [tab, text] of [
    [open, 'with nougat'],
    [closed, 'with marzipan'],
  ] as const) {
    await unlock(tab);
    await message(tab).fill(text);
    await expect.poll(() => tab.evaluate(() => sessionStorage.getItem('drafts:sealed'))).not.toBeNull();
  }
  await closed.reload();
  await expect(locked(closed)).toBeVisible();
  await first.bringToFront();
  await button(first, 'Switch encryption off').click();
  await expect(button(first, 'Switch encryption on')).toBeVisible();
  await expect(message(open)).toHaveValue('with nougat');
  await expect(message(closed)).toHaveValue('with marzipan');
  await closed.reload();
  await expect(message(closed)).toHaveValue('with marzipan');
});

test('a message that nothing has happened for changes nothing, whoever posts it', async ({ openTab }) => {
  const first = await openTab();
  await send(first, 'hello', 1);
  await switchOn(first);
  await button(first, 'Close').click();
  const second = await openTab();
  await unlock(second);
  await message(second).fill('with nougat');
  await expect.poll(() => second.evaluate(() => sessionStorage.getItem('drafts:sealed'))).not.toBeNull();
  await second.evaluate(() => Object.assign(window, { isAsItWas: true }));
  await first.evaluate(async () => {
    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
      'encrypt',
      'decrypt',
    ]);
    const channel = new BroadcastChannel('offshoot-demo:encryption');
    for (const forged of ['changed', 'deleted', key, null, { type: 'deleted' }, 7])
      channel.postMessage(forged);
    channel.close();
  });
  await send(first, 'again', 2);
  await expect(message(second)).toHaveValue('with nougat');
  expect(await second.evaluate(() => 'isAsItWas' in window)).toBe(true);
  expect(await second.evaluate(() => JSON.stringify(sessionStorage))).not.toContain('nougat');
});

test('encryption waits for the answer that is being given', async ({ openTab }) => {
  const page = await openTab();
  await beginLong(page, 1);
  await openPanel(page);
  await expect(panel(page).getByText('Wait until the answer is complete')).toBeVisible();
  await expect(button(page, 'Switch encryption on')).toHaveCount(0);
  await button(page, 'Close').click();
  await button(page, 'Stop').click();
  await openPanel(page);
  await expect(button(page, 'Switch encryption on')).toBeVisible();
});

test('whoever has lost the passphrase can begin anew, when other tabs let go', async ({
  context,
  url,
  openTab,
}) => {
  const page = await openTab();
  await send(page, 'hello', 1);
  await switchOn(page);
  await button(page, 'Lock now').click();
  const holder = await context.newPage();
  await holder.goto(`${url}icon.svg`);
  await holder.evaluate(
    () => new Promise((resolve) => (indexedDB.open('offshoot-demo').onsuccess = resolve)),
  );
  await page.bringToFront();
  await button(page, 'I have lost the passphrase').click();
  await button(page, 'Delete all chats for good').click();
  await expect(page.getByText('Another tab holds on to an older version of the database.')).toBeVisible();
  await holder.close();
  await expect(page.getByText('No chats yet.')).toBeVisible();
  await send(page, 'something new', 1);
  await page.reload();
  await expect(turn(page, 1)).toContainText('something new');
});

test('without what the passphrase needs, the page says that the chats are lost', async ({ openTab }) => {
  const page = await openTab();
  await send(page, 'hello', 1);
  await switchOn(page);
  await page.evaluate(() => localStorage.removeItem('offshoot-demo:encryption'));
  await page.reload();
  await expect(page.getByText('They cannot be opened any more.')).toBeVisible();
  await button(page, 'Delete all chats for good').click();
  await expect(page.getByText('No chats yet.')).toBeVisible();
});
