import type { ChatPersistedState } from '@tanstack/ai-client';
import { copyOf } from '../shared/copy.js';
import { callSafely } from '../../platform/browser.js';
import { invalid, requireId, taken } from '../../values/arguments.js';
import { given, requireStore } from '../../values/given.js';
import { callable, list, optional } from '../../values/schema.js';
import { requireMessages } from '../shared/transcript/messages.js';
import type { TranscriptStore } from '../shared/transcript/store.js';
import { Thread } from './thread.js';

export interface ChatPersistenceOptions {
  /** Called with errors, since the client swallows every error of a persistence. */
  onError?: ((error: unknown) => void) | undefined;
}

const FROM_0_23 =
  'is a list, and must be { messages }, which @tanstack/ai-client saves from 0.23 on. Install a newer one';

/** A `ChatClientPersistence` that always answers with a promise. */
export interface ChatPersistence {
  getItem(threadId: string): Promise<ChatPersistedState | null>;
  setItem(threadId: string, state: ChatPersistedState): Promise<void>;
  removeItem(threadId: string): Promise<void>;
}

/**
 * The `persistence` of TanStack AI's `ChatClient` and `useChat`: a thread is a session, and each turn a snapshot, which
 * grows while the answer streams. A conversation that does not continue what was saved before (an answer regenerated,
 * messages set by hand, another tab that saved first) becomes a branch; nothing that another tab or an earlier page
 * saved is overwritten.
 *
 * - `getItem(threadId)` resolves to the state of the session's head, `null` if there is none.
 * - `setItem(threadId, { messages, resume })` resolves when it is committed.
 * - `removeItem(threadId)`, which is what `clear()` calls, deletes the session with all its branches.
 *
 * Messages are stored unchanged, dates as dates, in `state.messages`, the data to resume a run in `state.resume`. Source
 * of the contract: `ChatClientPersistence` of `@tanstack/ai-client` 0.33.
 *
 * Errors: `INVALID_ARGUMENT` with the path of an invalid thread id or message; `FAILED_PRECONDITION` if the
 * session has another framework's messages.
 */
export function openChatPersistence(
  store: TranscriptStore,
  options: ChatPersistenceOptions = {},
): ChatPersistence {
  requireStore(store);
  const { onError } = taken({ onError: optional(callable) }, options);
  const threads = new Map<string, Thread>();

  async function inThread<T>(threadId: string, work: (thread: Thread) => Promise<T>): Promise<T> {
    try {
      requireId(threadId, 'threadId');
      let thread = threads.get(threadId);
      if (!thread) threads.set(threadId, (thread = new Thread(store, threadId)));
      return await thread.run(work);
    } catch (error) {
      if (onError) callSafely(onError, error);
      throw error;
    }
  }

  return {
    getItem: (threadId) => inThread(threadId, (thread) => thread.load()),
    setItem: (threadId, state) => {
      const copied = async () => {
        if (!list(state)) throw invalid('state', FROM_0_23);
        const { messages, resume } = given(state, 'state');
        const copy = copyOf({ messages, ...(resume && { resume }) }, 'state');
        requireMessages(copy.messages, 'state.messages', 'INVALID_ARGUMENT');
        return copy;
      };
      const copy = copied();
      // Another argument may be refused first, and then nobody awaits this.
      copy.catch(() => {});
      return inThread(threadId, async (thread) => thread.save(await copy));
    },
    removeItem: (threadId) => inThread(threadId, (thread) => thread.remove()),
  };
}
