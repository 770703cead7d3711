import localforage from 'localforage';
import type { SessionSeed, State, Variant } from './variant.js';

interface Snapshot {
  parentId: string | undefined;
  createdAt: string;
  state: State;
}

interface Counter {
  count: number;
  note: string;
}

/** localForage with an item per snapshot that holds it whole, and one that names the latest. */
export function create(): Variant {
  const items = localforage.createInstance({ name: 'bench', driver: localforage.INDEXEDDB });
  return {
    open: () => items.ready(),
    close: async () => {},

    chat: {
      async save({ sessionId, snapshotId, parentId, createdAt, state }) {
        const snapshot: Snapshot = { parentId, createdAt, state };
        await items.setItem(`snapshot/${snapshotId}`, snapshot);
        await items.setItem(`latest/${sessionId}`, snapshotId);
      },
      async readLatest(sessionId) {
        const snapshotId = await items.getItem<string>(`latest/${sessionId}`);
        return (await items.getItem<Snapshot>(`snapshot/${snapshotId}`))?.state;
      },
    },

    counters: {
      async create(ids) {
        for (const id of ids) await items.setItem(id, { count: 0, note: 'n'.repeat(200) });
      },
      // There is nothing atomic to do it with.
      async add(id) {
        const row = (await items.getItem<Counter>(id))!;
        await items.setItem(id, { ...row, count: row.count + 1 });
      },
      count: async (id) => (await items.getItem<Counter>(id))!.count,
    },

    sessions: {
      async fill(seeds) {
        for (const seed of seeds) await items.setItem(`session/${seed.id}`, seed);
      },
      async page(limit, cursor) {
        const seeds: SessionSeed[] = [];
        await items.iterate<SessionSeed, void>((seed) => void seeds.push(seed));
        return pageOf(seeds, limit, cursor);
      },
    },
  };
}

function pageOf(seeds: SessionSeed[], limit: number, cursor: unknown): { ids: string[]; cursor: unknown } {
  const sorted = seeds.sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1));
  const first = (cursor as number | undefined) ?? 0;
  return { ids: sorted.slice(first, first + limit).map(({ id }) => id), cursor: first + limit };
}
