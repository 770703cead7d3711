import PouchDB from 'pouchdb-browser';
import type { State, Variant } from './variant.js';

interface Content {
  parentId?: string | undefined;
  state?: State;
  count?: number;
  note?: string;
  title?: string;
}

// Documents are found by their ids alone, so an id sorts as its row should.
const snapshotId = (sessionId: string, order: number) =>
  `snapshot/${sessionId}/${String(order).padStart(8, '0')}`;
const END = '\ufff0';

/** PouchDB with a document per snapshot that holds it whole. */
export function create(): Variant {
  let database: PouchDB<Content>;

  /** A write that loses against another is done again, as its documentation says. */
  async function upsert(id: string, change: (stored: Content) => Content): Promise<void> {
    for (;;) {
      try {
        const stored: Content = await database.get(id).catch((error: { status?: number }) => {
          if (error.status === 404) return {};
          throw error;
        });
        await database.put({ ...stored, ...change(stored), _id: id });
        return;
      } catch (error) {
        if ((error as { status?: number }).status !== 409) throw error;
      }
    }
  }

  return {
    async open() {
      database = new PouchDB('bench');
      await database.info();
    },
    close: () => database.close(),

    chat: {
      async save({ sessionId, order, parentId, state }) {
        await database.put({ _id: snapshotId(sessionId, order), parentId, state });
      },
      async readLatest(sessionId) {
        const { rows } = await database.allDocs({
          startkey: `snapshot/${sessionId}/${END}`,
          endkey: `snapshot/${sessionId}/`,
          descending: true,
          limit: 1,
          include_docs: true,
        });
        return rows[0]?.doc?.state;
      },
    },

    counters: {
      async create(ids) {
        await database.bulkDocs(ids.map((id) => ({ _id: id, count: 0, note: 'n'.repeat(200) })));
      },
      add: (id) => upsert(id, ({ count }) => ({ count: count! + 1 })),
      count: async (id) => (await database.get(id)).count!,
    },

    deliveries: {
      async watch(id, callback) {
        const changes = database.changes({ live: true, since: 'now', include_docs: true, doc_ids: [id] });
        changes.on('change', ({ doc }) => callback(doc!.count!));
      },
      write: (id, count, note) => upsert(id, () => ({ count, note })),
    },

    sessions: {
      async fill(seeds) {
        await database.bulkDocs(
          seeds.map(({ id, title, updatedAt }) => ({ _id: `${updatedAt}/${id}`, title })),
        );
      },
      async page(limit, cursor) {
        const { rows } = await database.allDocs({
          ...(cursor === undefined ? {} : { startkey: cursor as string, skip: 1 }),
          descending: true,
          limit,
          include_docs: true,
        });
        return { ids: rows.map(({ id }) => id.split('/')[1]!), cursor: rows.at(-1)?.id };
      },
    },
  };
}
