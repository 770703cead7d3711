import type { ChatInit, UIMessage } from 'ai';
import { copyOf } from '../shared/copy.js';
import { SessionStoreError, type Message, type SessionSnapshot } from '../../index.js';
import { callSafely, report } from '../../platform/browser.js';
import { SerialQueue } from '../../runtime/queue.js';
import { requireId, taken } from '../../values/arguments.js';
import { given, requireStore } from '../../values/given.js';
import { anything, callable, optional } from '../../values/schema.js';
import { branchPoint } from '../shared/transcript/branch-point.js';
import { continues, messagesOf, requireMessages } from '../shared/transcript/messages.js';
import { saveTurn } from '../shared/transcript/save-turn.js';
import type { TranscriptStore } from '../shared/transcript/store.js';
import { outcomeOf, type Finish } from './outcome.js';

/** Exactly one of the two ids. */
export interface ChatSource {
  /** Opens the session at its head; a new session begins empty. */
  sessionId?: string | undefined;
  /** Opens the conversation as it was after this turn. The next message creates a branch. */
  snapshotId?: string | undefined;
}

export interface OpenChatOptions {
  /** Called when an answer could not be saved. By default the error is reported with `reportError`. */
  onSaveError?: ((error: unknown) => void) | undefined;
}

/** A chat whose turns are saved as they finish. */
export interface StoredChat<M extends UIMessage = UIMessage> {
  /** Props for `useChat` or `new Chat`, to be spread. If you have an `onFinish` of your own, call this one from it. */
  readonly init: Required<Pick<ChatInit<M>, 'id' | 'messages'>> & { onFinish: (finish: Finish<M>) => void };
  /** The id of the session and of the chat. */
  readonly sessionId: string;
  /** The snapshot that the chat shows and continues; `undefined` before the first save. */
  readonly snapshotId: string | undefined;
  /**
   * Shows another snapshot of the session and selects it, so that the session reopens there. Resolves to its messages,
   * for `setMessages`. Not while an answer streams: stop it first. Errors: `NOT_FOUND`; `FAILED_PRECONDITION` if the
   * snapshot belongs to another session, or to another framework.
   */
  show(snapshotId: string): Promise<M[]>;
  /** Resolves when all answers that have finished are saved or have failed to save; failures go to `onSaveError`. */
  settled(): Promise<void>;
}

/**
 * Opens a chat for `useChat` and `Chat` of the AI SDK: loads the messages of a session or a snapshot, and saves the
 * conversation as a new snapshot whenever an answer ends. A conversation that does not continue what was saved before
 * (an answer regenerated, a message edited, another tab that saved first) becomes a branch.
 *
 * Messages are stored unchanged in `state.messages`, with their ids. Source of the contract: `ChatInit` and
 * `ChatOnFinishCallback` of `ai` 7.
 *
 * Errors: `INVALID_ARGUMENT` unless exactly one id is given; `NOT_FOUND` if there is no such snapshot;
 * `FAILED_PRECONDITION` if it belongs to no session, or its messages are another framework's.
 */
export async function openChat<M extends UIMessage = UIMessage>(
  store: TranscriptStore,
  source: ChatSource,
  options: OpenChatOptions = {},
): Promise<StoredChat<M>> {
  requireStore(store);
  const { sessionId, snapshotId } = taken(sourceShape, source, 'source');
  const { onSaveError = report } = taken({ onSaveError: optional(callable) }, options);
  if ((sessionId === undefined) === (snapshotId === undefined)) {
    throw new SessionStoreError('INVALID_ARGUMENT', 'openChat takes exactly one of sessionId and snapshotId');
  }
  if (sessionId === undefined) {
    requireId(snapshotId, 'snapshotId');
    const snapshot = await existing(store, snapshotId);
    if (snapshot.sessionId === undefined) {
      throw new SessionStoreError(
        'FAILED_PRECONDITION',
        `the snapshot ${snapshotId} belongs to no session, so nothing can continue it. Save it with a sessionId`,
        'snapshotId',
      );
    }
    return new SavedChat<M>(store, snapshot.sessionId, snapshot, onSaveError);
  }
  requireId(sessionId, 'sessionId');
  const head = await store.getHead(sessionId);
  const snapshot = head && (await store.getSnapshot({ snapshotId: head.snapshotId }));
  return new SavedChat<M>(store, sessionId, snapshot, onSaveError);
}

