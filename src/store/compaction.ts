import { compactSession, unsealedSessions, type Runner } from '../history/compact.js';

/** How long to wait where the browser does not say when it is idle, in ms. */
const PAUSE_MS = 200;

/** Seals logs when there is nothing better to do, in one tab at a time. Loaded when there is something to seal. */
export class Compaction {
  readonly #waiting = new Set<string>();
  #scheduled = false;
  #stopped = false;

  constructor(
    readonly lockName: string,
    readonly runner: Runner,
  ) {}

  /** Some time soon. */
  schedule(sessionId: string): void {
    this.#waiting.add(sessionId);
    if (this.#scheduled || this.#stopped) return;
    this.#scheduled = true;
    whenIdle(() => void this.#runScheduled());
  }

  /** Now. Everything that has gathered small rows, if no sessions are named. */
  async run(sessionIds?: readonly string[], signal?: AbortSignal): Promise<void> {
    for (const id of sessionIds ?? (await this.runner.run(unsealedSessions))) {
      await compactSession(this.runner, id, signal);
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  async #runScheduled(): Promise<void> {
    this.#scheduled = false;
    const ids = [...this.#waiting];
    this.#waiting.clear();
    if (this.#stopped) return;
    await alone(this.lockName, () => this.run(ids)).catch(() => {});
  }
}

function whenIdle(run: () => void): void {
  if (typeof requestIdleCallback === 'function') requestIdleCallback(run, { timeout: 2000 });
  else (setTimeout(run, PAUSE_MS) as { unref?: () => void }).unref?.();
}

/** Runs work unless another tab is at it. Without a lock manager, every transaction still is whole by itself. */
async function alone(name: string, work: () => Promise<void>): Promise<void> {
  if (typeof navigator === 'undefined' || !navigator.locks) return work();
  await navigator.locks.request(name, { ifAvailable: true }, (lock) => (lock ? work() : undefined));
}
