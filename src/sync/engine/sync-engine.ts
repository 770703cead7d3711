import { SessionStoreError } from '../../errors.js';
import { pauseMs } from '../wire/backoff.js';
import { WireFault } from '../wire/fault.js';
import { Listener, seqOf } from '../wire/listen.js';
import type { SyncServer } from '../wire/sync-server.js';
import type { LocalSync } from '../local/local-sync.js';
import { eitherSignal } from './either-signal.js';
import { lead } from './lead.js';
import { Pause } from './pause.js';
import { type RoundOptions, Rounds } from './rounds.js';
import type { StatusBoard, SyncState, SyncStatus } from './status.js';

/** Saves that follow each other are sent together if they come within this time, in ms; the first is sent at once. */
const GATHER_MS = 250;

/** How soon the server is listened to again, in ms, after it had nothing to say. */
const SOONEST_MS = 1000;

/** What a person has to end; tried anew so rarely, in ms, because they may have done so in another tab. */
const UNATTENDED_MS = 5 * 60_000;

/** How often, and how long, `now()` tries again by itself, in ms. */
const MOST_ATTEMPTS = 3;
const LONGEST_NOW_MS = 5000;

const STATES: Partial<Record<WireFault['kind'], SyncState>> = {
  'needs-auth': 'needs-auth',
  forbidden: 'blocked',
  version: 'blocked',
};

/** What is to be done, as soon as the present round is over. */
interface Wanted {
  push: boolean;
  /** Up to which number of the server's there is something new; 0: nothing. */
  pullTo: number;
}

const nothing = (): Wanted => ({ push: false, pullTo: 0 });

/** Keeps one database and one server the same. */
export class SyncEngine {
  readonly #rounds: Rounds;
  readonly #end = new AbortController();
  readonly #pause = new Pause();
  #wanted = nothing();
  #isLeading = false;
  #running = 0;
  /** Who waits for a wish, or for the end of a round. */
  readonly #waiting = new Set<() => void>();
  readonly #leading: Promise<void>;

