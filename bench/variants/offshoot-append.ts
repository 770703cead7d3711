import { IndexedDBSessionStore } from 'offshoot';
import { create as createWhole } from './offshoot.js';
import type { Variant } from './variant.js';

/** Offshoot for an application that says what is new instead of what all is. */
export function create(): Variant {
  const store = new IndexedDBSessionStore({ name: 'bench' });
  const whole = createWhole();
  const idOf = new Map<string, string>();
  return {
    ...whole,
    async close() {
      await store.close();
      await whole.close();
    },
    compact: () => store.compact(),
    async settle() {
      await store.compact();
      await whole.settle?.();
    },
    chat: {
      async save({ snapshotId, sessionId, parentId, added }) {
        const session = store.session(sessionId);
        // In a page that did not save the parent it is the head: the chat goes on where it was left.
        const after = parentId === undefined ? null : idOf.get(parentId);
        idOf.set(snapshotId, await session.append(added, { after }));
      },
      readLatest: async (sessionId) => {
        const snapshot = await store.getSnapshot({ sessionId });
        return snapshot?.state as Awaited<ReturnType<NonNullable<Variant['chat']>['readLatest']>>;
      },
    },
  };
}
