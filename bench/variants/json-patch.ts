import { applyPatch, compare, type Operation } from 'fast-json-patch';
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { State, Turn, Variant } from './variant.js';

const CHECKPOINT_EVERY = 25;
/** How many conversations are held in memory. */
const CACHED = 4;

/** A snapshot is its parent's state and a patch, or, every so often, a state. */
type Snapshot = Pick<Turn, 'snapshotId' | 'sessionId' | 'parentId' | 'order' | 'createdAt'> &
  ({ state: State } | { patch: Operation[] });

interface Schema extends DBSchema {
  snapshots: {
    key: string;
    value: Snapshot;
    indexes: { order: [session: string, order: number] };
  };
}

/** JSON Patch (RFC 6902) with checkpoints, as Genkit's Firestore store does it, with the parent's state in a cache. */
export function create(): Variant {
  let database: IDBPDatabase<Schema>;
  /** The states last saved, by snapshot, latest last. */
  const cache = new Map<string, State>();

  function remember(snapshotId: string, state: State): void {
    cache.set(snapshotId, state);
    for (const oldest of cache.keys()) if (cache.size > CACHED) cache.delete(oldest);
  }

  async function load(snapshotId: string): Promise<State> {
    const { store } = database.transaction('snapshots');
    const patches: Operation[][] = [];
    let snapshot = (await store.get(snapshotId))!;
    while (!('state' in snapshot)) {
      patches.push(snapshot.patch);
      snapshot = (await store.get(snapshot.parentId!))!;
    }
    for (const patch of patches.reverse()) applyPatch(snapshot.state, patch);
    return snapshot.state;
  }

  return {
    async open() {
      database = await openDB<Schema>('bench', 1, {
        upgrade(database) {
          database
            .createObjectStore('snapshots', { keyPath: 'snapshotId' })
            .createIndex('order', ['sessionId', 'order']);
        },
      });
    },
    close: async () => database.close(),
    chat: {
      async save({ added: _, state, depth, ...info }) {
        const { parentId, snapshotId } = info;
        const put = async (content: { state: State } | { patch: Operation[] }) => {
          const transaction = database.transaction('snapshots', 'readwrite', { durability: 'relaxed' });
          void transaction.store.put({ ...info, ...content });
          await transaction.done;
        };
        if (parentId === undefined || depth % CHECKPOINT_EVERY === 0) {
          await put({ state });
          remember(snapshotId, structuredClone(state));
          return;
        }
        const before = cache.get(parentId) ?? (await load(parentId));
        const patch = compare(before, state);
        await put({ patch });
        // The caller goes on with its state, so the cached one is moved by a copy of the patch.
        applyPatch(before, structuredClone(patch));
        cache.delete(parentId);
        remember(snapshotId, before);
      },
      async readLatest(sessionId) {
        const range = IDBKeyRange.bound([sessionId, 0], [sessionId, Infinity]);
        const index = database.transaction('snapshots').store.index('order');
        const latest = await index.openKeyCursor(range, 'prev');
        return latest ? load(latest.primaryKey) : undefined;
      },
    },
  };
}
