// Proves, at compile time, that a mutator which always writes gives an id, and any other perhaps none.
import type { IndexedDBSessionStore, SessionSnapshotInput, SnapshotMutator } from '../../src/index.js';

interface Custom {
  topic: string;
}

declare const store: IndexedDBSessionStore<Custom>;
declare const snapshot: SessionSnapshotInput<Custom>;
declare const mutator: SnapshotMutator<Custom>;

export const created: Promise<string> = store.saveSnapshot(undefined, () => ({
  sessionId: 'trip',
  createdAt: '2026-05-01T00:00:00Z',
  status: 'completed',
  state: { custom: { topic: 'travel' } },
}));
export const changed: Promise<string> = store.saveSnapshot('a', (current) => ({ ...(current ?? snapshot) }));

export const perhaps = store.saveSnapshot('a', (current) => current ?? null);
export const unknown = store.saveSnapshot('a', mutator);
// @ts-expect-error The mutator may have returned `null`.
export const notPerhaps: Promise<string> = perhaps;
// @ts-expect-error The same.
export const notUnknown: Promise<string> = unknown;

// @ts-expect-error `custom` has a type.
void store.saveSnapshot(undefined, () => ({ ...snapshot, state: { custom: { topic: 1 } } }));
// @ts-expect-error A mutator is synchronous.
void store.saveSnapshot(undefined, async () => snapshot);
