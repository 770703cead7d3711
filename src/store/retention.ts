import type { HealthEvent } from '../contract/health.js';
import type { RetentionPolicy } from '../contract/retention.js';
import { SessionStoreError } from '../errors.js';
import type { Caretaker } from '../history/caretaker.js';
import { retain } from '../history/retain.js';
import { report } from '../platform/browser.js';
import { alone, whenIdle } from '../database/idle.js';

/** How long it is left alone after it was done, in ms: everything may have to be read for it. */
const PAUSE_MS = 5 * 60_000;

/** The database that a policy is for. */
export interface Kept {
  database: string;
  tell: (event: HealthEvent) => void;
  /** Its work waits for its turn. */
  caretaker: Caretaker;
}

/**
 * Applies a policy when there is nothing better to do, in one tab at a time, and when the disk is full. Loaded when
 * there is one.
 */
export class Retention {
  readonly #stopping = new AbortController();
  #scheduled = false;
  #running: Promise<unknown> = Promise.resolve();
  #last = -Infinity;

  constructor(
    readonly policy: RetentionPolicy,
    readonly kept: Kept,
  ) {}

  /** Some time soon, unless it was done a short while ago. */
  schedule(): void {
    if (this.#scheduled || performance.now() - this.#last < PAUSE_MS) return;
    this.#scheduled = true;
    whenIdle(() => {
      this.#scheduled = false;
      if (!this.#stopping.signal.aborted) this.#running = this.#runAlone();
    });
  }

  /** Now. Resolves to whether that has deleted anything. */
  async run(caretaker: Caretaker): Promise<boolean> {
    this.#last = performance.now();
    const freed = await retain(caretaker, this.policy, { signal: this.#stopping.signal });
    if (freed.snapshots.length === 0) return false;
    this.kept.tell({ type: 'freed', database: this.kept.database, ...freed });
    return true;
  }

  /** For good. Resolves when nothing is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  #runAlone(): Promise<void> {
    const { database, caretaker } = this.kept;
    return alone(`offshoot:${database}:retain`, async () => void (await this.run(caretaker))).catch(
      (error) => {
        const isDatabase = error instanceof SessionStoreError && error.status !== 'INVALID_ARGUMENT';
        // What is wrong with the database is told to whoever uses it next; what is wrong with `keep`, to nobody else.
        if (!isDatabase && !this.#stopping.signal.aborted) report(error);
      },
    );
  }
}
