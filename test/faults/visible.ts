import type { IndexedDBSessionStore } from '../../src/index.js';

/** What can be seen of a store, and not how it is stored. */
export async function visible(store: IndexedDBSessionStore<any>): Promise<unknown> {
  const { sessions } = await store.listSessions();
  const snapshots = sessions.map(async ({ sessionId }) => {
    const { snapshots } = await store.listSnapshots({ sessionId });
    return Promise.all(snapshots.map(({ snapshotId }) => store.getSnapshot({ snapshotId })));
  });
  return { sessions, snapshots: await Promise.all(snapshots) };
}
