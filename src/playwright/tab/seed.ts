import {
  SessionStoreError,
  type IndexedDBSessionStore,
  type Message,
  type SessionSnapshotInput,
} from '../../index.js';
import type { SessionSeed, TurnSeed } from '../seed.js';

/** Stores a session, and resolves to the ids of its snapshots. */
export async function seed<S>(store: IndexedDBSessionStore<S>, session: SessionSeed<S>): Promise<string[]> {
  const { sessionId, title, metadata, turns, snapshots, selectedSnapshotId } = session;
  if ((turns === undefined) === (snapshots === undefined)) {
    throw new SessionStoreError('INVALID_ARGUMENT', 'seed takes exactly one of turns and snapshots');
  }
  const ids: string[] = [];
  const createdAt = new Date().toISOString();
  for (const [index, snapshot] of (snapshots ?? []).entries()) {
    ids.push(await save(store, { createdAt, ...snapshot, sessionId }, `snapshots.${index}`));
  }
  for (const [index, turn] of (turns ?? []).entries()) {
    const path = `turns.${index}`;
    const { user, model, custom, parentId = ids.at(-1) ?? null, ...rest } = turn;
    const messages = [...(await messagesBefore(store, parentId, path)), ...messagesOf({ user, model })];
    const snapshot: SessionSnapshotInput<S> = {
      createdAt,
      status: 'completed',
      ...rest,
      sessionId,
      ...(parentId !== null && { parentId }),
      state: { sessionId, messages, ...(custom !== undefined && { custom }) },
    };
    ids.push(await save(store, snapshot, path));
  }
  if (title !== undefined || metadata !== undefined) {
    await store.updateSession(sessionId, {
      ...(title !== undefined && { title }),
      ...(metadata !== undefined && { metadata }),
    });
  }
  if (selectedSnapshotId !== undefined) await store.selectBranch(selectedSnapshotId);
  return ids;
}

async function messagesBefore<S>(
  store: IndexedDBSessionStore<S>,
  parentId: string | null,
  path: string,
): Promise<Message[]> {
  if (parentId === null) return [];
  const parent = await store.getSnapshot({ snapshotId: parentId });
  if (parent) return parent.state?.messages ?? [];
  throw new SessionStoreError(
    'NOT_FOUND',
    `${path}.parentId: there is no snapshot "${parentId}" to continue. Seed it first`,
    `${path}.parentId`,
  );
}

function messagesOf({ user, model }: Pick<TurnSeed, 'user' | 'model'>): Message[] {
  const said = [
    ['user', user],
    ['model', model],
  ] as const;
  return said.flatMap(([role, text]) => (text === undefined ? [] : [{ role, content: [{ text }] }]));
}

/** Adds the path in the seed to an error. */
async function save<S>(
  store: IndexedDBSessionStore<S>,
  snapshot: SessionSnapshotInput<S>,
  path: string,
): Promise<string> {
  try {
    return await store.saveSnapshot(snapshot.snapshotId, () => snapshot);
  } catch (error) {
    if (!(error instanceof SessionStoreError)) throw error;
    const place = error.path === undefined ? path : `${path}.${error.path}`;
    const problem = error.message.slice(`${error.status}: `.length);
    throw new SessionStoreError(error.status, `${path}: ${problem}`, place, error.cause);
  }
}
