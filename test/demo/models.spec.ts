import { AxeBuilder } from '@axe-core/playwright';
import { answered, begin, button, expect, message, send, test, turn, type Page } from './fixture.js';
import { configure, delta, gate, say, serveModel } from './model-server.js';

const picker = (page: Page) => page.getByRole('button', { name: /^Model: / });

async function openModels(page: Page): Promise<void> {
  await picker(page).click();
  await expect(page.getByRole('dialog', { name: 'Models' })).toBeVisible();
}

interface Added {
  baseUrl: string;
  model?: string;
  name?: string;
  apiKey?: string;
  passphrase?: string;
}

async function fillIn(page: Page, { baseUrl, model = 'test-1', name = 'Tester', apiKey, passphrase }: Added) {
  await page.getByLabel('Base URL').fill(baseUrl);
  await page.getByLabel('Model', { exact: true }).fill(model);
  await page.getByLabel('Name').fill(name);
  if (apiKey !== undefined) await page.getByLabel('API key', { exact: true }).fill(apiKey);
  if (passphrase === undefined) return;
  await page.getByLabel('Keep the key on this device').check();
  await page.getByLabel('A new passphrase').fill(passphrase);
}

async function add(page: Page, added: Added): Promise<void> {
  await openModels(page);
  await button(page, 'Add a model').click();
  await fillIn(page, added);
  await button(page, 'Save').click();
  await expect(page.getByRole('radio', { name: added.name ?? 'Tester' })).toBeChecked();
  await button(page, 'Close').click();
}

const NETWORK_ERRORS = /Failed to load resource|CORS policy|net::ERR/;

test('an endpoint is added, asked with the branch, and its answer streams in', async ({ openTab }) => {
  const more = gate();
  const server = await serveModel(async (response, { body }) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write(delta(`Answer ${body.messages.length} `));
    if (body.messages.length === 1) await more.opened;
    response.write(delta('is **complete**.'));
    response.end('data: [DONE]\n\n');
  });
  const page = await openTab();
  await expect(picker(page)).toHaveText('Scripted (offline)');
  // With a path that people copy along.
  await add(page, { baseUrl: `${server.baseUrl}/chat/completions/` });
  await expect(picker(page)).toHaveText('Tester');

  await begin(page, 'First?');
  await expect(turn(page, 1)).toContainText('Answer 1');
  await expect(button(page, 'Stop')).toBeVisible();
  more.open();
  await answered(page, 1);
  await expect(turn(page, 1).locator('strong')).toHaveText('complete');
  await send(page, 'Second?', 2);

  expect(server.asked[0]!.body).toEqual({
    model: 'test-1',
    stream: true,
    messages: [{ role: 'user', content: 'First?' }],
  });
  expect(server.asked[0]!.headers).not.toHaveProperty('authorization');
  expect(server.asked[0]!.headers).not.toHaveProperty('cookie');
  expect(server.asked[0]!.headers).not.toHaveProperty('referer');
  expect(server.asked[1]!.body.messages).toEqual([
    { role: 'user', content: 'First?' },
    { role: 'assistant', content: 'Answer 1 is **complete**.' },
    { role: 'user', content: 'Second?' },
  ]);
  await server.close();
});

