import { IndexedDBSessionStore } from '../../src/index.js';
import { at, save, turn } from '../../src/testing/sample-snapshots.js';
import { settled, withRaw } from '../database/raw-database.js';

/** What it takes to fill a database quickly, which is not the same everywhere. */
interface Seed {
  /** Saves a chain of snapshots, each the child of the one before. */
  chain(name: string, sessionId: string, length: number): Promise<void>;
  /** Saves sessions of one snapshot each. */
  sessions(name: string, count: number): Promise<void>;
}

/** Lets a store begin, copies its rows behind its back (ten thousand saves take 20 s) and lets it end. */
async function multiply(
  name: string,
  steps: Record<'begin' | 'end', (store: IndexedDBSessionStore<any>) => Promise<unknown>>,
  copy: (transaction: IDBTransaction) => Promise<void>,
) {
  // Another store ends: what the first remembers is not what is stored any more, and the clock does not tell.
  for (const step of ['begin', 'end'] as const) {
    const store = new IndexedDBSessionStore<any>({ name });
    await steps[step](store);
    await store.close();
    if (step === 'begin') await withRaw(name, copy);
  }
}

/** In a browser. */
export const seedByCopying: Seed = {
  async chain(name, sessionId, length) {
    const id = (n: number) => `${sessionId}-${n}`;
    const link = (n: number) => turn(n, { sessionId, ...(n > 0 && { parentId: id(n - 1) }) });
    await multiply(
      name,
      {
        begin: async (store) => {
          for (const n of [0, 1, 2]) await save(store, id(n), link(n));
        },
        end: (store) => save(store, id(length - 1), link(length - 1)),
      },
      // The second is no leaf, nor are its copies; what was the leaf is replaced by one of them.
      async (transaction) => {
        const snapshots = transaction.objectStore('snapshots');
        const sessions = transaction.objectStore('sessions');
        const [row, session] = await Promise.all([
          settled(snapshots.get(id(1))),
          settled(sessions.get(sessionId)),
        ]);
        for (let n = 2; n < length - 1; n++) {
          const info = { ...row.info, createdAt: at(n), parentId: id(n - 1) };
          snapshots.put({ ...row, id: id(n), createdMs: Date.parse(at(n)), info });
        }
        sessions.put({ ...session, snapshots: length - 1 });
      },
    );
  },

  async sessions(name, count) {
    await multiply(
      name,
      { begin: (store) => save(store, '0', turn(0, { sessionId: 's0' })), end: () => Promise.resolve() },
      async (transaction) => {
        const sessions = transaction.objectStore('sessions');
        const session = await settled(sessions.get('s0'));
        for (let n = 1; n < count; n++) {
          sessions.put({ ...session, id: `s${n}`, updatedMs: session.updatedMs + n * 1000 });
        }
      },
    );
  },
};

async function saveAll(name: string, saves: (store: IndexedDBSessionStore<any>) => Promise<unknown>[]) {
  const store = new IndexedDBSessionStore<any>({ name });
  await Promise.all(saves(store));
  await store.close();
}

/** Where saving costs little. */
export const seedBySaving: Seed = {
  chain: (name, sessionId, length) =>
    saveAll(name, (store) =>
      Array.from({ length }, (_, n) =>
        save(
          store,
          `${sessionId}-${n}`,
          turn(n, { sessionId, ...(n > 0 && { parentId: `${sessionId}-${n - 1}` }) }),
        ),
      ),
    ),
  sessions: (name, count) =>
    saveAll(name, (store) =>
      Array.from({ length: count }, (_, n) => save(store, `${n}`, turn(n, { sessionId: `s${n}` }))),
    ),
};
