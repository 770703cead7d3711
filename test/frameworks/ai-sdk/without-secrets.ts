import { type IndexedDBSessionStore, SessionStoreError, type SnapshotMutator } from '../../../src/index.js';

/** A store that refuses the word "secret": older chats themselves refuse what cannot be stored. */
export function withoutSecrets(store: IndexedDBSessionStore<any>): IndexedDBSessionStore<any> {
  const save = store.saveSnapshot.bind(store);
  const refusing = (snapshotId: string | undefined, mutator: SnapshotMutator<any>) =>
    save(snapshotId, (current) => {
      const next = mutator(current);
      if (!JSON.stringify(next).includes('secret')) return next;
      throw new SessionStoreError('INVALID_ARGUMENT', 'no secrets', 'state.messages');
    });
  return Object.assign(store, { saveSnapshot: refusing });
}
