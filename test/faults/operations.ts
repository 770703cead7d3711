import type { IndexedDBSessionStore, IndexedDBSessionStoreOptions } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { overwriteRow, withRaw } from '../database/raw-database.js';

type Store = IndexedDBSessionStore<any>;

export interface Operation {
  title: string;
  run: (store: Store) => Promise<unknown>;
  options?: IndexedDBSessionStoreOptions;
  /** What has to be there beside what `fill` leaves. */
  prepare?: (store: Store, name: string) => Promise<unknown>;
  /** It takes as long as it takes, and never gives up. */
  isPatient?: boolean;
  /** It deletes even where there is no room to write when. */
  needsNoRoom?: boolean;
  /** Whatever cannot be read or written in the database, it is done all the same. */
  needsNoRows?: boolean;
  /** All that is left is an empty database, or none. */
  empties?: boolean;
  /** What cannot be done together is tried one by one. */
  isShared?: boolean;
  /** Many transactions, each of which changes nothing that anybody could see. */
  isInvisible?: boolean;
}

/** A message too large to be kept inline. */
const said = (text: string, size = 600) => ({
  role: 'user',
  content: [{ text: text.padEnd(size, ' lorem') }],
});
const messages = ['1', '2', '3', '4', '5', '6'].map((text) => said(text));
const image = (letter: string) => ({ image: `data:image/png;base64,${letter.repeat(9000)}` });
const state = (...all: unknown[]) => ({ state: { messages: all, custom: { x: 1 } } });

/** `a` ← `b` ← `c` (selected), `a` ← `d`; a second session, and a snapshot of none. */
export async function fill(store: Store): Promise<void> {
  await save(store, 'a', turn(1, state(...messages.slice(0, 2), image('A'))));
  await save(
    store,
    'b',
    turn(2, { parentId: 'a', ...state(...messages.slice(0, 2), image('A'), said('b')) }),
  );
  await save(store, 'c', turn(3, { parentId: 'b', ...state(...messages.slice(0, 2), said('c')) }));
  await save(store, 'd', turn(4, { parentId: 'a', ...state(messages[0], image('D')) }));
  await save(store, 'alone', turn(5, { sessionId: undefined, ...state(...messages) }));
  await save(store, 'other', turn(6, { sessionId: 'two', ...state(...messages) }));
  await store.updateSession('s', { title: 'A chat', metadata: { pinned: true } });
  await store.selectBranch('c');
}

/** Like `Promise.all`, but nothing is under way any more when it rejects. */
async function all(calls: Promise<unknown>[]): Promise<unknown[]> {
  await Promise.allSettled(calls);
  return Promise.all(calls);
}

