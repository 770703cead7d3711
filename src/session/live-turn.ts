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

/** How much longer to wait after a save that failed, in ms: each may ask the user for room. */
const PATIENCE_MS = 1000;

/** How often a turn shows that it lives, in ms; oftener if the store expects it. */
const MOST_BEAT_MS = 20_000;

type Answer = Message | readonly Message[];

const ABORTED = { status: 'aborted', finishReason: 'aborted' } as const;

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
  /** The signal of the options. */
  readonly #asked: AbortSignal | undefined;
  readonly #abort = new AbortController();
  readonly #unwatch: () => void;
  readonly #forget: () => void;
  #answer: Answer | undefined;
  #isSaved = true;
  /** When the answer was saved, long ago at first; any save is a heartbeat. */
  #savedAt = Number.MIN_SAFE_INTEGER;
  #beatAt = performance.now();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** How many saves are under way; the store does them in call order. */
  #saves = 0;
  /** Whether there were changes during a save. */
  #mustLook = false;
  #isOver = false;
  #isClosed = false;

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
    this.#asked = signal;
    this.#unwatch = port.store.onSessionChange(
      turn.sessionId,
      ({ type }) => {
        if (type === 'deleted') this.#end('deleted', true);
        else void this.#look();
      },
      port.call,
    );
    const forget = port.onClose(() => {
      this.#isClosed = true;
      this.#schedule();
    });
    const aborted = () => {
      this.#abort.abort(signal!.reason);
      // Whoever awaits the turn is told by `complete`; a disk that is full is told there, too.
      this.abort().catch(() => {});
    };
    signal?.addEventListener('abort', aborted, { once: true });
    this.#forget = () => {
      signal?.removeEventListener('abort', aborted);
      forget();
    };
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

  async complete(answer = this.#answer, more: TurnResult<S> = {}): Promise<TurnOutcome> {
    const call = taken<TurnResult<S>>(resultShape, more);
    const changes = changesOf(call, this.#port);
    const usage = call.usage && cloned(call.usage, 'options', 'usage');
    return this.#finish(answer, changes, {
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
    return this.#finish(this.#storable(), {}, ABORTED);
  }

  /** The latest answer, unless it cannot be stored: the turn ends all the same. */
  #storable(): Answer | undefined {
    try {
      if (this.#answer !== undefined) messagesOf(this.#answer, 'answer');
      return this.#answer;
    } catch {
      return undefined;
    }
  }

  async #finish(
    answer: Answer | undefined,
    changes: Record<string, unknown>,
    info: { status: TurnOutcome; [more: string]: unknown },
  ): Promise<TurnOutcome> {
    const added = answer === undefined ? undefined : messagesOf(answer, 'answer');
    clearTimeout(this.#timer);
    // What was aborted by its signal stays so, even if that could not be saved yet.
    const end = this.#asked?.aborted ? ABORTED : info;
    try {
      // Begun at once, so that the store can be closed right after the call.
      const stored = await this.#save(added, changes, { ...end, updatedAt: now() });
      return this.#end(stored ?? end.status, stored !== undefined);
    } catch (error) {
      this.#savedAt = this.#beatAt + PATIENCE_MS;
      this.#schedule();
      throw error;
    }
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
    this.#saves++;
    try {
      await this.#port.save([{ snapshotId: this.snapshotId, extension }]);
    } catch (error) {
      // Its session is deleted as long as it is not restored.
      if ((error as SessionStoreError).status !== 'NOT_FOUND') throw error;
      stored = 'deleted';
    } finally {
      this.#saves--;
      this.#beatAt = performance.now();
    }
    return stored;
  }

  /** Plans the next save: of an answer that is not saved yet, or of a heartbeat if that is due before. */
  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#isOver || this.#saves > 0) return;
    if (this.#isClosed) return void this.#end('aborted', true);
    if (this.#mustLook) void this.#look();
    const beat = Math.min(MOST_BEAT_MS, this.#port.heartbeatTimeoutMs / 3 || MOST_BEAT_MS);
    const answerDue = this.#isSaved ? Infinity : this.#savedAt + this.#saveEveryMs;
    const beatDue = this.#beatAt + beat;
    this.#timer = setTimeout(
      () => void this.#saveSoFar(answerDue <= beatDue),
      Math.max(0, Math.min(answerDue, beatDue) - performance.now()),
    );
  }

  async #saveSoFar(withAnswer: boolean): Promise<void> {
    // Nothing is alive any more: the next save is the end.
    if (this.#asked?.aborted) return void this.abort().catch(() => {});
    let added: Added | undefined;
    if (withAnswer) {
      this.#isSaved = true;
      try {
        added = messagesOf(this.#answer!, 'answer');
      } catch {
        // `complete` refuses it.
      }
    }
    try {
      const stored = await this.#save(added, {}, { updatedAt: now() });
      if (withAnswer) this.#savedAt = this.#beatAt;
      if (stored) this.#end(stored, true);
    } catch (error) {
      // The next save tries again, unless the store is closed.
      if (error instanceof SessionStoreError && error.status === 'FAILED_PRECONDITION')
        this.#end('aborted', true);
      if (added) this.#isSaved = false;
      this.#savedAt = this.#beatAt + PATIENCE_MS;
    }
    this.#schedule();
  }

  /** Looks whether another tab has ended or deleted the turn. */
  async #look(): Promise<void> {
    this.#mustLook = this.#saves > 0;
    if (this.#isOver || this.#mustLook) return;
    const info = await this.#port.store
      .getSnapshotInfo(this.snapshotId, this.#port.call)
      .catch(() => ({ status: 'pending' }));
    this.#mustLook = this.#saves > 0;
    // What is being saved may be the end.
    if (this.#isOver || this.#mustLook) return;
    const status = info && (info.status ?? '');
    if (status !== 'pending' && status !== 'expired') this.#end(outcomeOf(status), true);
  }

  #end(outcome: TurnOutcome, isElsewhere = false): TurnOutcome {
    if (this.#isOver) return outcome;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#unwatch();
    this.#forget();
    if ((isElsewhere || outcome !== 'completed') && !this.signal.aborted)
      this.#abort.abort(new DOMException(`the turn is over: ${outcome}`, 'AbortError'));
    return outcome;
  }
}
