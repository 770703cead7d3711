import { IDBFactory } from 'fake-indexeddb';
import fc from 'fast-check';
import { beforeEach, expect, test, vi } from 'vitest';
import type { IndexedDBSessionStore, IndexedDBSessionStoreOptions } from '../../src/index.js';
import { turn } from '../../src/testing/sample-snapshots.js';
import { makeKey } from '../encryption/keys.js';
import { freshName, openStore } from '../stores/open-store.js';
import { everyPage, lookedThrough } from './every-page.js';

vi.setConfig({ testTimeout: 120_000 });

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

type Store = IndexedDBSessionStore<any>;

/** What four tabs declare. */
const DECLARED = [['folder', 'pinned'], undefined, ['folder'], ['stars', 'pinned']];

const session = fc.constantFrom('s0', 's1', 's2', 's3');
const metadata = fc.record(
  {
    folder: fc.constantFrom('a', 'b', undefined),
    pinned: fc.constantFrom(true, false, undefined),
    stars: fc.constantFrom<unknown>(0, 1, 'many', null),
  },
  { requiredKeys: [] },
);

type Action = (store: Store, second: number) => Promise<unknown>;

const ignoring = (promise: Promise<unknown>) =>
  promise.catch((error: { status?: string }) => {
    if (error.status !== 'NOT_FOUND') throw error;
  });

const action: fc.Arbitrary<[string, Action]> = fc.oneof(
  fc
    .tuple(session)
    .map(([id]): [string, Action] => [
      `save ${id}`,
      (store, second) => ignoring(store.saveSnapshot(undefined, () => turn(second, { sessionId: id }))),
    ]),
  fc
    .tuple(session, metadata)
    .map(([id, metadata]): [string, Action] => [
      `update ${id} ${JSON.stringify(metadata)}`,
      (store) => ignoring(store.updateSession(id, { metadata })),
    ]),
  fc
    .tuple(session, metadata)
    .map(([id, metadata]): [string, Action] => [
      `append ${id} ${JSON.stringify(metadata)}`,
      (store) => ignoring(store.session(id).append({ role: 'user', content: [{ text: 'x' }] }, { metadata })),
    ]),
  fc.tuple(session).map(([id]): [string, Action] => [`delete ${id}`, (store) => store.deleteSession(id)]),
  fc
    .tuple(session)
    .map(([id]): [string, Action] => [
      `hide ${id}`,
      (store) => store.deleteSession(id, { undoable: 60_000 }),
    ]),
  fc.tuple(session).map(([id]): [string, Action] => [`restore ${id}`, (store) => store.restoreSession(id)]),
  fc.tuple(session).map(([id]): [string, Action] => [
    `duplicate ${id}`,
    async (store) => {
      if (await store.getSession(id)) await store.session(id).duplicate();
    },
  ]),
  fc
    .constantFrom('replace' as const, 'fork' as const, 'skip' as const)
    .map((onConflict): [string, Action] => [
      `import ${onConflict}`,
      async (store) => {
        const file = await new Response(
          store.exportSessions() as ReadableStream<Uint8Array<ArrayBuffer>>,
        ).blob();
        await store.importSessions(file, { onConflict });
      },
    ]),
  fc.constant<[string, Action]>(['retain', (store) => store.retain({ maxSessions: 6 })]),
  fc.constant<[string, Action]>(['repair', (store) => store.check({ repair: true })]),
);

const step = fc.tuple(fc.integer({ min: 0, max: 3 }), action, fc.boolean());

test.each<[string, IndexedDBSessionStoreOptions, boolean]>([
  ['plain', {}, false],
  ['encrypted', { encryption: { key: await makeKey() } }, false],
  ['in memory', { fallback: 'memory' }, true],
])(
  '%s: whoever saved what, lists by values are as when all is looked through',
  async (_, options, isInMemory) => {
    if (isInMemory) vi.stubGlobal('indexedDB', undefined);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const name = freshName();
        const stores = DECLARED.map((indexed) =>
          openStore({ ...options, name, ...(indexed && { indexed }), compaction: false }),
        );
        const look = async () => {
          for (const [store, where] of [
            [stores[0]!, { folder: 'a' }],
            [stores[0]!, { folder: 'b', pinned: true }],
            [stores[2]!, { folder: 'b' }],
            [stores[3]!, { stars: 1 }],
            [stores[3]!, { stars: 0, pinned: false }],
          ] as const)
            expect(await everyPage(store, { where, limit: 2 })).toEqual(
              await lookedThrough(store, { where }),
            );
        };
        for (const [n, [tab, [, act], looks]] of steps.entries()) {
          await act(stores[tab]!, n);
          if (looks) await look();
        }
        await look();
        expect((await stores[1]!.check()).problems).toEqual([]);
        await stores[0]!.deleteDatabase();
        for (const store of stores) await store.close();
      }),
      { numRuns: 25 },
    );
    vi.unstubAllGlobals();
  },
);
