import type { Turn, TurnOptions, TurnOutcome, TurnResult } from '../types/chat.js';
import type { Message } from '../types/message.js';
import type { Added } from '../logs/extend.js';
import { SessionStoreError } from '../errors.js';
import { taken } from '../values/arguments.js';
import { cloned } from '../values/clone.js';
import { described } from '../values/schema.js';
import { changesOf, messagesOf, resultShape } from './arguments.js';
import type { SessionPort } from './port.js';

const SAVE_EVERY_MS = 250;

/** How often a turn shows that it lives, in ms; oftener if the store expects it. */
const MOST_BEAT_MS = 20_000;

type Answer = Message | readonly Message[];

const now = () => new Date().toISOString();

/** What was there in place of the pending snapshot. */
const outcomeOf = (status: string | undefined): TurnOutcome => {
  if (status === undefined) return 'deleted';
  return status === 'failed' || status === 'aborted' ? status : 'completed';
};

/** What an application threw, which may be anything. */
function told(error: unknown): { message: string; status?: string } {
  if (typeof error === 'string') return { message: error };
  try {
    const { message, status } = error as { message?: unknown; status?: unknown };
    if (typeof message === 'string') return { message, ...(typeof status === 'string' && { status }) };
  } catch {
    // Described below.
  }
  return { message: described(error) };
}

/** A turn of this tab; see `Turn` for what its methods promise. */
export class LiveTurn<S> implements Turn<S> {
  readonly snapshotId: string;
  readonly runId: string;
  readonly messages: readonly Message[];
  readonly signal: AbortSignal;
  readonly #port: SessionPort<S>;
  readonly #sessionId: string;
  readonly #saveEveryMs: number;
  readonly #length: number;
  readonly #abort = new AbortController();
  readonly #unwatch: () => void;
  readonly #forget: () => void;
  #answer: Answer | undefined;
  #isSaved = true;
  #savedAt = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The saves so far, one after the other. */
  #saving: Promise<unknown> = Promise.resolve();
  #isSaving = false;
  #looking = false;
  #isOver = false;

