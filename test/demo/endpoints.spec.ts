import { answered, begin, button, expect, send, test, turn } from './fixture.js';
import { add, picker } from './model-dialog.js';
import { configure, delta, gate, say, serveModel } from './model-server.js';

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
  test(`${status}: what the server says, and what to do about it`, async ({ openTab, context }) => {
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

test('a connection that breaks keeps what had arrived, and says so', async ({ openTab, context }) => {
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
}) => {
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

test('an address elsewhere has other reasons not to answer', async ({ openTab, context }) => {
  await context.route('https://models.example/**', (route) => route.abort());
  await configure(context, 'https://models.example/v1');
  const page = await openTab();
  await begin(page, 'Hello');
  await expect(turn(page, 1)).toContainText('Check the address and your connection.');
  await expect(turn(page, 1)).toContainText('(CORS)');
});
