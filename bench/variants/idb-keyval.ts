import { createStore, entries, get, set, setMany, update, type UseStore } from 'idb-keyval';
import { onePath } from './one-path.js';
import type { SessionSeed, State, Variant } from './variant.js';

interface Counter {
  count: number;
  note: string;
}

/** idb-keyval with the whole state as one value per session, overwritten: no history, no branches. */
export function create(): Variant {
  let store: UseStore;
  return {
    async open() {
      store = createStore('bench', 'values');
    },
    close: async () => {},

    chat: {
      async save(turn) {
        onePath(turn);
        await set(turn.sessionId, turn.state, store);
      },
      readLatest: (sessionId) => get<State>(sessionId, store),
    },

    counters: {
      create: (ids) =>
        setMany(
          ids.map((id) => [id, { count: 0, note: 'n'.repeat(200) }]),
          store,
        ),
      add: (id) => update<Counter>(id, (row) => ({ ...row!, count: row!.count + 1 }), store),
      count: async (id) => (await get<Counter>(id, store))!.count,
    },

    sessions: {
      fill: (seeds) =>
        setMany(
          seeds.map((seed) => [seed.id, seed]),
          store,
        ),
      async page(limit, cursor) {
        const all = await entries<string, SessionSeed>(store);
        const seeds = all.map(([, seed]) => seed).sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1));
        const first = (cursor as number | undefined) ?? 0;
        return { ids: seeds.slice(first, first + limit).map(({ id }) => id), cursor: first + limit };
      },
    },
  };
}
