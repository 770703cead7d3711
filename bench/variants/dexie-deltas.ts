import { Dexie, type Table } from 'dexie';
import type { Turn, Variant } from './variant.js';

type Snapshot = Omit<Turn, 'added' | 'state'> & { length: number };

interface Added {
  sessionId: string;
  order: number;
  messages: Turn['added'];
}

/** Dexie as somebody would use it who cares about bytes: a small row per snapshot, a row with its new messages. */
export function create(): Variant {
  const database = new Dexie('bench', { chromeTransactionDurability: 'relaxed' });
  database.version(1).stores({
    snapshots: 'snapshotId, [sessionId+order]',
    added: '[sessionId+order]',
  });
  const snapshots: Table<Snapshot, string> = database.table('snapshots');
  const added: Table<Added, [string, number]> = database.table('added');

  /** The snapshots on the path to `head`, latest last, as many as hold its state. */
  async function path(head: Snapshot): Promise<Snapshot[]> {
    const found = [head];
    while (found.length * 2 < head.length) {
      found.unshift((await snapshots.get(found[0]!.parentId!))!);
    }
    return found;
  }

  async function rowsOf(head: Snapshot): Promise<Added[]> {
    const { sessionId, order, depth, length } = head;
    if (order === depth) {
      const first = order - Math.ceil(length / 2) + 1;
      return added
        .where('[sessionId+order]')
        .between([sessionId, first], [sessionId, order], true, true)
        .toArray();
    }
    const rows = await added.bulkGet((await path(head)).map(({ order }) => [sessionId, order]));
    return rows.map((row) => row!);
  }

  return {
    open: async () => void (await database.open()),
    close: async () => database.close(),
    chat: {
      async save({ added: messages, state, ...info }) {
        const { sessionId, order } = info;
        await database.transaction('rw', snapshots, added, async () => {
          await Promise.all([
            snapshots.put({ ...info, length: state.messages.length }),
            added.put({ sessionId, order, messages }),
          ]);
        });
      },
      readLatest: (sessionId) =>
        database.transaction('r', snapshots, added, async () => {
          const ofSession = snapshots
            .where('[sessionId+order]')
            .between([sessionId, Dexie.minKey], [sessionId, Dexie.maxKey]);
          const head = await ofSession.last();
          if (!head) return undefined;
          const rows = await rowsOf(head);
          return { sessionId, messages: rows.flatMap(({ messages }) => messages).slice(-head.length) };
        }),
    },
  };
}
