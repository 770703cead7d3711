import { alone, inTurn, whenIdle } from '../../runtime/idle.js';
import { SerialQueue } from '../../runtime/queue.js';
import type { DatabaseAccess } from '../../snapshots/database-access.js';
import { compact } from './compact.js';

/** How long to wait for the same work in other tabs, in ms. */
const TURN_MS = 10_000;

/** Merges rows of logs in idle time, in one tab at a time. Loaded when there is something to merge. */
export class Compaction {
  readonly #waiting = new Set<string>();
  #scheduled = false;
  readonly #stopping = new AbortController();
  readonly #queue = new SerialQueue();

  constructor(
    readonly lockName: string,
    readonly access: Pick<DatabaseAccess, 'read' | 'rearrange'>,
  ) {}

  /** Runs in idle time. */
  schedule(sessionId: string): void {
    this.#waiting.add(sessionId);
    if (this.#scheduled || this.#stopping.signal.aborted) return;
    this.#scheduled = true;
    whenIdle(() => void this.#queue.run(() => this.#runScheduled()));
  }

  /** Runs at once, after the runs of other tabs, which leave little to do. */
  async run(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await inTurn(this.lockName, () => compact(this.access, undefined, signal), 'exclusive', TURN_MS, signal);
  }

  /** Waits for a merge that is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#queue.done();
  }

  async #runScheduled(): Promise<void> {
    this.#scheduled = false;
    const ids = [...this.#waiting];
    this.#waiting.clear();
    const { signal } = this.#stopping;
    if (signal.aborted) return;
    await alone(this.lockName, () => compact(this.access, ids, signal)).catch(() => {});
  }
}
