import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { IndexedDBSessionStore } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { makeKey } from '../encryption/keys.js';

const key = await makeKey();
const LONG = 'x'.repeat(50_000);

/** Different askers, each with what is easily taken for another's. `\u00e9` and `e\u0301` look the same. */
const ASKERS: { name?: string; namespace?: string }[] = [
  {},
  { name: 'a' },
  { name: 'a/b' },
  { name: 'a', namespace: 'b' },
  { name: 'a%2Fb' },
  { name: 'a', namespace: 'b/c' },
  { name: 'a/b', namespace: 'c' },
  { name: 'a.replacement' },
  { name: 'a', namespace: 'b.replacement' },
  { name: 'a.replacement', namespace: 'b' },
  { name: 'a:write' },
  { name: 'a', namespace: ':write' },
  { name: 'client:a' },
  { name: 'client' },
  { name: 'a:compact:write' },
  { name: '\u00e9' },
  { name: 'e\u0301' },
  { name: 'a', namespace: '\u00e9' },
  { name: 'a', namespace: 'e\u0301' },
  { name: ' a' },
  { name: 'A' },
  { name: '__proto__' },
  { name: LONG },
  { name: `${LONG}y` },
  { name: 'a', namespace: LONG },
];

let used: Set<string>;

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  used = new Set();
  const notes = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => (used.add(`note ${name}`), notes.get(name) ?? null),
    setItem: (name: string, text: string) => (used.add(`note ${name}`), notes.set(name, text)),
    removeItem: (name: string) => notes.delete(name),
  });
  vi.stubGlobal(
    'BroadcastChannel',
    class {
      constructor(name: string) {
        used.add(`channel ${name}`);
      }
      postMessage() {}
      close() {}
    },
  );
  vi.stubGlobal('navigator', {
    locks: {
      request: async (name: string, _: LockOptions, held: (lock: object) => unknown) => {
        used.add(`lock ${name}`);
        return held({});
      },
      query: async () => ({ held: [], pending: [] }),
    },
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

test('no two askers share a lock, a channel, a note or a database', async () => {
  const whose = new Map<string, string>();
  for (const asker of ASKERS) {
    used.clear();
    const store = new IndexedDBSessionStore({ ...asker, encryption: { key } });
    const unwatch = store.onSessionsChange(() => {});
    await save(store, 'a', turn(1));
    await store.compact();
    await store.rekey();
    unwatch();
    await store.close();
    const kinds = [...used].map((name) => name.split(' ')[0]);
    expect(new Set(kinds)).toEqual(new Set(['note', 'channel', 'lock']));
    const own = JSON.stringify(asker).slice(0, 80);
    for (const name of used) {
      expect(whose.get(name), `${name.slice(0, 80)} is used by ${own}, too`).toBeUndefined();
      whose.set(name, own);
    }
  }
  expect(await indexedDB.databases()).toHaveLength(ASKERS.length);
});

test.each(['', ' ', '\t\n', '\ud800', 'a\udc00', '\udc00\ud800'])(
  'what is no name is refused, since browsers would store several under one: %j',
  async (bad) => {
    for (const option of ['name', 'namespace']) {
      const make = () => new IndexedDBSessionStore({ [option]: bad });
      await expectRefusal(make, 'INVALID_ARGUMENT', `options.${option}`);
    }
    const store = new IndexedDBSessionStore({ snapshotPathPrefix: () => bad });
    await expectRefusal(() => store.listSessions(), 'INVALID_ARGUMENT', 'snapshotPathPrefix()');
  },
);
