import { createRxDatabase, type RxCollection, type RxDatabase } from 'rxdb';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import type { SessionSeed, State, Variant } from './variant.js';

interface Snapshot {
  id: string;
  sessionId: string;
  order: number;
  parentId?: string;
  createdAt: string;
  state: State;
}

interface Counter {
  id: string;
  count: number;
  note: string;
}

interface Collections {
  snapshots: RxCollection<Snapshot>;
  counters: RxCollection<Counter>;
  sessions: RxCollection<SessionSeed>;
}

const text = { type: 'string' };
const key = { type: 'string', maxLength: 100 };
const whole = { type: 'integer', minimum: 0, maximum: 1e9, multipleOf: 1 };
const base = { version: 0, primaryKey: 'id', type: 'object' };

const snapshotSchema = {
  ...base,
  properties: {
    id: key,
    sessionId: key,
    order: whole,
    parentId: text,
    createdAt: text,
    state: { type: 'object' },
  },
  required: ['id', 'sessionId', 'order'],
  indexes: [['sessionId', 'order']],
};
const counterSchema = { ...base, properties: { id: key, count: whole, note: text } };
const sessionSchema = {
  ...base,
  properties: { id: key, title: text, updatedAt: key },
  required: ['updatedAt'],
  indexes: ['updatedAt'],
};

/** RxDB over Dexie with a document per snapshot that holds it whole. */
export function create(): Variant {
  let database: RxDatabase<Collections>;
  return {
    async open() {
      database = await createRxDatabase<Collections>({ name: 'bench', storage: getRxStorageDexie() });
      await database.addCollections({
        snapshots: { schema: snapshotSchema },
        counters: { schema: counterSchema },
        sessions: { schema: sessionSchema },
      });
    },
    close: async () => void (await database.close()),

    chat: {
      async save({ snapshotId, sessionId, parentId, order, createdAt, state }) {
        const snapshot = { id: snapshotId, sessionId, order, createdAt, state };
        await database.snapshots.insert(parentId === undefined ? snapshot : { ...snapshot, parentId });
      },
      async readLatest(sessionId) {
        const latest = database.snapshots.findOne({
          selector: { sessionId },
          sort: [{ sessionId: 'desc' }, { order: 'desc' }],
        });
        return (await latest.exec())?.toJSON().state;
      },
    },

    counters: {
      create: async (ids) =>
        void (await database.counters.bulkInsert(ids.map((id) => ({ id, count: 0, note: 'n'.repeat(200) })))),
      async add(id) {
        const counter = await database.counters.findOne(id).exec();
        await counter!.incrementalModify((row) => ({ ...row, count: row.count + 1 }));
      },
      count: async (id) => (await database.counters.findOne(id).exec())!.count,
    },

    deliveries: {
      async watch(id, callback) {
        database.counters.findOne(id).$.subscribe((row) => {
          if (row) callback(row.count);
        });
      },
      write: async (id, count, note) => void (await database.counters.upsert({ id, count, note })),
    },

    sessions: {
      fill: async (seeds) => void (await database.sessions.bulkInsert(seeds)),
      async page(limit, cursor) {
        const older = cursor === undefined ? {} : { updatedAt: { $lt: cursor as string } };
        const rows = await database.sessions
          .find({ selector: older, sort: [{ updatedAt: 'desc' }], limit })
          .exec();
        return { ids: rows.map(({ id }) => id), cursor: rows.at(-1)?.updatedAt };
      },
    },
  };
}