test('images are sent along', async ({ openTab, context }) => {
  const server = await serveModel((response) => say(response, 'I see.'));
  await configure(context, server.baseUrl);
  const page = await openTab();
  const dot = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
  await page.setInputFiles('input[type=file]', { name: 'dot.gif', mimeType: 'image/gif', buffer: dot });
  await expect(page.getByRole('list', { name: 'Attached images' })).toBeVisible();
  await send(page, 'What is it?', 1);
  const [{ content } = { content: undefined }] = server.asked[0]!.body.messages;
  expect(content).toEqual([
    { type: 'text', text: 'What is it?' },
    { type: 'image_url', image_url: { url: expect.stringMatching(/^data:image\//) as unknown } },
  ]);
  await server.close();
});

test('events are read however they are cut, with comments, CRLF and no last word', async ({
  openTab,
  context,
}) => {
  const server = await serveModel(async (response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    const finish = JSON.stringify({ choices: [{ delta: {}, finish_reason: 'stop' }] });
    const events = `: PROCESSING\n\n${delta('Grüße, ')}event: x\r\ndata:${JSON.stringify({ choices: [{ delta: { content: '世界 🌍' } }] })}\r\n\r\ndata: ${finish}\n\n`;
    for (const byte of Buffer.from(events)) {
      response.write(Buffer.from([byte]));
      await new Promise(setImmediate);
    }
    response.end();
  });
  await configure(context, server.baseUrl);
  const page = await openTab();
  await send(page, 'Hello', 1);
  await expect(turn(page, 1)).toContainText('Grüße, 世界 🌍');
  await expect(turn(page, 1)).not.toContainText('broke off');
  await server.close();
});

test('stopping ends the request, and keeps what had arrived', async ({ openTab, context }) => {
  const server = await serveModel((response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write(delta('This far, and'));
  });
  await configure(context, server.baseUrl);
  const page = await openTab();
  await begin(page, 'Take your time.');
  await expect(turn(page, 1)).toContainText('This far, and');
  expect(server.aborted()).toBe(0);
  await button(page, 'Stop').click();
  await expect(turn(page, 1)).toContainText('Stopped');
  await expect.poll(() => server.aborted()).toBe(1);
  await page.reload();
  await expect(turn(page, 1)).toContainText('This far, and');
  await server.close();
});

const REFUSALS = [
  {
    status: 401,
    body: '{"error":{"message":"Incorrect API key provided"}}',
    says: 'Tester answered 401: Incorrect API key provided. It may want an API key',
  },
  {
    status: 404,
    body: '{"error":"model \\"test-1\\" not found, try pulling it first"}',
    says: 'not found, try pulling it first. Check in the model settings the base URL, and whether it has “test-1”.',
  },
  { status: 429, body: '{"message":"Slow down!"}', says: 'Tester answered 429: Slow down. Wait a moment' },
  { status: 500, body: '<html>Bad gateway</html>', says: 'Tester answered 500. The trouble is on its side' },
  { status: 400, body: 'context too long', says: 'Tester answered 400: context too long.' },
];

for (const { status, body, says } of REFUSALS) {
  test(`${status}: what the server says, and what to do about it`, async ({
    openTab,
    context,
    expectedErrors,
  }) => {
    expectedErrors.push(NETWORK_ERRORS);
    let isWell = false;
    const server = await serveModel((response) => {
      if (isWell) say(response, 'Now it works.');
      else response.writeHead(status).end(body);
    });
    await configure(context, server.baseUrl);
    const page = await openTab();
    await begin(page, 'Hello');
    await expect(turn(page, 1)).toContainText(says);
    isWell = true;
    await turn(page, 1).getByRole('button', { name: 'Retry' }).click();
    await expect(turn(page, 1)).toContainText('Now it works.');
    await server.close();
  });
}

test('a connection that breaks keeps what had arrived, and says so', async ({
  openTab,
  context,
  expectedErrors,
}) => {
  expectedErrors.push(NETWORK_ERRORS);
  const cut = gate();
  let hasEnded = false;
  const server = await serveModel(async (response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write(delta('Half of'));
    if (hasEnded) response.end();
    await cut.opened;
    response.destroy();
  });
  await configure(context, server.baseUrl);
  const page = await openTab();
  await begin(page, 'Hello');
  await expect(turn(page, 1)).toContainText('Half of');
  cut.open();
  await expect(turn(page, 1)).toContainText('The connection to Tester broke off. What had arrived is kept.');
  await expect(turn(page, 1)).toContainText('Half of');

  // One that ends in good order, but in the middle of the answer, is no better.
  hasEnded = true;
  await turn(page, 1).getByRole('button', { name: 'Retry' }).click();
  await expect(turn(page, 1)).toContainText('2 / 2');
  await expect(turn(page, 1)).toContainText('The connection to Tester broke off.');
  await server.close();
});

test('an error in the middle of an answer is said', async ({ openTab, context }) => {
  const server = await serveModel((response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.end(`${delta('Well')}data: {"error":{"message":"Provider is overloaded"}}\n\n`);
  });
  await configure(context, server.baseUrl);
  const page = await openTab();
  await begin(page, 'Hello');
  await expect(turn(page, 1)).toContainText('Tester: Provider is overloaded');
  await server.close();
});

test('nobody there, and nobody who talks to pages: what to start it with', async ({
  openTab,
  context,
  url,
  expectedErrors,
}) => {
  expectedErrors.push(NETWORK_ERRORS);
  const help = `start Ollama with OLLAMA_ORIGINS=${new URL(url).origin}`;
  const silent = await serveModel((response) => say(response, 'Nobody hears this.'), { allowsPages: false });
  await configure(context, silent.baseUrl);
  const page = await openTab();
  await begin(page, 'Hello');
  await expect(turn(page, 1)).toContainText(help);
  await silent.close();

  await begin(page, 'Still there?');
  await expect(turn(page, 2)).toContainText(`Tester does not answer at ${silent.baseUrl}`);
  await expect(turn(page, 2)).toContainText(help);
});

test('an address elsewhere has other reasons not to answer', async ({ openTab, context, expectedErrors }) => {
  expectedErrors.push(NETWORK_ERRORS);
  await context.route('https://models.example/**', (route) => route.abort());
  await configure(context, 'https://models.example/v1');
  const page = await openTab();
  await begin(page, 'Hello');
  await expect(turn(page, 1)).toContainText('Check the address and your connection.');
  await expect(turn(page, 1)).toContainText('(CORS)');
});

test('addresses that this page could not ask are refused at once', async ({ openTab }) => {
  const page = await openTab();
  await openModels(page);
  await button(page, 'Add a model').click();
  await fillIn(page, { baseUrl: 'http://models.example/v1' });
  await button(page, 'Save').click();
  await expect(page.getByRole('alert')).toHaveText(
    'Over http this page talks to this computer only. Use https for models.example.',
  );
  await page.getByLabel('Base URL').fill('ftp://models.example');
  await button(page, 'Save').click();
  await expect(page.getByRole('alert')).toContainText('begins with https://');
  await button(page, 'Ollama').click();
  await expect(page.getByLabel('Base URL')).toHaveValue('http://localhost:11434/v1');
  await button(page, 'Save').click();
  await expect(page.getByRole('radio', { name: 'Ollama' })).toBeChecked();
});

test('the choice survives a reload, is heard in other tabs, and can be taken back', async ({ openTab }) => {
  const server = await serveModel((response) => say(response, 'From the server.'));
  const page = await openTab();
  const other = await openTab();
  await page.bringToFront();
  await add(page, { baseUrl: server.baseUrl });
  await expect(picker(other)).toHaveText('Tester');
  await page.reload();
  await expect(picker(page)).toHaveText('Tester');
  await send(other, 'Hello', 1);
  await expect(turn(other, 1)).toContainText('From the server.');

  await openModels(other);
  await other.getByRole('radio', { name: 'Scripted (offline)' }).check();
  await expect(picker(page)).toHaveText('Scripted (offline)');

  await page.bringToFront();
  await openModels(page);
  await button(page, 'Change Tester').click();
  await page.getByLabel('Name').fill('Renamed');
  await button(page, 'Save').click();
  await page.getByRole('radio', { name: 'Renamed' }).check();
  await expect(picker(page)).toHaveText('Renamed');
  await button(page, 'Remove Renamed').click();
  await expect(page.getByRole('radio', { name: 'Renamed' })).toHaveCount(0);
  await expect(picker(other)).toHaveText('Scripted (offline)');
  await server.close();
});

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
    const found = [text({ ...localStorage }), text({ ...sessionStorage })];
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

test('the dialogs can be used by everybody', async ({ openTab }) => {
  const page = await openTab();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await openModels(page);
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await button(page, 'Add a model').click();
    await page.getByLabel('Keep the key on this device').check();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(picker(page)).toBeFocused();
  }
  await expect(message(page)).toBeVisible();
});
