import type { SessionStoreError } from '../../errors.js';
import { inTurn } from '../../runtime/idle.js';
import { SerialQueue } from '../../runtime/queue.js';
import type { Begun, LocalSync } from '../local/local-sync.js';
import { WireFault } from '../wire/fault.js';
import type { SyncServer } from '../wire/sync-server.js';
import { untilAborted } from './either-signal.js';
import { Puller, ServerWentBack } from './puller.js';
import { Pusher } from './pusher.js';
import type { StatusBoard } from './status.js';

/** How long another tab's round is waited for, in ms; then both go on, since each transaction is right by itself. */
const TURN_MS = 30_000;

/** How often what the server refused is offered again, in ms. */
const AGAIN_MS = 10 * 60_000;

/** Servers that are restored again and again. */
const MOST_RESTORES = 3;

/** Pulls that bring what has to be pushed: a conflict that is settled by a pull, and what meets another. */
const MOST_PASSES = 4;

export interface RoundOptions {
  /** What is queued is sent. */
  push: boolean;
  /** What others changed is fetched. */
  pull: boolean;
  /** What the server refused before is offered again, however recently. */
  again?: boolean;
  signal: AbortSignal;
}

/** Rounds of sending and fetching, one at a time in all tabs. */
export class Rounds {
  readonly #pusher: Pusher;
  readonly #puller: Puller;
  readonly #queue = new SerialQueue();
  /** Whether the server has said who is signed in, and that is who it should be. */
  #isKnown = false;
  #offeredAt = -Infinity;

  constructor(
    readonly database: string,
    readonly local: LocalSync,
    readonly server: SyncServer,
    readonly board: StatusBoard,
  ) {
    const tell: StatusBoard['tell'] = (events) => board.tell(events);
    this.#pusher = new Pusher(local, server, tell);
    this.#puller = new Puller(local, server, tell);
  }

  /** Resolves to what the server would not have. Rejects with a `WireFault`, the database's error, or the signal's reason. */
  run(options: RoundOptions): Promise<SessionStoreError[]> {
    const { signal } = options;
    const round = this.#queue.run(async () => {
      signal.throwIfAborted();
      const lock = `offshoot:sync-round:${this.database}`;
      return inTurn(lock, () => this.#run(options), 'exclusive', TURN_MS, signal);
    });
    // Others may be before it.
    return untilAborted(round, signal);
  }

  /** Resolves when all rounds that were asked for are over. */
  done(): Promise<unknown> {
    return this.#queue.done();
  }

  /** Asks who is signed in before the next round. */
  doubt(): void {
    this.#isKnown = false;
  }

  async #run(options: RoundOptions): Promise<SessionStoreError[]> {
    for (let restores = 0; ; restores++) {
      try {
        return await this.#passes(options);
      } catch (error) {
        this.#isKnown = false;
        if (restores === MOST_RESTORES) throw error;
        await this.#forget(error, options.signal);
      }
    }
  }

  /** Begins anew with a server that was restored; throws other errors. */
  async #forget(failure: unknown, signal: AbortSignal): Promise<void> {
    let back = failure;
    if (failure instanceof WireFault && failure.kind === 'restored') {
      // Which generation it is now is in what it says of changes.
      back = await this.#puller.pull(signal).catch((reason: unknown) => reason);
      if (back === undefined) return;
    }
    if (!(back instanceof ServerWentBack)) throw back;
    await this.local.forget(back.generation);
    // Its list first: by it this device knows what the server lacks.
    await this.#puller.pull(signal);
  }

  async #passes({ push, pull, again, signal }: RoundOptions): Promise<SessionStoreError[]> {
    let begun = await this.#begin(signal);
    const startedAt = performance.now();
    const isOffered = again || startedAt - this.#offeredAt > AGAIN_MS;
    let heldBefore = isOffered ? Date.now() : undefined;
    if (isOffered && push) this.#offeredAt = startedAt;
    const refused: SessionStoreError[] = [];
    for (let pass = 0; pass < MOST_PASSES; pass++) {
      if (push || pass > 0) {
        const pushed = await this.#pusher.push(begun, heldBefore, signal);
        for (const refusal of pushed.refused) refused.push(refusal);
        if (!pull || (pass > 0 && pushed.lineCount === 0)) break;
      }
      heldBefore = undefined;
      await this.#puller.pull(signal);
      if ((await this.local.queued()).rows === 0) break;
      begun = await this.local.begin();
    }
    return refused;
  }

  async #begin(signal: AbortSignal): Promise<Begun> {
    const begun = await this.local.begin();
    this.server.generation = begun.generation;
    if (this.#isKnown) return begun;
    const { tenant, generation } = await this.server.info(signal);
    if (begun.tenant !== undefined && begun.tenant !== tenant) {
      throw new WireFault(
        'forbidden',
        'somebody else is signed in than the person whose sessions these are. Sign in as that person, or give this one a store with another `namespace`',
      );
    }
    if (begun.tenant === undefined) await this.local.adopt(tenant);
    if (begun.generation !== undefined && begun.generation !== generation)
      throw new ServerWentBack(generation);
    this.#isKnown = true;
    return begun.tenant === undefined ? this.local.begin() : begun;
  }
}
