import { describe, expect, onTestFinished, test } from 'vitest';
import { createSchema, SCHEMA_VERSION, STORES } from '../../src/database/schema.js';
import type { IndexedDBSessionStore, IndexedDBSessionStoreOptions } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { freshName, openStore } from '../stores/open-store.js';
import { dumpDatabase, openRaw, settled } from '../database/raw-database.js';
import { makeKey } from '../encryption/keys.js';
import { inChromium, renewIndexedDB } from '../environment.js';
import { losePatience } from './patience.js';

type Store = IndexedDBSessionStore<any>;
type Change = (database: IDBDatabase, transaction: IDBTransaction) => void;

const HIGHEST = Number.MAX_SAFE_INTEGER;

/** Makes or changes a database behind the store's back, in its own version. */
async function makeRaw(name: string, version: number | undefined, change: Change = () => {}): Promise<void> {
  const request = indexedDB.open(name, version);
  request.onupgradeneeded = () => change(request.result, request.transaction!);
  (await settled(request)).close();
}

/** As ours is, but for what `change` does to it; of the version that ours has. */
const almostOurs = (name: string, change: Change) =>
  makeRaw(name, SCHEMA_VERSION, (database, transaction) => {
    createSchema(database, transaction);
    change(database, transaction);
  });

async function versionOf(name: string): Promise<number> {
  const database = await openRaw(name);
  database.close();
  return database.version;
}

/** Everything that is done with a store works. */
async function expectWorks(store: Store): Promise<void> {
  await save(store, 'new', turn(1, { sessionId: 'new' }));
  await save(store, 'next', turn(2, { sessionId: 'new', parentId: 'new' }));
  expect((await store.getHistory('next')).map(({ snapshotId }) => snapshotId)).toEqual(['new', 'next']);
  expect((await store.listSessions()).sessions.map(({ sessionId }) => sessionId)).toContain('new');
  expect((await store.getSnapshot({ sessionId: 'new' }))?.snapshotId).toBe('next');
  expect((await store.check()).problems).toEqual([]);
}

async function expectDeleted(store: Store, name: string): Promise<void> {
  await store.deleteDatabase();
  expect((await indexedDB.databases()).map((database) => database.name)).not.toContain(name);
  await expectWorks(store);
}

const LACKING: [string, (name: string) => Promise<void>][] = [
  ['one that was opened without a version', (name) => makeRaw(name, undefined)],
  ['an empty one of the version that ours has', (name) => makeRaw(name, SCHEMA_VERSION)],
  ['an empty one of version 7', (name) => makeRaw(name, 7)],
  ['an empty one of a very high version', (name) => makeRaw(name, HIGHEST - 1)],
  ...STORES.map((store): [string, (name: string) => Promise<void>] => [
    `one without the store ${store}`,
    (name) => almostOurs(name, (database) => database.deleteObjectStore(store)),
  ]),
  [
    'one without two stores',
    (name) =>
      almostOurs(name, (database) => {
        database.deleteObjectStore('quarantine');
        database.deleteObjectStore('sessions');
      }),
  ],
  ...(
    [
      ['snapshots', 'sessionId'],
      ['snapshots', 'parentId'],
      ['sessions', 'updatedMs'],
    ] as const
  ).map(([store, index]): [string, (name: string) => Promise<void>] => [
    `one without the index ${index}`,
    (name) => almostOurs(name, (_, transaction) => transaction.objectStore(store).deleteIndex(index)),
  ]),
  [
    'one that lacks a store, with one of somebody else beside it',
    (name) =>
      almostOurs(name, (database) => {
        database.deleteObjectStore('meta');
        database.createObjectStore('theirs').put('kept', 'key');
      }),
  ],
];

const another =
  (store: string, options: IDBObjectStoreParameters): Change =>
  (database) => {
    database.deleteObjectStore(store);
    database.createObjectStore(store, options);
  };

