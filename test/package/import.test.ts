import { expect, test } from 'vitest';
import { onServer, trapBrowserGlobals } from './on-server.js';

test('importing the package looks at no browser global', async () => {
  const names = await onServer(`
    ${trapBrowserGlobals}
    const offshoot = await import('offshoot');
    console.log(JSON.stringify(Object.keys(offshoot).sort()));
  `);
  expect(names).toEqual(['IndexedDBSessionStore', 'SessionStoreError']);
});

test('importing offshoot/testing looks at no browser global', async () => {
  const names = await onServer(`
    ${trapBrowserGlobals}
    const testing = await import('offshoot/testing');
    console.log(JSON.stringify(Object.keys(testing)));
  `);
  expect(names).not.toEqual([]);
});

test.each([
  ['all', ['IndexedDBSessionStore', 'SessionStoreError', 'deriveKey']],
  ['bundle', ['IndexedDBSessionStore', 'SessionStoreError', 'deriveKey']],
  ['encryption', ['deriveKey']],
  ['sync', ['syncSessions']],
  ['vite', ['genkitInTheBrowser']],
  ['ag-ui', ['openThreads']],
  ['agentick', ['OffshootSessionStore']],
  ['openai-agents', ['OffshootSession']],
  ['ai-sdk', ['openChat']],
  ['assistant-ui', ['openThreadHistory', 'openThreadList']],
  ['tanstack-ai', ['openChatPersistence']],
  ['playwright', ['PageSessionStore', 'forgetMissingDatabases', 'sessionStoreFixtures']],
])('importing offshoot/%s looks at no browser global', async (name, expected) => {
  const names = await onServer(`
    ${trapBrowserGlobals}
    const entry = await import('offshoot/${name}');
    console.log(JSON.stringify(Object.keys(entry).sort()));
  `);
  expect(names).toEqual(expected);
});

// zod looks whether it is on Cloudflare, by way of `navigator`.
test('importing offshoot/server needs no browser', async () => {
  const names = await onServer(`
    const entry = await import('offshoot/server');
    console.log(JSON.stringify(Object.keys(entry).sort()));
  `);
  expect(names).toEqual([
    'SessionStoreError',
    'createSyncHandler',
    'deleteTenant',
    'exportTenant',
    'migrate',
  ]);
});

test.each([
  [
    'react',
    [
      'SessionStoreProvider',
      'branchesIn',
      'suspend',
      'useSession',
      'useSessionStore',
      'useSessions',
      'useSnapshot',
      'useSync',
    ],
  ],
  [
    'vue',
    ['branchesIn', 'provideSessionStore', 'useSession', 'useSessionStore', 'useSessions', 'useSnapshot'],
  ],
  [
    'svelte',
    ['branchesIn', 'getSessionStore', 'liveSession', 'liveSessions', 'liveSnapshot', 'setSessionStore'],
  ],
])(
  'importing offshoot/%s looks at no browser global that the framework does not look at',
  async (name, expected) => {
    const names = await onServer(`
    await import('${name}');
    ${trapBrowserGlobals}
    const entry = await import('offshoot/${name}');
    console.log(JSON.stringify(Object.keys(entry).sort()));
  `);
    expect(names).toEqual(expected);
  },
);

test('offshoot/all has the same class as offshoot, and as what adapters import', async () => {
  const same = await onServer(`
    const [core, all] = [await import('offshoot'), await import('offshoot/all')];
    console.log(JSON.stringify(Object.keys(core).map((name) => core[name] === all[name])));
  `);
  expect(same).toEqual([true, true]);
});

test('a store can be constructed, used in vain and closed on a server', async () => {
  const outcome = await onServer(`
    import { IndexedDBSessionStore, SessionStoreError } from 'offshoot';
    const store = new IndexedDBSessionStore();
    const outcomeOf = (promise) => promise.then(
      () => 'resolved',
      (error) => error instanceof SessionStoreError ? error.status : String(error),
    );
    console.log(JSON.stringify({
      getSnapshot: await outcomeOf(store.getSnapshot({ sessionId: 'session' })),
      saveSnapshot: await outcomeOf(store.saveSnapshot('snapshot', () => ({ createdAt: new Date().toISOString() }))),
      listSessions: await outcomeOf(store.listSessions()),
      close: await outcomeOf(store.close()),
    }));
  `);
  expect(outcome).toEqual({
    getSnapshot: 'UNAVAILABLE',
    saveSnapshot: 'UNAVAILABLE',
    listSessions: 'UNAVAILABLE',
    close: 'resolved',
  });
});

test('an encrypted store fails on a server like any other', async () => {
  const status = await onServer(`
    import { IndexedDBSessionStore } from 'offshoot';
    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
    const store = new IndexedDBSessionStore({ encryption: { key } });
    const status = await store.listSessions().catch((error) => error.status);
    await store.close();
    console.log(JSON.stringify(status));
  `);
  expect(status).toBe('UNAVAILABLE');
});

test('an idle store does not keep a server alive', async () => {
  const outcome = await onServer(`
    import { IndexedDBSessionStore } from 'offshoot';
    const store = new IndexedDBSessionStore();
    store.onSessionsChange(() => {});
    console.log('"left open"');
  `);
  expect(outcome).toBe('left open');
});
