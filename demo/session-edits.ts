import type { IndexedDBSessionStore, SessionInfo } from 'offshoot';
import { countOf, titleOf } from './labels.js';
import { askTitle, confirmDelete } from './views/dialogs.js';

export async function renameSession(store: IndexedDBSessionStore, session: SessionInfo): Promise<void> {
  const title = await askTitle(titleOf(session));
  if (title !== undefined) await store.updateSession(session.sessionId, { title });
}

export async function deleteSession(store: IndexedDBSessionStore, session: SessionInfo): Promise<void> {
  const size = countOf(session.snapshotCount, 'snapshot');
  const text = `“${titleOf(session)}” and its ${size} will be gone, in every tab.`;
  if (await confirmDelete(text)) await store.deleteSession(session.sessionId);
}