/** Every public method that goes to the database, those that write in all their ways. */
export const OPERATIONS: Operation[] = [
  { title: 'saving a first snapshot', run: (store) => save(store, 'e', turn(7, { sessionId: 'new' })) },
  {
    title: 'saving without an id',
    run: (store) => store.saveSnapshot(undefined, () => turn(7, state(...messages))),
    options: { generateId: () => 'made' },
  },
  {
    title: 'saving a child of the selected snapshot',
    run: (store) => save(store, 'e', turn(7, { parentId: 'c', ...state(...messages.slice(0, 5)) })),
  },
  {
    title: 'saving a branch, with media',
    run: (store) => save(store, 'e', turn(7, { parentId: 'b', ...state(messages[0], image('E')) })),
  },
  {
    title: 'saving more than the longest chain',
    run: (store) => save(store, 'e', turn(7, { parentId: 'c', ...state(messages[1]) })),
    options: { maxPersistedChainLength: 2 },
  },
  {
    title: 'rewriting with more',
    run: (store) =>
      save(store, 'c', turn(3, { parentId: 'b', ...state(...messages.slice(0, 2), said('c'), said('e')) })),
  },
  {
    title: 'rewriting with less',
    run: (store) => save(store, 'd', turn(4, { parentId: 'a', ...state(messages[0]) })),
  },
  {
    title: 'rewriting with another parent',
    run: (store) => save(store, 'c', turn(7, { parentId: 'd', ...state(said('e')) })),
  },
  {
    title: 'rewriting without a state',
    run: (store) => save(store, 'c', turn(3, { parentId: 'b', state: undefined })),
  },
  {
    title: 'saves that share a transaction',
    isShared: true,
    run: (store) =>
      all([
        save(store, 'e', turn(7, { parentId: 'c', ...state(...messages.slice(0, 3)) })),
        save(store, 'f', turn(8, { parentId: 'e', ...state(...messages.slice(0, 4)) })),
        save(store, 'g', turn(9, { sessionId: 'two', parentId: 'other', ...state(...messages, image('G')) })),
      ]),
  },
  { title: 'a save that wants nothing', run: (store) => store.saveSnapshot('c', () => null) },
  {
    title: 'updateSession',
    run: (store) => store.updateSession('s', { title: 'T', metadata: { pinned: 1 } }),
  },
  { title: 'selectBranch', run: (store) => store.selectBranch('d') },
  { title: 'deleteSnapshot, a leaf', run: (store) => store.deleteSnapshot('d') },
  { title: 'deleteSnapshot, a subtree', run: (store) => store.deleteSnapshot('b', { subtree: true }) },
  { title: 'deleteSession', run: (store) => store.deleteSession('s'), needsNoRoom: true },
  {
    title: 'deleteSession, undoable',
    run: (store) => store.deleteSession('s', { undoable: Infinity }),
  },
  {
    title: 'restoreSession',
    prepare: (store) => store.deleteSession('s', { undoable: Infinity }),
    run: (store) => store.restoreSession('s'),
  },
  { title: 'clear', run: (store) => store.clear(), needsNoRoom: true, empties: true },
  {
    title: 'deleteDatabase',
    run: (store) => store.deleteDatabase(),
    empties: true,
    needsNoRows: true,
  },
  {
    title: 'compact',
    isInvisible: true,
    run: (store) => store.compact(),
    prepare: async (store) => {
      const long = ['1', '2', '3'].map((text) => said(text, 50_000));
      for (let n = 0; n < 3; n++) {
        const parentId = n === 0 ? undefined : `l${n - 1}`;
        await save(
          store,
          `l${n}`,
          turn(10 + n, { sessionId: 'long', parentId, ...state(...long.slice(0, n + 1)) }),
        );
      }
    },
  },
  {
    title: 'check, with repair',
    isPatient: true,
    run: (store) => store.check({ repair: true }),
    prepare: async (_, name) => {
      await overwriteRow(name, 'snapshots', 'd', (row) => ({ ...row, info: 'garbage' }));
      await overwriteRow(name, 'sessions', 'two', ({ id, title }) => ({ id, title }));
      await withRaw(name, (transaction) => transaction.objectStore('meta').put(7, 'clock'));
    },
  },
  { title: 'check', isPatient: true, run: (store) => store.check() },
  { title: 'storage', isPatient: true, run: async (store) => (await store.storage()).sessions },
  { title: 'getSnapshot', run: (store) => store.getSnapshot({ snapshotId: 'b' }) },
  { title: 'getSnapshot of a session', run: (store) => store.getSnapshot({ sessionId: 's' }) },
  { title: 'listSessions', run: (store) => store.listSessions({ limit: 1 }) },
  { title: 'getSession', run: (store) => store.getSession('s') },
  { title: 'listSnapshots', run: (store) => store.listSnapshots({ sessionId: 's', limit: 2 }) },
  { title: 'getHistory', run: (store) => store.getHistory('c') },
  { title: 'getTree', run: (store) => store.getTree('s') },
  { title: 'getLeaves', run: (store) => store.getLeaves('s') },
  { title: 'getHead', run: (store) => store.getHead('s') },
];
