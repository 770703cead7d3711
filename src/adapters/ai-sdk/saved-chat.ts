import type { UIMessage } from 'ai';
import { dequal } from 'dequal';
import { SessionStoreError, type Message, type SessionSnapshot, type SnapshotStatus } from '../../index.js';
import { callSafely } from '../../platform/browser.js';
import { SerialQueue } from '../../runtime/queue.js';
import { invalid, requireId, requireValid } from '../../values/arguments.js';
import { given } from '../../values/given.js';
import { callable } from '../../values/schema.js';
import { copyOf } from '../shared/copy.js';
import { LiveTurn } from '../shared/live-turn.js';
import { branchPoint } from '../shared/transcript/branch-point.js';
import { continues, messagesOf, requireMessages } from '../shared/transcript/messages.js';
import { saveTurn } from '../shared/transcript/save-turn.js';
import type { TranscriptStore } from '../shared/transcript/store.js';
import { Answer, type AnswerSaver, type Request } from './answer.js';
import type { ReadUIMessageStream } from './assembly.js';
import { followHead, type FollowedStore } from '../shared/follow-head.js';
import { outcomeOf, type Finish } from './outcome.js';
import { SavingTransport } from './saving-transport.js';
import type { OpenChatOptions, ShownChat, StoredChat } from './stored-chat.js';

interface Settings<M extends UIMessage> extends OpenChatOptions<M> {
  onSaveError: (error: unknown) => void;
}