  constructor(
    port: SessionPort<S>,
    turn: Pick<Turn<S>, 'snapshotId' | 'runId' | 'messages'> & { sessionId: string },
    { saveEveryMs = SAVE_EVERY_MS, signal }: TurnOptions<S>,
  ) {
    this.#port = port;
    this.#sessionId = turn.sessionId;
    this.snapshotId = turn.snapshotId;
    this.runId = turn.runId;
    this.messages = turn.messages;
    this.#length = turn.messages.length;
    this.#saveEveryMs = saveEveryMs;
    this.signal = this.#abort.signal;
    this.#unwatch = port.onSessionChange(turn.sessionId, ({ type }) => {
      if (type === 'deleted') this.#end('deleted');
      else void this.#look();
    });
    const aborted = () => {
      this.#abort.abort(signal!.reason);
      // Whoever awaits the turn is told by `complete`; a disk that is full is told there, too.
      this.abort().catch(() => {});
    };
    signal?.addEventListener('abort', aborted, { once: true });
    this.#forget = () => signal?.removeEventListener('abort', aborted);
    if (signal?.aborted) aborted();
    else this.#schedule();
    // What was done between the save and the watching.
    void this.#look();
  }

  readonly update = (answer: Answer): void => {
    if (this.#isOver) return;
    this.#answer = answer;
    this.#isSaved = false;
    this.#schedule();
  };

  async complete(answer?: Answer, more: TurnResult<S> = {}): Promise<TurnOutcome> {
    const call = taken<TurnResult<S>>(resultShape, more);
    const changes = changesOf(call, this.#port);
    const usage = call.usage && cloned(call.usage, 'options', 'usage');
    return this.#finish(answer ?? this.#answer, changes, {
      status: 'completed',
      finishReason: call.finishReason ?? 'stop',
      ...(usage && { usage }),
    });
  }

  async fail(error: unknown): Promise<TurnOutcome> {
    return this.#finish(
      this.#storable(),
      {},
      { status: 'failed', finishReason: 'failed', error: told(error) },
    );
  }

  async abort(): Promise<TurnOutcome> {
    return this.#finish(this.#storable(), {}, { status: 'aborted', finishReason: 'aborted' });
  }

  /** The latest answer, unless it cannot be stored: the turn ends all the same. */
  #storable(): Answer | undefined {
    try {
      if (this.#answer) messagesOf(this.#answer, 'answer');
      return this.#answer;
    } catch {
      return undefined;
    }
  }

  #finish(answer: Answer | undefined, changes: Record<string, unknown>, info: object): Promise<TurnOutcome> {
    const added = answer && messagesOf(answer, 'answer');
    clearTimeout(this.#timer);
    const ended = this.#saving.then(() => this.#save(added, changes, { ...info, updatedAt: now() }));
    this.#saving = ended.catch(() => this.#schedule());
    return ended.then((stored) => this.#end(stored ?? (info as { status: TurnOutcome }).status));
  }

  /** Resolves to what stands already, if the snapshot is pending no more. */
  async #save(
    added: Added | undefined,
    changes: Record<string, unknown>,
    info: object,
  ): Promise<TurnOutcome | undefined> {
    let stored: TurnOutcome | undefined;
    const extension = {
      sessionId: this.#sessionId,
      added,
      length: this.#length,
      changes,
      info: () => {
        stored = undefined;
        return { heartbeatAt: now(), ...info };
      },
      refused: (status: string | undefined) => (stored = outcomeOf(status)),
    };
    this.#isSaving = true;
    try {
      await this.#port.save([{ snapshotId: this.snapshotId, extension }]);
    } finally {
      this.#isSaving = false;
      this.#savedAt = performance.now();
    }
    return stored;
  }

  /** Plans the next save: of an answer that is not saved yet, otherwise of a heartbeat. */
  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#isOver || this.#isSaving) return;
    const beat = Math.min(MOST_BEAT_MS, this.#port.heartbeatTimeoutMs / 3);
    const dueMs = this.#isSaved ? beat : Math.max(0, this.#savedAt + this.#saveEveryMs - performance.now());
    this.#timer = setTimeout(() => this.#saveSoFar(), dueMs);
  }

  #saveSoFar(): void {
    let added: Added | undefined;
    try {
      if (!this.#isSaved && this.#answer) added = messagesOf(this.#answer, 'answer');
    } catch {
      // `complete` refuses it.
    }
    this.#isSaved = true;
    this.#saving = this.#saving
      .then(() => (this.#isOver ? undefined : this.#save(added, {}, { updatedAt: now() })))
      .then(
        (stored) => stored && this.#end(stored),
        (error: unknown) => {
          // The next save tries again, unless the store is closed.
          if (error instanceof SessionStoreError && error.status === 'FAILED_PRECONDITION')
            this.#end('aborted');
          else if (added) this.#isSaved = false;
          return undefined;
        },
      )
      .then(() => this.#schedule());
  }

  /** Looks whether another tab has ended or deleted the turn. */
  async #look(): Promise<void> {
    if (this.#looking || this.#isOver) return;
    this.#looking = true;
    await this.#saving;
    this.#looking = false;
    if (this.#isOver) return;
    const info = await this.#port.getSnapshotInfo(this.snapshotId).catch(() => ({ status: 'pending' }));
    const status = info && (info.status ?? '');
    if (status !== 'pending' && status !== 'expired') this.#end(outcomeOf(status));
  }

  #end(outcome: TurnOutcome): TurnOutcome {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#unwatch();
    this.#forget();
    if (outcome !== 'completed') {
      const reason = new DOMException(`the turn is over: ${outcome}`, 'AbortError');
      if (!this.#abort.signal.aborted) this.#abort.abort(reason);
    }
    return outcome;
  }
}