  constructor(
    readonly database: string,
    readonly local: LocalSync,
    readonly server: SyncServer,
    readonly board: StatusBoard,
  ) {
    this.#rounds = new Rounds(database, local, server, board);
    board.join(database);
    this.#leading = lead(`offshoot:sync:${database}`, this.#end.signal, (signal) => this.#lead(signal), {
      sleeps: () => board.leave(),
      wakes: () => {
        board.join(database);
        this.#pause.cut();
      },
    });
  }

  /** Something was saved here, in any tab. */
  changedHere(): void {
    if (!this.#isLeading) return;
    this.#wanted.push = true;
    this.#tellWaiting();
    if (this.board.status.state !== 'idle') void this.#showQueued();
  }

  /** Sends and fetches now; see `SyncHandle.now`. */
  async now(outer?: AbortSignal): Promise<void> {
    const { signal, release } = eitherSignal(outer, this.#end.signal);
    try {
      for (let attempt = 1; ; attempt++) {
        const pauseMs = await this.#attempt(attempt, signal);
        if (pauseMs === undefined) return;
        await this.#pause.wait(pauseMs, signal);
      }
    } catch (error) {
      outer?.throwIfAborted();
      throw this.#end.signal.aborted ? stopped() : told(error);
    } finally {
      release();
    }
  }

  /** Ends what is under way; resolves when it has ended. */
  async stop(): Promise<void> {
    this.#end.abort(stopped());
    this.#tellWaiting();
    await this.#leading.catch(() => {});
    await this.#rounds.done();
    this.board.leave();
  }

  /** A round for `now()`. Resolves to how long to wait before the next one; to nothing after one that did not fail. */
  async #attempt(attempt: number, signal: AbortSignal): Promise<number | undefined> {
    try {
      const [refused] = await this.#round({ push: true, pull: true, again: true }, signal);
      // Whoever pauses has a connection now.
      this.#pause.cut();
      if (refused) throw refused;
      return undefined;
    } catch (error) {
      if (!isPassing(error) || attempt === MOST_ATTEMPTS || signal.aborted) throw error;
      const ms = pauseMs(attempt, error.retryAfterMs);
      if (ms > LONGEST_NOW_MS) throw error;
      return ms;
    }
  }

  /** Connects, and again after a growing pause when the connection fails. */
  async #lead(signal: AbortSignal): Promise<void> {
    let failures = 0;
    this.#isLeading = true;
    while (!signal.aborted) {
      try {
        await this.#round({ push: true, pull: true }, signal);
        failures = 0;
        await this.#live(signal);
      } catch (error) {
        if (signal.aborted) break;
        failures += 1;
        this.#rounds.doubt();
        this.#showFailure(error);
        const asked = error instanceof WireFault ? error.retryAfterMs : 0;
        const isUnattended = error instanceof WireFault && STATES[error.kind];
        await this.#pause.wait(isUnattended ? UNATTENDED_MS : pauseMs(failures, asked), signal);
      }
    }
    this.#isLeading = false;
  }

  /** Sends what is saved, and fetches what the server says has changed, until the connection fails. */
  async #live(outer: AbortSignal): Promise<void> {
    const connection = new AbortController();
    const { signal, release } = eitherSignal(outer, connection.signal);
    const heard = this.#listen(signal);
    heard.catch(() => {});
    try {
      while (!signal.aborted) {
        await Promise.race([heard, this.#until(() => this.#wanted.push || this.#wanted.pullTo > 0, signal)]);
        if (signal.aborted) return;
        const { push, pullTo } = this.#wanted;
        this.#wanted = nothing();
        const pull = pullTo > (await this.#knownSeq());
        if (push || pull) await this.#round({ push, pull }, outer);
        this.#tellWaiting();
        if (push) await this.#pause.wait(GATHER_MS, outer);
      }
    } finally {
      connection.abort();
      release();
    }
  }

  async #listen(signal: AbortSignal): Promise<void> {
    const listener = new Listener(this.server.requests, (seq) => {
      this.#wanted.pullTo = Math.max(this.#wanted.pullTo, seq);
      this.#tellWaiting();
    });
    while (!signal.aborted) {
      const { cursor = '' } = await this.local.begin();
      const begun = performance.now();
      await listener.listen(cursor, signal);
      const isIdle = this.#wanted.pullTo === 0 && performance.now() - begun < SOONEST_MS;
      // A server, or something before it, that answers at once and says nothing.
      if (isIdle) await this.#pause.wait(SOONEST_MS, signal);
      // A held answer that was just given would be given again until it is applied.
      await this.#until(() => this.#wanted.pullTo === 0 && this.#running === 0, signal);
    }
  }

  /** How far this device knows the server's rows: what its own push brought needs no fetching. */
  async #knownSeq(): Promise<number> {
    const { cursor } = await this.local.begin();
    return cursor === undefined ? -1 : seqOf(cursor);
  }

  async #until(isTrue: () => boolean, signal: AbortSignal): Promise<void> {
    while (!isTrue() && !signal.aborted) {
      let tell: () => void;
      const told = new Promise<void>((resolve) => (tell = resolve));
      this.#waiting.add(tell!);
      signal.addEventListener('abort', tell!);
      await told;
      signal.removeEventListener('abort', tell!);
      this.#waiting.delete(tell!);
    }
  }

  #tellWaiting(): void {
    for (const tell of [...this.#waiting]) tell();
  }

  async #round(options: Omit<RoundOptions, 'signal'>, signal: AbortSignal): Promise<SessionStoreError[]> {
    const { state, error } = this.board.status;
    this.#running += 1;
    this.#show({ state: 'syncing' });
    try {
      const refused = await this.#rounds.run({ ...options, signal });
      const queued = await this.local.queued();
      const [first] = refused;
      this.#show({
        state: this.#running > 1 ? 'syncing' : 'idle',
        queued,
        error: first && shown(first),
        ...(queued.rows === 0 && { agreedAt: new Date().toISOString() }),
      });
      return refused;
    } catch (failure) {
      if (!signal.aborted) this.#showFailure(failure);
      else if (this.#running === 1) this.#show({ state: state === 'syncing' ? 'idle' : state, error });
      await this.#showQueued();
      throw failure;
    } finally {
      this.#running -= 1;
      this.#tellWaiting();
    }
  }

  #showFailure(error: unknown): void {
    const state = (error instanceof WireFault && STATES[error.kind]) || 'offline';
    this.#show({ state, error: shown(told(error)) });
  }

  async #showQueued(): Promise<void> {
    const queued = await this.local.queued().catch(() => undefined);
    if (queued) this.#show({ queued });
  }

  #show(change: Partial<SyncStatus>): void {
    if (!this.#end.signal.aborted) this.board.set(change);
  }
}

const shown = ({ status, message }: SessionStoreError) => ({ status, message });

/** Whether the same may go well later, without anybody's doing. */
const isPassing = (error: unknown): error is WireFault =>
  error instanceof WireFault && (error.kind === 'offline' || error.kind === 'busy');

/** What the application is told of a failure. */
function told(error: unknown): SessionStoreError {
  if (error instanceof WireFault) return error.error;
  if (error instanceof SessionStoreError) return error;
  return new SessionStoreError('INTERNAL', 'syncing failed; see cause', undefined, error);
}

export const stopped = (): SessionStoreError =>
  new SessionStoreError('FAILED_PRECONDITION', 'syncing was stopped. Call syncSessions() again');
