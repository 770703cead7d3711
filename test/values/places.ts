import type { IndexedDBSessionStore } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';

type Store = IndexedDBSessionStore<any>;

/** More than what stays in a snapshot's own row. */
const pad = 'p'.repeat(700);

/** Where a value may be kept; what is told of it names it by `path`. */
export interface Place {
  path: string;
  save: (store: Store, id: string, value: unknown, padding: string) => Promise<unknown>;
  read: (store: Store, id: string) => Promise<unknown>;
}

function inSnapshot(
  path: string,
  around: (value: unknown, padding: string) => object,
  inside: (snapshot: any) => unknown,
): Place {
  return {
    path,
    async save(store, id, value, padding) {
      const state = { messages: [] };
      await save(store, id, turn(1, { sessionId: id, state, ...around(value, padding) }));
    },
    read: async (store, snapshotId) => inside(await store.getSnapshot({ snapshotId })),
  };
}

/** One of each way in which the database keeps what is there. */
export const places: Record<string, Place> = {
  'a message': inSnapshot(
    'state.messages.1.content.0.data',
    (data, padding) => {
      const said = { role: 'user', content: [{ data, pad }] };
      return { state: { messages: [padding, said, padding] } };
    },
    ({ state }) => state.messages[1].content[0].data,
  ),
  'messages that hold each other': inSnapshot(
    'state.messages.0.value',
    (value) => {
      const first = { value, pad };
      return { state: { messages: [first, { first, pad }] } };
    },
    ({ state }) => state.messages[1].first.value,
  ),
  'a small value': inSnapshot(
    'state.custom.value',
    (value) => ({ state: { custom: { value } } }),
    ({ state }) => state.custom.value,
  ),
  'a large value': inSnapshot(
    'state.custom.value',
    (value) => ({ state: { custom: { pad, value } } }),
    ({ state }) => state.custom.value,
  ),
  'a field of a snapshot': inSnapshot(
    'extra.value',
    (value) => ({ extra: { value } }),
    ({ extra }) => extra.value,
  ),
  metadata: {
    path: 'patch.metadata.value',
    async save(store, id, value) {
      await save(store, id, turn(1, { sessionId: id }));
      await store.updateSession(id, { metadata: { value } });
    },
    read: async (store, id) => (await store.getSession(id))?.metadata?.['value'],
  },
};
