import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { IndexedDBSessionStore } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { eventually } from '../assertions/eventually.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { freshName } from '../stores/open-store.js';

type Store = IndexedDBSessionStore<any>;

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const aes = () => crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);

async function exported(stream: ReadableStream<Uint8Array>): Promise<string> {
  return new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).text();
}

/** Calls back with what is reported when somebody watches. */
const watched = (watch: () => () => void) =>
  new Promise<never>((_, reject) => {
    vi.stubGlobal('reportError', reject);
    onTestFinished(watch());
  });

/** Why a method says nothing about the key. */
const SAYS_NOTHING = {
  constructor: 'no call',
  deleteDatabase: 'whoever has lost the key can begin anew',
  persist: 'of the whole origin',
  close: 'of the store',
  probeKey: 'asks which key opens it',
} as const;

/** Every method, called so that with the key it would do something. A new one has to be added. */
const calls = (backup: string): Record<string, (store: Store) => unknown> => ({
  getSnapshot: (store) => store.getSnapshot({ sessionId: 's' }),
  saveSnapshot: (store) => store.saveSnapshot('new', () => turn(9)),
  onSnapshotStateChange: (store) => watched(() => store.onSnapshotStateChange('a', () => {})),
  listSessions: (store) => store.listSessions(),
  getSession: (store) => store.getSession('s'),
  updateSession: (store) => store.updateSession('s', { title: 'T' }),
  listSnapshots: (store) => store.listSnapshots({ sessionId: 's' }),
  getHistory: (store) => store.getHistory('a'),
  getTree: (store) => store.getTree('s'),
  getLeaves: (store) => store.getLeaves('s'),
  selectBranch: (store) => store.selectBranch('a'),
  getHead: (store) => store.getHead('s'),
  deleteSnapshot: (store) => store.deleteSnapshot('b'),
  deleteSession: (store) => store.deleteSession('s'),
  clear: (store) => store.clear(),
  onSessionChange: (store) =>
    watched(() =>
      poked(
        store,
        store.onSessionChange('s', () => {}),
      ),
    ),
  onSessionsChange: (store) =>
    watched(() =>
      poked(
        store,
        store.onSessionsChange(() => {}),
      ),
    ),
  check: (store) => store.check(),
  storage: (store) => store.storage(),
  compact: (store) => store.compact(),
  retain: (store) => store.retain({ maxSessions: 1 }),
  exportSessions: (store) => exported(store.exportSessions()),
  importSessions: (store) => store.importSessions(new Blob([backup]).stream()),
  importGenkitFiles: (store) => store.importGenkitFiles([new File([genkitFile], 'x.json')]),
  rekey: (store) => store.rekey(),
  restoreSession: (store) => store.restoreSession('s'),
  getSnapshotInfo: (store) => store.getSnapshotInfo('a'),
  saveSnapshots: (store) => store.saveSnapshots([{ mutator: () => turn(9) }]),
  searchText: (store) => store.searchText('turn'),
  session: (store) => store.session('s').append({ role: 'user', content: [{ text: 'hi' }] }),
});

const genkitFile = JSON.stringify({ ...turn(1), snapshotId: 'x' });

let channelOf = '';

/** Somebody else says that the session was written. */
function poked(_: Store, end: () => void): () => void {
  const channel = new BroadcastChannel(`offshoot:${channelOf}`);
  setTimeout(() => {
    channel.postMessage({ database: channelOf, snapshots: ['a'], sessions: ['s'], cleared: false });
    channel.close();
  }, 20);
  return end;
}

/** Besides these two, whose way to say so is their own, all answer PERMISSION_DENIED. */
const OWN_STATUS: Record<string, Record<string, string>> = {
  none: { rekey: 'FAILED_PRECONDITION' },
  wrong: {},
};

async function encrypted(): Promise<{ name: string; backup: string }> {
  const name = freshName();
  channelOf = name;
  const store = new IndexedDBSessionStore<any>({ name, encryption: { key: await aes() } });
  await save(store, 'a', turn(1));
  await save(store, 'b', turn(2, { parentId: 'a' }));
  await save(store, 'c', turn(3, { sessionId: 'other' }));
  await store.close();
  const plain = new IndexedDBSessionStore<any>({ name: freshName() });
  await save(plain, 'imported', turn(1, { sessionId: 'imported' }));
  const backup = await exported(plain.exportSessions());
  await plain.close();
  return { name, backup };
}

const methods = Object.getOwnPropertyNames(IndexedDBSessionStore.prototype).filter(
  (method) => !(method in SAYS_NOTHING),
);

test('every public method is gone through', () => {
  expect(Object.keys(calls('')).sort()).toEqual(methods.sort());
});

for (const which of ['none', 'wrong'] as const) {
  test.each(methods)(`%s fails with the key being ${which}`, async (method) => {
    const { name, backup } = await encrypted();
    const store = new IndexedDBSessionStore<any>({
      name,
      ...(which === 'wrong' && { encryption: { key: await aes() } }),
    });
    onTestFinished(() => store.close());
    const call = calls(backup)[method]!;
    const error: unknown = await Promise.resolve(call(store)).then(
      (value) => ({ status: `answered ${String(value)}` }),
      (reason: unknown) => reason,
    );
    expect((error as { status?: string }).status).toBe(OWN_STATUS[which]![method] ?? 'PERMISSION_DENIED');
  });
}

test.each(['none', 'wrong'])('an import with nothing in it fails with the key being %s', async (which) => {
  const { name } = await encrypted();
  const empty = new IndexedDBSessionStore<any>({ name: freshName() });
  const nothing = await exported(empty.exportSessions());
  await empty.close();
  const store = new IndexedDBSessionStore<any>({
    name,
    ...(which === 'wrong' && { encryption: { key: await aes() } }),
  });
  onTestFinished(() => store.close());
  for (const importing of [
    () => store.importSessions(new Blob([nothing])),
    () => store.importGenkitFiles([]),
    () => exported(store.exportSessions({ sessionIds: [] })),
    () => store.listSessions({ limit: 1 }),
  ]) {
    await expectRefusal(importing, 'PERMISSION_DENIED');
  }
});

test('many watchers and many writes are one report', async () => {
  const reported: unknown[] = [];
  vi.stubGlobal('reportError', (error: unknown) => reported.push(error));
  const { name } = await encrypted();
  const store = new IndexedDBSessionStore<any>({ name });
  onTestFinished(() => store.close());
  for (let n = 0; n < 20; n++) {
    store.onSnapshotStateChange('a', () => {});
    store.onSnapshotStateChange(`a${n}`, () => {});
    store.onSessionChange('s', () => {});
  }
  for (let n = 0; n < 20; n++) poked(store, () => {});
  await eventually(() => reported.length > 0, 'the report');
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(reported).toHaveLength(1);
});
