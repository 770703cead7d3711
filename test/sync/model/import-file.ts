import { IndexedDBSessionStore } from '../../../src/index.js';

/** An export of another store, with one session of one snapshot. */
export async function importFile(
  name: string,
  sessionId: string,
  snapshotId: string,
  text: string,
  createdAt: string,
): Promise<Blob> {
  const store = new IndexedDBSessionStore<any>({ name });
  await store.saveSnapshot(snapshotId, () => ({
    sessionId,
    createdAt,
    status: 'completed',
    state: { messages: [{ role: 'user', content: [{ text }] }] },
  }));
  const file = await new Response(store.exportSessions()).blob();
  await store.deleteDatabase();
  await store.close();
  return file;
}