export class SavedChat<M extends UIMessage> implements StoredChat<M> {
  readonly init: StoredChat<M>['init'];
  readonly #store: FollowedStore;
  readonly #settings: Settings<M>;
  /** A copy, since the chat changes its messages in place. */
  #at: SessionSnapshot | undefined;
  readonly #queue = new SerialQueue();
  /** What streams, until `onFinish` has told of its end. */
  #answer: Answer<M> | undefined;
  /** What streams, until its end is saved. */
  #unsaved: Answer<M> | undefined;
  readonly #saver: AnswerSaver<M> = {
    begin: (answer) => this.#begin(answer),
    ended: (answer) => this.#ended(answer),
  };
  readonly #watchers = new Set<(shown: ShownChat<M>) => void>();
  #follow: ReturnType<typeof followHead> | undefined;

  constructor(
    store: FollowedStore,
    readonly sessionId: string,
    at: SessionSnapshot | undefined,
    settings: Settings<M>,
  ) {
    this.#store = store;
    this.#at = at;
    this.#settings = settings;
    const { transport } = settings;
    this.init = {
      id: sessionId,
      messages: this.#shown(),
      onFinish: (finish) => this.#saveLater(finish),
      ...(transport && { transport: new SavingTransport(transport, (request) => this.#answerTo(request)) }),
    };
  }

  get snapshotId(): string | undefined {
    return this.#at?.snapshotId;
  }

  get status(): SnapshotStatus | undefined {
    return this.#at?.status;
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

  watch(callback: (shown: ShownChat<M>) => void): () => void {
    requireValid(callable, callback, 'callback');
    // The same function may watch twice.
    const watcher = (shown: ShownChat<M>) => callback(shown);
    this.#watchers.add(watcher);
    this.#follow ??= followHead(this.#store, this.sessionId, () => this.#later(() => this.#look()));
    return () => {
      this.#watchers.delete(watcher);
      if (this.#watchers.size > 0) return;
      this.#follow?.end();
      this.#follow = undefined;
    };
  }

  async settled(): Promise<void> {
    await this.#answer?.closed;
    await this.#queue.done();
  }

  async #begin(answer: Answer<M>): Promise<LiveTurn | undefined> {
    let turn: LiveTurn | undefined;
    await this.#later(async () => {
      // Its end came first, and saves all of it.
      if (answer.isOver) return;
      const { messages } = answer;
      requireMessages<M>(messages, 'messages', 'INVALID_ARGUMENT');
      const parent = await branchPoint(this.#store, this.snapshotId, messages);
      turn = await LiveTurn.begin(
        this.#store,
        {
          sessionId: this.sessionId,
          ...(parent && { parentId: parent.snapshotId }),
          // Typed for Genkit's messages, but the store keeps any.
          state: { messages: messages as unknown as Message[] },
        },
        { onError: (error) => this.#tell(error), onTaken: () => answer.stop() },
      );
      this.#at = turn.snapshot;
    });
    return turn;
  }

  #ended(answer: Answer<M>): void {
    void this.#later(async () => this.#end(answer, await answer.turn, answer.messages));
  }

  /** Begins to save a turn; an error of that is told, and the request goes on without. */
  #answerTo(request: Request<M>): Answer<M> | undefined {
    try {
      const messages = copyOf([...request.messages], 'messages');
      const { readUIMessageStream } = this.#settings;
      const answer = new Answer(messages, request, readUIMessageStream as ReadUIMessageStream, this.#saver);
      this.#answer = this.#unsaved = answer;
      // The question of an answer that is made again is saved, and without a word the old one stays.
      if (request.trigger !== 'regenerate-message') answer.turn = this.#begin(answer);
      return answer;
    } catch (error) {
      this.#tell(error);
      return undefined;
    }
  }

  async #end(
    answer: Answer<M>,
    turn: LiveTurn | undefined,
    messages: readonly M[],
    finish?: Finish<M>,
  ): Promise<void> {
    try {
      if (!turn) return;
      const ended = await turn.end(answer.endOf(finish), { messages: messages as unknown as Message[] });
      this.#at = ended ?? (await this.#store.getSnapshot({ snapshotId: turn.snapshot.snapshotId }));
    } finally {
      if (this.#unsaved === answer) this.#unsaved = undefined;
    }
  }

  /** Saves one by one, so that each sees the snapshot that the previous one saved. */
  #saveLater(finish: Finish<M>): void {
    const copied = async () => {
      const { messages, ...outcome } = given(finish, 'finish');
      // Version 5 began without.
      if (messages === undefined)
        throw invalid('finish.messages', 'is missing. `ai` 6 and later pass it to onFinish');
      const copy = copyOf(messages, 'finish.messages');
      requireMessages<M>(copy, 'messages', 'INVALID_ARGUMENT');
      return { ...outcome, messages: copy };
    };
    const copy = copied();
    // An earlier save may still run, and nobody awaits this before.
    copy.catch(() => {});
    const answer = this.#answer;
    this.#answer = undefined;
    if (answer) answer.isOver = true;
    void this.#later(async () => {
      const turn = await answer?.turn;
      if (!answer || !turn) {
        this.#unsaved = undefined;
        return this.#save(await copy);
      }
      const told = await copy.catch((error: unknown) => this.#tell(error));
      return this.#end(answer, turn, told?.messages ?? answer.messages, told ?? undefined);
    });
  }

  async #save(finish: Finish<M>): Promise<void> {
    const { messages } = finish;
    const shown = this.#at && messagesOf<M>(this.#at);
    // If a regeneration failed before its first word, the answer that it was to replace is kept.
    if (shown && shown.length > messages.length && continues(shown, messages)) return;

    const parent = await branchPoint(this.#store, this.snapshotId, messages);
    this.#at = await saveTurn(this.#store, {
      sessionId: this.sessionId,
      ...(parent && { parentId: parent.snapshotId }),
      ...outcomeOf(finish),
      state: { messages: messages as unknown as Message[] },
    });
  }

  /** Tells watchers of the head if it is another, or has changed. */
  async #look(): Promise<void> {
    if (this.#unsaved) return;
    const before = this.#at;
    const head = await this.#follow?.read();
    if (!this.#follow) return;
    const isSame = head?.snapshotId === before?.snapshotId && head?.status === before?.status;
    if (isSame && dequal(head?.state, before?.state)) return;
    this.#at = head;
    const shown = { snapshotId: head?.snapshotId, status: head?.status };
    for (const watcher of this.#watchers) callSafely(watcher, { ...shown, messages: this.#shown() });
  }

  #shown(): M[] {
    return this.#at ? copyOf(messagesOf<M>(this.#at), 'messages') : [];
  }

  /** Runs work after all before it, and tells its error. */
  #later(work: () => Promise<void>): Promise<void> {
    return this.#queue.run(async () => {
      try {
        await work();
      } catch (error) {
        this.#tell(error);
      }
    });
  }

  #tell(error: unknown): void {
    callSafely(this.#settings.onSaveError, error);
  }
}

export async function existing(store: TranscriptStore, snapshotId: string): Promise<SessionSnapshot> {
  const snapshot = await store.getSnapshot({ snapshotId });
  if (snapshot) return snapshot;
  throw new SessionStoreError(
    'NOT_FOUND',
    `there is no snapshot ${snapshotId}. Open the chat by its sessionId`,
    'snapshotId',
  );
}