const FOREIGN: [string, (name: string) => Promise<void>][] = [
  [
    'stores of other names',
    (name) => makeRaw(name, 1, (database) => database.createObjectStore('notes').put(1, 1)),
  ],
  [
    'the same, of a higher version',
    (name) => makeRaw(name, 12, (database) => void database.createObjectStore('notes')),
  ],
  [
    'a store of a name that ours has, too',
    (name) =>
      makeRaw(name, 1, (database) => {
        database.createObjectStore('sessions', { keyPath: 'id' }).put({ id: 'theirs' });
      }),
  ],
  ['another key path', (name) => almostOurs(name, another('snapshots', { keyPath: 'key' }))],
  ['a key path where ours has none', (name) => almostOurs(name, another('meta', { keyPath: 'id' }))],
  ['no key path where ours has one', (name) => almostOurs(name, another('sessions', {}))],
  ['keys of its own', (name) => almostOurs(name, another('logs', { autoIncrement: true }))],
  ['no keys of its own where ours has', (name) => almostOurs(name, another('quarantine', {}))],
  [
    'an index over something else',
    (name) =>
      almostOurs(name, (_, transaction) => {
        const sessions = transaction.objectStore('sessions');
        sessions.deleteIndex('updatedMs');
        sessions.createIndex('updatedMs', 'other');
      }),
  ],
  [
    'an index that is unique',
    (name) =>
      almostOurs(name, (_, transaction) => {
        const snapshots = transaction.objectStore('snapshots');
        snapshots.deleteIndex('parentId');
        snapshots.createIndex('parentId', ['info.parentId', 'sessionId'], { unique: true });
      }),
  ],
  ['no store at all, and the highest version there is', (name) => makeRaw(name, HIGHEST)],
];

