// Two browser profiles of one person, as two devices, over a real server and, where there is one, a real database.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BrowserContext, Page } from '@playwright/test';
import { build } from 'vite';
import { findPgBouncer, findPostgres } from '../../../scripts/databases.mjs';
import type * as Offshoot from '../../../src/index.js';
import { createSyncHandler } from '../../../src/server/index.js';
import type * as Sync from '../../../src/sync/index.js';
import { launchChromium } from '../../engines/chromium.mjs';
import { openPg, openPGlite, type Engine } from './engines.js';
import { startPgBouncer, startPostgres } from './postgres-server.js';

type Handler = (request: Request) => Promise<Response>;
type Tab = Window & {
  store: Offshoot.IndexedDBSessionStore;
  sync: Sync.SyncHandle;
  begin: (tenant: string) => void;
  events: string[];
};

const ends: (() => unknown)[] = [];
let url: string;
const profiles: BrowserContext[] = [];

beforeAll(async () => {
  const engine = await openDatabase();
  ends.push(() => engine.close());
  const handler = createSyncHandler({
    database: engine.database,
    authorize: (request) => ({ tenant: request.headers.get('authorization')! }),
  });
  const script = await bundle();
  const server = createServer((incoming, outgoing) => void serve(handler, script, incoming, outgoing));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => close(server));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}, 240_000);

afterAll(async () => {
  for (const profile of profiles) await profile.close();
  for (const end of ends.reverse()) await end();
});

async function openDatabase(): Promise<Engine> {
  if (!findPostgres()) return openPGlite();
  const postgres = await startPostgres();
  ends.push(() => postgres.stop());
  if (!findPgBouncer()) return openPg(postgres.port);
  const bouncer = await startPgBouncer(postgres.port);
  ends.push(() => bouncer.stop());
  return openPg(bouncer.port);
}

async function bundle(): Promise<string> {
  const entry = '\0entry';
  const modules = ['index', 'sync/index'].map((name) => new URL(`../../../src/${name}.ts`, import.meta.url));
  const built = await build({
    configFile: false,
    logLevel: 'error',
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === 'entry' ? entry : undefined),
        load: (id) =>
          id === entry
            ? `import { IndexedDBSessionStore } from ${JSON.stringify(modules[0]!.pathname)};
               import { syncSessions } from ${JSON.stringify(modules[1]!.pathname)};
               window.events = [];
               window.store = new IndexedDBSessionStore();
               window.begin = (tenant) => {
                 window.sync = syncSessions(store, { url: '/sync', headers: { authorization: tenant } });
                 sync.onEvent(({ type }) => events.push(type));
               };`
            : undefined,
      },
    ],
    build: { write: false, rolldownOptions: { input: 'entry', output: { codeSplitting: false } } },
  });
  const { output } = built as { output: { type: string; code: string }[] };
  return output.find(({ type }) => type === 'chunk')!.code;
}

