import { dequal } from 'dequal';
import { SessionStoreError, type SessionSnapshot, type StatusName } from '../../../index.js';
import { isGrown } from './answers.js';
import type { TranscriptMessage } from './store.js';

/**
 * The messages of a snapshot, none if it has no state yet. Throws `FAILED_PRECONDITION` for messages of another
 * framework, such as Genkit: continuing them would show an empty chat, or crash.
 */
export function messagesOf<M extends TranscriptMessage>(snapshot: SessionSnapshot): M[] {
  const messages: unknown = snapshot.state?.messages ?? [];
  requireMessages<M>(messages, 'state.messages', 'FAILED_PRECONDITION');
  return messages;
}

/** Throws with the path of the first value that is not a message with `id`, `role` and `parts`. */
export function requireMessages<M extends TranscriptMessage>(
  messages: unknown,
  path: string,
  status: StatusName,
): asserts messages is M[] {
  const refuse = (path: string, problem: string) =>
    new SessionStoreError(status, `${path}: ${problem}`, path);
  if (!Array.isArray(messages)) throw refuse(path, 'must be an array of messages');
  let index = -1;
  for (const message of messages) {
    index++;
    if (
      typeof message?.id !== 'string' ||
      typeof message.role !== 'string' ||
      !Array.isArray(message.parts)
    ) {
      throw refuse(
        `${path}.${index}`,
        'is no message with id, role and parts. Use a session of its own for each framework',
      );
    }
  }
}

/**
 * Whether a transcript begins with all messages of an earlier one. A user message of the same id that differs was
 * edited; an answer may have grown under its id.
 */
export function continues(
  later: readonly TranscriptMessage[],
  earlier: readonly TranscriptMessage[],
): boolean {
  return (
    later.length >= earlier.length &&
    earlier.every((message, index) => {
      const same = later[index]!;
      if (same.id !== message.id || same.role !== message.role) return false;
      return message.role === 'assistant' ? isGrown(same, message) : dequal(same, message);
    })
  );
}