/** Registers the tests, for stores with these options, in whichever IndexedDB there is. */
function describeStructure(kind: string, options: () => IndexedDBSessionStoreOptions): void {
  const open = (name: string) => openStore({ ...options(), name });

  describe(`a database that is not whole: ${kind}`, () => {
    test.each(LACKING)('%s is mended, and can be deleted', async (_, make) => {
      const name = freshName();
      await make(name);
      await expectWorks(open(name));
      // Whoever comes later finds it whole, and leaves its version as it is.
      const version = await versionOf(name);
      await expectWorks(open(name));
      expect(await versionOf(name)).toBe(version);
      await expectDeleted(open(name), name);
    });

    test.each(LACKING)('%s can be deleted at once', async (_, make) => {
      const name = freshName();
      await make(name);
      await expectDeleted(open(name), name);
    });

    test('what is in it is kept, and what is in the stores of others', async () => {
      const name = freshName();
      const store = open(name);
      await save(store, 'a', turn(1));
      await save(store, 'b', turn(2, { parentId: 'a' }));
      await store.close();
      await makeRaw(name, SCHEMA_VERSION + 1, (database, transaction) => {
        transaction.objectStore('snapshots').deleteIndex('parentId');
        database.createObjectStore('theirs').put('kept', 'key');
        database.createObjectStore(`schema ${SCHEMA_VERSION}`);
      });
      const mended = open(name);
      const history = await mended.getHistory('b');
      expect(history.map(({ snapshotId }) => snapshotId)).toEqual(['a', 'b']);
      expect((await mended.check()).problems).toEqual([]);
      await mended.clear();
      expect((await dumpDatabase(name))?.['theirs']).toEqual([['key', 'kept']]);
    });

    test('twenty tabs mend it at once', async () => {
      const name = freshName();
      await makeRaw(name, SCHEMA_VERSION);
      const told: string[] = [];
      const stores = Array.from({ length: 20 }, () =>
        openStore({ ...options(), name, onHealth: ({ type }) => told.push(type) }),
      );
      await Promise.all(stores.map((store, n) => save(store, `${n}`, turn(n))));
      for (const store of stores) expect((await store.getSession('s'))?.snapshotCount).toBe(20);
      expect(told.filter((type) => type === 'outdated' || type === 'wiped')).toEqual([]);
      expect(await versionOf(name)).toBe(SCHEMA_VERSION + 1);
    });

    test('mending that is cut off is done by whoever comes next', async () => {
      const name = freshName();
      await makeRaw(name, undefined);
      const original = IDBFactory.prototype.open;
      let left = 2;
      onTestFinished(() => void (IDBFactory.prototype.open = original));
      IDBFactory.prototype.open = function (...args) {
        const request = original.apply(this, args);
        const cutOff = () => {
          if (left <= 0) return;
          try {
            request.transaction!.abort();
            left--;
          } catch {
            // Offshoot has aborted it itself, to look before it upgrades.
          }
        };
        // When all has been made.
        queueMicrotask(() => request.addEventListener('upgradeneeded', cutOff));
        return request;
      };
      const store = open(name);
      await save(store, 'a', turn(1)).catch(() => {});
      await expectWorks(store);
    });

    test('one that others hold: UNAVAILABLE, and it is mended when they let go', async () => {
      const name = freshName();
      await makeRaw(name, undefined);
      const holder = await openRaw(name);
      onTestFinished(() => holder.close());
      const store = open(name);
      await losePatience(() => expectRefusal(() => save(store, 'a', turn(1)), 'UNAVAILABLE'));
      await losePatience(() => expectRefusal(() => store.deleteDatabase(), 'UNAVAILABLE'));
      holder.close();
      await expectWorks(store);
    });
  });

  describe(`a database of somebody else: ${kind}`, () => {
    test.each(FOREIGN)('%s: told with a way out, and left alone', async (_, make) => {
      const name = freshName();
      await make(name);
      const before = await dumpOf(name);
      const told: string[] = [];
      const store = openStore({ ...options(), name, onHealth: ({ type }) => told.push(type) });
      for (const call of [
        () => save(store, 'a', turn(1)),
        () => store.listSessions(),
        () => store.check({ repair: true }),
        () => store.clear(),
      ]) {
        const error = await expectRefusal(call, 'FAILED_PRECONDITION', 'options.name');
        expect(error.message).toMatch(/none of Offshoot's.*[Cc]hoose another name/);
      }
      expect(told).toEqual([]);
      expect(await dumpOf(name)).toEqual(before);
      await expectDeleted(store, name);
    });

    test('stores of somebody else beside ours are left alone', async () => {
      const name = freshName();
      await almostOurs(name, (database) => {
        database.createObjectStore('theirs').put('kept', 'key');
      });
      await expectWorks(open(name));
      expect((await dumpDatabase(name))?.['theirs']).toEqual([['key', 'kept']]);
      expect(await versionOf(name)).toBe(SCHEMA_VERSION);
    });
  });

  test(`a mended database is not taken for one of a newer Offshoot, nor one of those for it: ${kind}`, async () => {
    const name = freshName();
    await makeRaw(name, SCHEMA_VERSION);
    await expectWorks(open(name));
    const version = await versionOf(name);
    await makeRaw(name, version + 1, (database) => {
      database.deleteObjectStore(`schema ${SCHEMA_VERSION}`);
      database.createObjectStore(`schema ${SCHEMA_VERSION + 1}`);
    });
    const error = await expectRefusal(() => open(name).listSessions(), 'FAILED_PRECONDITION');
    expect(error.message).toMatch(/newer Offshoot/);
  });
}

/** What is in it, with its version and how it is made. */
async function dumpOf(name: string): Promise<unknown> {
  const database = await openRaw(name);
  const { version, objectStoreNames } = database;
  const names = [...objectStoreNames];
  const shapes = names.map((each) => {
    const { keyPath, autoIncrement, indexNames } = database.transaction(names).objectStore(each);
    return [each, keyPath, autoIncrement, [...indexNames]];
  });
  database.close();
  return { version, shapes, rows: names.length > 0 && (await dumpDatabase(name)) };
}

renewIndexedDB();

describeStructure('plain', () => ({}));

if (!inChromium) {
  const encryption = { key: await makeKey() };
  describeStructure('encrypted', () => ({ encryption }));
}
