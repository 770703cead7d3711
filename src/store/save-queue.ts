import { isConnectionFault } from '../database/faults.js';
import type { SessionStoreError } from '../errors.js';

/** Saves of one batch share one transaction; a longer one would keep other tabs waiting. */
const MOST_TOGETHER = 128;

interface Waiting<Request, Result> {
  request: Request;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/** Gathers requests while they wait for their turn, and runs those that wait together as one. */
export class SaveQueue<Request, Result> {
  #gathering: Waiting<Request, Result>[] | undefined;

  constructor(
    /** Runs an operation when those before it are done. */
    readonly enqueue: (operation: () => Promise<void>) => Promise<void>,
    /** Runs requests together; rejects if none of them could be. */
    readonly run: (requests: Request[]) => Promise<PromiseSettledResult<Result>[]>,
  ) {}

  add(request: Request): Promise<Result> {
    return new Promise((resolve, reject) => {
      const waiting = { request, resolve, reject };
      if (this.#gathering && this.#gathering.length < MOST_TOGETHER) {
        this.#gathering.push(waiting);
        return;
      }
      const group = [waiting];
      this.#gathering = group;
      void this.enqueue(() => {
        if (this.#gathering === group) this.close();
        return this.#runGroup(group);
      });
    });
  }

  /** What comes from now on waits for whatever else is enqueued first. */
  close(): void {
    this.#gathering = undefined;
  }

  async #runGroup(group: Waiting<Request, Result>[]): Promise<void> {
    let results: PromiseSettledResult<Result>[];
    try {
      results = await this.run(group.map(({ request }) => request));
    } catch (error) {
      // Nobody is to blame for a lost connection, and nobody knows what became of a save that took too long.
      if (group.length === 1 || isConnectionFault(error as SessionStoreError)) {
        return group.forEach(({ reject }) => reject(error));
      }
      // One of them may be to blame, and only that one shall fail.
      for (const waiting of group) await this.#runGroup([waiting]);
      return undefined;
    }
    group.forEach(({ resolve, reject }, index) => {
      const result = results[index]!;
      if (result.status === 'fulfilled') resolve(result.value);
      else reject(result.reason);
    });
  }
}
