import 'fake-indexeddb/auto';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { IndexedDBSessionStore, type SessionSnapshotInput } from 'offshoot';
import { createServer } from 'vite';
import { begin, button, expect, idle, openPanel, test as base, type Page } from './fixture.js';

/** A file of chats as another application may have made them. */
async function fileOf(snapshots: (SessionSnapshotInput & { snapshotId: string })[]): Promise<string> {
  const store = new IndexedDBSessionStore({ name: `foreign-${crypto.randomUUID()}` });
  for (const snapshot of snapshots) await store.saveSnapshot(snapshot.snapshotId, () => snapshot);
  const text = await new Response(store.exportSessions()).text();
  await store.close();
  return text;
}

async function importFile(page: Page, text: string): Promise<void> {
  await openPanel(page);
  const file = { name: 'chats.jsonl', mimeType: 'application/jsonl', buffer: Buffer.from(text) };
  await page.getByLabel('File to import').setInputFiles(file);
  await button(page, /^Import chats\.jsonl/).click();
  await expect(page.getByText(/chats? came in/)).toBeVisible();
  await button(page, 'Close').first().click();
}

/** Opens a chat, and waits until it has been read and drawn. */
async function openChat(page: Page, id: string): Promise<void> {
  const address = `#${new URLSearchParams({ chat: id })}`;
  await page.evaluate((hash) => void (location.hash = hash), address);
  await expect(page.locator('nav [aria-current=page]')).toHaveAttribute('href', address);
  // Then the address says which snapshot is shown; in a circle none is.
  if (id !== 'circle') await expect.poll(() => page.url()).toContain(`${address}&at=`);
}

const createdAt = '2026-05-01T12:00:00.000Z';
const toStringLess = { toString: 1 };
const user = (content: unknown) => ({ role: 'user', content });

/** What stands in `messages`, `custom` or beside them, and nobody expects. */
const ODD: Record<string, object> = {
  'no state': {},
  'a message that is null': { state: { messages: [null, user([{ text: 'hi' }])] } },
  'messages with holes': { state: { messages: Object.assign([], { length: 3, 2: user([{ text: 'hi' }]) }) } },
  'messages that are no messages': { state: { messages: [1, 'two', [user([])], true] } },
  'no content': { state: { messages: [{ role: 'user' }, { role: 'model' }] } },
  'content that is a text': { state: { messages: [user('hi')] } },
  'parts that are null': { state: { messages: [user([null, undefined, 7])] } },
  'a text that is an object': { state: { messages: [user([{ text: toStringLess }])] } },
  'media that are nothing': {
    state: { messages: [user([{ media: null }, { media: { url: 7 } }, { media: 'x' }])] },
  },
  'a role that objects have': { state: { messages: [{ role: 'constructor', content: [{ text: 'hi' }] }] } },
  'custom state of others': {
    status: 'pending',
    state: { messages: [user([{ text: 'hi' }])], custom: { tab: toStringLess, model: [1] } },
  },
  'custom that is null': { status: 'pending', state: { custom: null } },
  'a failure without words': { status: 'failed', error: { message: toStringLess } },
  'a failure that is a text': { status: 'failed', error: 'broken' },
  'a status of others': { status: 'constructor', state: { messages: [user([{ text: 'hi' }])] } },
  'very many brackets': {
    state: { messages: [user([{ text: 'hi' }]), { role: 'model', content: [{ text: '['.repeat(60_000) }] }] },
  },
};

const test = base.extend<{ imported: Page }>({
  imported: async ({ openTab }, use) => {
    const page = await openTab();
    const snapshots = Object.entries(ODD).map(([name, odd], index) => ({
      snapshotId: `odd-${index}`,
      sessionId: name,
      createdAt,
      ...odd,
    }));
    const circle = ['a', 'b', 'c'].map((id, index, ids) => ({
      snapshotId: id,
      sessionId: 'circle',
      parentId: ids[(index + 1) % 3]!,
      createdAt,
      state: { messages: [{ role: 'user' as const, content: [{ text: 'round' }] }] },
    }));
    await importFile(page, await fileOf([...snapshots, ...circle] as never));
    await use(page);
  },
});

test('whatever a chat that came in consists of, it opens, and can be continued', async ({
  imported: page,
}) => {
  test.slow();
  for (const name of [...Object.keys(ODD), 'circle']) {
    await test.step(name, async () => {
      await openChat(page, name);
      await expect(page.getByText('cannot be shown')).toHaveCount(0);
      const stop = button(page, 'Stop it');
      await expect(stop.or(button(page, 'Send')).first()).toBeVisible();
      if (await stop.isVisible()) await stop.click();
      await idle(page);
      await begin(page, 'go on');
      await expect(page.getByText('You wrote “go on”').last()).toBeVisible();
    });
  }
  await page.getByRole('searchbox').fill('hi');
  await expect(page.getByText(/found in \d+/)).toBeVisible();
});

for (const kind of ['built', 'in development'] as const) {
  test(`an image that is elsewhere is not asked for, ${kind}`, async ({ context, url }) => {
    const asked: string[] = [];
    const server = createHttpServer((request, response) => {
      asked.push(request.url!);
      response.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const elsewhere = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const root = fileURLToPath(new URL('../../', import.meta.url));
    const vite =
      kind === 'built'
        ? undefined
        : await createServer({
            root: `${root}demo`,
            configFile: `${root}vite.config.ts`,
            cacheDir: test.info().outputPath('vite'),
            server: { host: '127.0.0.1', port: 0 },
            logLevel: 'error',
          });
    await vite?.listen();
    const page = await context.newPage();
    await page.goto(vite?.resolvedUrls?.local[0] ?? url);
    await expect(button(page, 'Send')).toBeVisible({ timeout: 60_000 });
    const media = {
      role: 'user' as const,
      content: [{ media: { url: `${elsewhere}/prompt.png` } }, { text: 'Look' }],
    };
    const answer = { role: 'model' as const, content: [{ text: `![pixel](${elsewhere}/answer.png)` }] };
    const remote = { snapshotId: 'r', sessionId: 'remote', createdAt, state: { messages: [media, answer] } };
    await importFile(page, await fileOf([remote]));
    await openChat(page, 'remote');
    await expect(page.getByText('An image that is not in this chat')).toBeVisible();
    await expect(page.getByRole('link', { name: 'pixel' })).toBeVisible();
    // What the page draws itself is held back by its policy, too.
    await page.evaluate(
      (source) => document.body.append(Object.assign(new Image(), { src: source })),
      `${elsewhere}/drawn.png`,
    );
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)));
    expect(asked).toEqual([]);
    await vite?.close();
    server.close();
  });
}
