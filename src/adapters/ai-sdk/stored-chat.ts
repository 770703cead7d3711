import type { ChatInit, ChatTransport, UIMessage } from 'ai';
import type { SnapshotStatus } from '../../index.js';
import type { ReadUIMessageStream } from './assembly.js';
import type { Finish } from './outcome.js';

/** Exactly one of the two ids. */
export interface ChatSource {
  /** Opens the session at its head; a new session begins empty. */
  sessionId?: string | undefined;
  /** Opens the conversation as it was after this turn. The next message creates a branch. */
  snapshotId?: string | undefined;
}

export interface OpenChatOptions<M extends UIMessage = UIMessage> {
  /** Called when something could not be saved. By default the error is reported with `reportError`. */
  onSaveError?: ((error: unknown) => void) | undefined;
  /** The chat's transport. Then questions are saved when they are sent, and answers while they stream. */
  transport?: ChatTransport<M> | undefined;
  /** `readUIMessageStream` of the `ai` package, which makes messages of what the transport streams. */
  readUIMessageStream?: ReadUIMessageStream | undefined;
}

/** What a chat shows. */
export interface ShownChat<M extends UIMessage = UIMessage> {
  messages: M[];
  /** `undefined` if the session was deleted. */
  snapshotId: string | undefined;
  /** `pending` while another tab is at an answer, `expired` if that tab is gone. */
  status: SnapshotStatus | undefined;
}

/** A chat whose turns are saved as they finish. */
export interface StoredChat<M extends UIMessage = UIMessage> {
  /** Props for `useChat` or `new Chat`, to be spread. If you have an `onFinish` of your own, call this one from it. */
  readonly init: Required<Pick<ChatInit<M>, 'id' | 'messages'>> & {
    onFinish: (finish: Finish<M>) => void;
    /** Only with the option `transport`. */
    transport?: ChatTransport<M>;
  };
  /** The id of the session and of the chat. */
  readonly sessionId: string;
  /** The snapshot that the chat shows and continues; `undefined` before the first save. */
  readonly snapshotId: string | undefined;
  /** How that snapshot's turn stands: `expired` if its tab was closed in the middle of the answer. */
  readonly status: SnapshotStatus | undefined;
  /**
   * Follows the session's head: calls back when another tab asks, answers, shows another branch or deletes the session,
   * also while its answer grows, but not while this chat is answered itself. For `setMessages`. Returns a function
   * that ends it.
   */
  watch(callback: (shown: ShownChat<M>) => void): () => void;
  /**
   * Shows another snapshot of the session and selects it, so that the session reopens there. Resolves to its messages,
   * for `setMessages`. Not while an answer streams: stop it first. Errors: `NOT_FOUND`; `FAILED_PRECONDITION` if the
   * snapshot belongs to another session, or to another framework.
   */
  show(snapshotId: string): Promise<M[]>;
  /** Resolves when all answers that have finished are saved or have failed to save; failures go to `onSaveError`. */
  settled(): Promise<void>;
}
