import type { IndexedDBSessionStore, Message } from 'offshoot';
import { answer } from './model.js';

/** A turn while its answer is being written. Once it ends, it is a snapshot with the same id. */
export interface LiveTurn {
  sessionId: string;
  snapshotId: string;
  /** The snapshot that it continues; none in a new chat. */
  parentId: string | undefined;
  prompt: string;
  answer: string;
  /** How many answers the same parent has already. */
  attempt: number;
  /** Ends the answer where it is. */
  stop: AbortController;
  /** Leaves no trace: the chat was deleted meanwhile. */
  discarded: boolean;
}

export function beginTurn(turn: Pick<LiveTurn, 'sessionId' | 'parentId' | 'prompt' | 'attempt'>): LiveTurn {
  return {
    ...turn,
    snapshotId: crypto.randomUUID(),
    answer: '',
    stop: new AbortController(),
    discarded: false,
  };
}

export function discardTurn(turn: LiveTurn): void {
  turn.discarded = true;
  turn.stop.abort();
}

/** Streams the answer, then saves the turn as one snapshot and selects it. Resolves to whether it was saved. */
export async function runTurn(
  store: IndexedDBSessionStore,
  turn: LiveTurn,
  onWord: () => void,
): Promise<boolean> {
  const { sessionId, snapshotId, parentId } = turn;
  const parent = parentId === undefined ? undefined : await store.getSnapshot({ snapshotId: parentId });
  const messages = [...(parent?.state?.messages ?? []), message('user', turn.prompt)];
  for await (const word of answer(messages, turn.attempt, turn.stop.signal)) {
    turn.answer += word;
    onWord();
  }
  if (turn.discarded || turn.answer === '') return false;

  const stopped = turn.stop.signal.aborted;
  await store.saveSnapshot(snapshotId, () => ({
    sessionId,
    ...(parentId !== undefined && { parentId }),
    createdAt: new Date().toISOString(),
    status: stopped ? 'aborted' : 'completed',
    finishReason: stopped ? 'aborted' : 'stop',
    state: { sessionId, messages: [...messages, message('model', turn.answer.trimEnd())] },
  }));
  const session = await store.selectBranch(snapshotId);
  if (session.snapshotCount === 1) await store.updateSession(sessionId, { title: titleFor(turn.prompt) });
  return true;
}

function message(role: Message['role'], text: string): Message {
  return { role, content: [{ text }] };
}

function titleFor(prompt: string): string {
  const line = prompt.replaceAll(/\s+/g, ' ');
  return line.length > 48 ? `${line.slice(0, 48).trimEnd()}…` : line;
}