const sourceShape = { sessionId: anything, snapshotId: anything };

class SavedChat<M extends UIMessage> implements StoredChat<M> {
  readonly init: StoredChat<M>['init'];
  readonly #store: TranscriptStore;
  readonly #onSaveError: (error: unknown) => void;
  /** A copy, since the chat changes its messages in place. */
  #at: SessionSnapshot | undefined;
  readonly #queue = new SerialQueue();

  constructor(
    store: TranscriptStore,
    readonly sessionId: string,
    at: SessionSnapshot | undefined,
    onSaveError: (error: unknown) => void,
  ) {
    this.#store = store;
    this.#at = at;
    this.#onSaveError = onSaveError;
    this.init = {
      id: sessionId,
      messages: at ? copyOf(messagesOf<M>(at), 'messages') : [],
      onFinish: (finish) => this.#saveLater(finish),
    };
  }

  get snapshotId(): string | undefined {
    return this.#at?.snapshotId;
  }

  async show(snapshotId: string): Promise<M[]> {
    requireId(snapshotId, 'snapshotId');
    await this.#queue.done();
    const snapshot = await existing(this.#store, snapshotId);
    if (snapshot.sessionId !== this.sessionId) {
      throw new SessionStoreError(
        'FAILED_PRECONDITION',
        `the snapshot ${snapshotId} is not of the session ${this.sessionId}. Open it with openChat`,
        'snapshotId',
      );
    }
    const messages = copyOf(messagesOf<M>(snapshot), 'messages');
    await this.#store.selectBranch(snapshotId);
    this.#at = snapshot;
    return messages;
  }

  async settled(): Promise<void> {
    await this.#queue.done();
  }

  /** Saves one by one, so that each sees the snapshot that the previous one saved. */
  #saveLater(finish: Finish<M>): void {
    const copied = async () => {
      const { messages, ...outcome } = given(finish, 'finish');
      return { ...outcome, messages: copyOf(messages, 'finish.messages') };
    };
    const copy = copied();
    // An earlier save may still run, and nobody awaits this before.
    copy.catch(() => {});
    void this.#queue.run(async () => {
      try {
        await this.#save(await copy);
      } catch (error) {
        callSafely(this.#onSaveError, error);
      }
    });
  }

  async #save(finish: Finish<M>): Promise<void> {
    const { messages } = finish;
    requireMessages<M>(messages, 'messages', 'INVALID_ARGUMENT');
    const shown = this.#at && messagesOf<M>(this.#at);
    // If a regeneration failed before its first word, the answer that it was to replace is kept.
    if (shown && shown.length > messages.length && continues(shown, messages)) return;

    const parent = await branchPoint(this.#store, this.snapshotId, messages);
    this.#at = await saveTurn(this.#store, {
      sessionId: this.sessionId,
      ...(parent && { parentId: parent.snapshotId }),
      ...outcomeOf(finish),
      // Typed for Genkit's messages, but the store keeps any.
      state: { messages: messages as unknown as Message[] },
    });
  }
}

async function existing(store: TranscriptStore, snapshotId: string): Promise<SessionSnapshot> {
  const snapshot = await store.getSnapshot({ snapshotId });
  if (snapshot) return snapshot;
  throw new SessionStoreError(
    'NOT_FOUND',
    `there is no snapshot ${snapshotId}. Open the chat by its sessionId`,
    'snapshotId',
  );
}
