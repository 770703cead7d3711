import { IndexedDBSessionStore, type IndexedDBSessionStoreOptions } from 'offshoot';
import type { SessionSeed, State, Variant } from './variant.js';

interface Counter {
  count: number;
  note: string;
}

/** WebKit does not say when it is idle, and has nothing else to do here. */
const idle = () =>
  new Promise<void>((resolve) =>
    typeof requestIdleCallback === 'function'
      ? requestIdleCallback(() => resolve())
      : setTimeout(resolve, 50),
  );

export const create = (): Variant => createWith({});

/** The same with options. */
export function createWith(options: IndexedDBSessionStoreOptions): Variant {
  // Constructing is lazy and costs nothing, so opening is part of the first call, and is measured there.
  const store = new IndexedDBSessionStore<Counter>({ ...options, name: 'bench' });
  // The store makes the ids, as it does for the turns of Genkit's agents.
  const idOf = new Map<string | undefined, string>();
  const createdAt = new Date().toISOString();
  const custom = async (id: string) => (await store.getSnapshot({ snapshotId: id }))?.state?.custom;

  return {
    open: async () => {},
    // What idle time would do; then whatever else the page has.
    async settle() {
      await store.compact();
      for (let quiet = 0; quiet < 3; quiet++) await idle();
    },
    close: () => store.close(),
    compact: () => store.compact(),

    chat: {
      async save({ snapshotId, sessionId, parentId, createdAt, pending, state }) {
        // In a page that did not save the parent it is the head: the chat goes on where it was left.
        const parent = parentId && (idOf.get(parentId) ?? (await store.getHead(sessionId))?.snapshotId);
        const id = await store.saveSnapshot(idOf.get(snapshotId), () => ({
          sessionId,
          ...(parent !== undefined && { parentId: parent }),
          createdAt,
          ...(pending ? RUNNING : COMPLETED),
          state,
        }));
        idOf.set(snapshotId, id);
      },
      readLatest: async (sessionId) => (await store.getSnapshot({ sessionId }))?.state as State | undefined,
    },

    counters: {
      async create(ids) {
        for (const id of ids) {
          const fresh = {
            createdAt,
            sessionId: `session-${id}`,
            state: { custom: { count: 0, note: NOTE } },
          };
          await store.saveSnapshot(id, () => fresh);
        }
      },
      async add(id) {
        await store.saveSnapshot(id, (current) => {
          current!.state!.custom!.count++;
          return current!;
        });
      },
      count: async (id) => (await custom(id))!.count,
    },

    values: {
      async save(id, value) {
        const parentId = idOf.get(id);
        const next = { sessionId: id, createdAt, state: { custom: value as unknown as Counter } };
        const saved = await store.saveSnapshot(undefined, () => ({ ...next, ...(parentId && { parentId }) }));
        idOf.set(id, saved);
      },
      read: async (id) =>
        (await store.getSnapshot({ sessionId: id }))?.state?.custom as unknown as Record<string, unknown>,
    },

    deliveries: {
      async watch(id, callback) {
        store.onSnapshotStateChange(id, ({ state }) => callback(state!.custom!.count));
      },
      async write(id, count, note) {
        await store.saveSnapshot(id, () => ({
          createdAt,
          sessionId: 's',
          state: { custom: { count, note } },
        }));
      },
    },

    turns: {
      async begin(id) {
        const heartbeatAt = new Date().toISOString();
        await store.saveSnapshot(id, () => ({ createdAt, sessionId: 's', status: 'pending', heartbeatAt }));
      },
      watch: (id, lost) =>
        new Promise((resolve) => {
          store.onSnapshotStateChange(id, ({ status }) => (status === 'expired' ? lost() : resolve()));
        }),
      isRunning: async (id) => (await store.getSnapshot({ snapshotId: id }))?.status === 'pending',
    },

    sessions: {
      async fill(seeds) {
        const save = ({ id, title, updatedAt }: SessionSeed) => {
          const state = { messages: [{ role: 'user' as const, content: [{ text: title }] }] };
          return store.saveSnapshot(`snapshot-${id}`, () => ({ createdAt: updatedAt, sessionId: id, state }));
        };
        for (let at = 0; at < seeds.length; at += 100) {
          await Promise.all(seeds.slice(at, at + 100).map(save));
        }
      },
      async page(limit, cursor) {
        const page = await store.listSessions({ limit, cursor: cursor as string | undefined });
        return { ids: page.sessions.map(({ sessionId }) => sessionId), cursor: page.cursor };
      },
    },
  };
}

const COMPLETED = { status: 'completed', finishReason: 'stop' } as const;
const RUNNING = { status: 'pending' } as const;
const NOTE = 'n'.repeat(200);