async function serve(
  handler: Handler,
  script: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { method = 'GET', headers } = incoming;
  const path = incoming.url!;
  if (!path.startsWith('/sync')) {
    const isScript = path === '/page.js';
    outgoing.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    return void outgoing.end(
      isScript ? script : '<!doctype html><script type="module" src="/page.js"></script>',
    );
  }
  const end = new AbortController();
  outgoing.on('close', () => end.abort());
  const body = method === 'GET' ? {} : { body: Readable.toWeb(incoming), duplex: 'half' };
  const init = { method, headers, signal: end.signal, ...body } as RequestInit;
  const answer = await handler(new Request(new URL(path, url), init));
  outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
  if (answer.body)
    Readable.fromWeb(answer.body as never)
      .on('error', () => {})
      .pipe(outgoing);
  else outgoing.end();
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** A profile of its own, on disk, with the person signed in. */
async function openProfile(tenant: string): Promise<{ profile: BrowserContext; tab: Page }> {
  const folder = await mkdtemp(join(tmpdir(), 'offshoot-profile-'));
  const profile = await launchChromium('LevelDB', folder);
  profiles.push(profile);
  ends.push(() => rm(folder, { recursive: true, force: true }));
  return { profile, tab: await openTab(profile, tenant) };
}

async function openTab(profile: BrowserContext, tenant: string): Promise<Page> {
  const tab = await profile.newPage();
  await tab.goto(url);
  await tab.waitForFunction(() => 'begin' in window);
  await tab.evaluate((name) => (window as unknown as Tab).begin(name), tenant);
  return tab;
}

const append = (tab: Page, sessionId: string, text: string, after?: string) =>
  tab.evaluate(
    ([id, said, parent]) =>
      (window as unknown as Tab).store
        .session(id!)
        .append(
          [{ role: 'user', content: [{ text: said! }] }],
          parent === undefined ? {} : { after: parent },
        ),
    [sessionId, text, after],
  );

const synced = (tab: Page) => tab.evaluate(() => (window as unknown as Tab).sync.now());

/** What a person sees: each chat's branches, as their texts, and what it was rescued from. */
const shown = (tab: Page) =>
  tab.evaluate(async () => {
    const { store } = window as unknown as Tab;
    const { sessions } = await store.listSessions();
    const chats = await Promise.all(
      sessions.map(async ({ sessionId, metadata }) => {
        const leaves = await store.getLeaves(sessionId);
        const branches = await Promise.all(
          leaves.map(async ({ snapshotId }) => {
            const snapshot = await store.getSnapshot({ snapshotId });
            const messages = (snapshot?.state?.messages ?? []) as { content: { text: string }[] }[];
            return messages.map(({ content }) => content[0]!.text).join(' / ');
          }),
        );
        return { from: metadata?.['rescuedFrom'], branches: branches.sort() };
      }),
    );
    return chats.sort((a, b) => (a.branches.join() < b.branches.join() ? -1 : 1));
  });

test('chat here, watch there; offline on both, and back', async () => {
  const tenant = crypto.randomUUID();
  const one = await openProfile(tenant);
  const two = await openProfile(tenant);

  await append(one.tab, 'trip', 'Where to?');
  await append(one.tab, 'food', 'What to eat?');
  await expect.poll(() => shown(two.tab)).toHaveLength(2);
  const question = await append(one.tab, 'trip', 'Lisbon');
  await expect
    .poll(() => shown(two.tab))
    .toMatchObject([{ branches: ['What to eat?'] }, { branches: ['Where to? / Lisbon'] }]);

  for (const { profile } of [one, two]) await profile.setOffline(true);
  await append(one.tab, 'trip', 'by train', question);
  await append(two.tab, 'trip', 'by boat', question);
  await one.tab.evaluate(() => (window as unknown as Tab).store.deleteSession('food'));
  await append(two.tab, 'food', 'Soup');
  await expect(synced(one.tab)).rejects.toThrow('UNAVAILABLE');
  expect((await shown(one.tab)).map(({ branches }) => branches)).toEqual([['Where to? / Lisbon / by train']]);

  // The first one is back before the other.
  await one.profile.setOffline(false);
  await synced(one.tab);
  await two.profile.setOffline(false);
  await synced(two.tab);
  await synced(one.tab);
  const expected = [
    { from: 'food', branches: ['What to eat? / Soup'] },
    { from: undefined, branches: ['Where to? / Lisbon / by boat', 'Where to? / Lisbon / by train'] },
  ].map(({ from, branches }) => ({ ...(from && { from }), branches }));
  for (const { tab } of [one, two]) expect(await shown(tab)).toMatchObject(expected);
  expect(await two.tab.evaluate(() => (window as unknown as Tab).events)).toContain('rescued');
});

test('a tab that syncs is killed, and the other one of its profile goes on', async () => {
  const tenant = crypto.randomUUID();
  const one = await openProfile(tenant);
  const other = await openTab(one.profile, tenant);
  const two = await openProfile(tenant);
  await append(one.tab, 'trip', 'Where to?');
  await synced(one.tab);
  const cdp = await one.profile.newCDPSession(one.tab);
  cdp.send('Page.crash').catch(() => {});
  await append(other, 'trip', 'Lisbon');
  await expect.poll(() => shown(two.tab)).toMatchObject([{ branches: ['Where to? / Lisbon'] }]);
});
