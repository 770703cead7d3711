import type { BaseEvent, Interrupt, Message, State } from '@ag-ui/client';
import { dequal } from 'dequal';
import { SessionStoreError, type SessionSnapshot, type SessionState } from '../../index.js';
import type { TranscriptStore } from '../shared/transcript/store.js';

/** What a snapshot of a thread has in its state. */
export interface ThreadState {
  messages: Message[];
  /** The agent's state, if it has one. */
  custom?: State;
  /** The events of the run that made this snapshot. */
  events?: BaseEvent[];
  /** What the run left open. */
  interrupts?: Interrupt[];
}

/** Typed for Genkit's messages, but the store keeps any. */
export const asState = (state: ThreadState): SessionState => state as unknown as SessionState;

/** Throws `FAILED_PRECONDITION` for a snapshot of another framework: its messages would crash the agent. */
export function threadStateOf(snapshot: SessionSnapshot | undefined): ThreadState {
  const state = (snapshot?.state ?? {}) as object as Partial<ThreadState>;
  const messages: unknown = state.messages ?? [];
  const isMessage = (message: Partial<Message> | null | undefined) =>
    typeof message?.id === 'string' && typeof message.role === 'string' && !('parts' in message);
  const index = Array.isArray(messages) ? messages.findIndex((message) => !isMessage(message)) : 0;
  if (index < 0) return { ...state, messages: messages as Message[] };
  const path = Array.isArray(messages) ? `state.messages.${index}` : 'state.messages';
  throw new SessionStoreError(
    'FAILED_PRECONDITION',
    `${path}: is no message of AG-UI. Use a session of its own for each framework`,
    path,
  );
}

/** Whether a list of messages begins with another. */
export const beginsWith = (messages: readonly unknown[], start: readonly unknown[]): boolean =>
  start.length <= messages.length && start.every((message, index) => dequal(message, messages[index]));

/** The nearest snapshot, from this one up, whose messages a conversation begins with. */
export async function branchPointOf(
  store: TranscriptStore,
  at: SessionSnapshot | undefined,
  messages: readonly Message[],
): Promise<SessionSnapshot | undefined> {
  const visited = new Set<string>();
  let snapshot = at;
  while (snapshot && !visited.has(snapshot.snapshotId)) {
    if (beginsWith(messages, threadStateOf(snapshot).messages)) return snapshot;
    visited.add(snapshot.snapshotId);
    const { parentId } = snapshot;
    snapshot = parentId === undefined ? undefined : await store.getSnapshot({ snapshotId: parentId });
  }
  return undefined;
}
