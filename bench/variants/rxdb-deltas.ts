import { createRxDatabase, type RxCollection, type RxDatabase } from 'rxdb';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import type { Turn, Variant } from './variant.js';

interface Snapshot {
  id: string;
  sessionId: string;
  parentId?: string;
  order: number;
  depth: number;
  length: number;
  createdAt: string;
}

interface Added {
  id: string;
  messages: Turn['added'];
}

interface Collections {
  snapshots: RxCollection<Snapshot>;
  added: RxCollection<Added>;
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
    parentId: text,
    order: whole,
    depth: whole,
    length: whole,
    createdAt: text,
  },
  required: ['id', 'sessionId', 'order'],
  indexes: [['sessionId', 'order']],
};
const addedSchema = { ...base, properties: { id: key, messages: { type: 'array' } } };

/** RxDB over Dexie: a small document per snapshot, and one with its new messages. RxDB has no transactions. */
export function create(): Variant {
  let database: RxDatabase<Collections>;
  return {
    async open() {
      database = await createRxDatabase<Collections>({ name: 'bench', storage: getRxStorageDexie() });
      await database.addCollections({
        snapshots: { schema: snapshotSchema },
        added: { schema: addedSchema },
      });
    },
    close: async () => void (await database.close()),
    chat: {
      async save({ added, state, snapshotId: id, parentId, ...info }) {
        const snapshot = { ...info, id, length: state.messages.length };
        // The messages first, so that no snapshot names messages that are not there.
        await database.added.insert({ id, messages: added });
        await database.snapshots.insert(parentId === undefined ? snapshot : { ...snapshot, parentId });
      },
      async readLatest(sessionId) {
        const all = await database.snapshots
          .find({ selector: { sessionId }, sort: [{ order: 'asc' }] })
          .exec();
        const byId = new Map(all.map((snapshot) => [snapshot.id, snapshot]));
        const head = all.at(-1);
        if (!head) return undefined;
        const path: string[] = [];
        for (
          let at = byId.get(head.id);
          at && path.length * 2 < head.length;
          at = byId.get(at.parentId ?? '')
        ) {
          path.unshift(at.id);
        }
        const rows = await database.added.findByIds(path).exec();
        const messages = path.flatMap((id) => rows.get(id)!.toJSON().messages);
        return { sessionId, messages: messages.slice(-head.length) };
      },
    },
  };
}
