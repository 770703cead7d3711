import { isConnectionFault } from '../database/faults.js';
import type { SessionStoreError } from '../errors.js';

/** Saves of one batch share one transaction; a longer one would keep other tabs waiting. */
const MOST_TOGETHER = 128;

interface Waiting<Request, Result> {
  request: Request;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/** Runs operations one after the other, so that a delete wins over the saves before it. Saves that wait together are one. */
export class OperationQueue<Request, Result> {
  #last: Promise<unknown> = Promise.resolve();
  #gathering: Waiting<Request, Result>[] | undefined;

  /** `save` does saves together; rejects if none of them could be done. */
  constructor(readonly save: (requests: Request[]) => Promise<PromiseSettledResult<Result>[]>) {}

  /** Resolves when all that was begun before is done. Saves that come from now on wait for what is enqueued next. */
  done(): Promise<unknown> {
    this.#gathering = undefined;
    return this.#last;
  }

  enqueue<T>(operation: () => Promise<T>): Promise<T> {
    const done = this.done().then(operation);
    this.#last = done.catch(() => {});
    return done;
  }

  add(request: Request): Promise<Result> {
    return new Promise((resolve, reject) => {
      let group = this.#gathering;
      if (!group || group.length === MOST_TOGETHER) {
        const begun: typeof group = (group = []);
        void this.enqueue(() => {
          if (this.#gathering === begun) this.#gathering = undefined;
          return this.#saveGroup(begun);
        });
        this.#gathering = begun;
      }
      group.push({ request, resolve, reject });
    });
  }

  async #saveGroup(group: Waiting<Request, Result>[]): Promise<void> {
    let results: PromiseSettledResult<Result>[];
    try {
      results = await this.save(group.map(({ request }) => request));
    } catch (error) {
      // Nobody is to blame for a lost connection, and nobody knows what became of a save that took too long.
      if (group.length === 1 || isConnectionFault(error as SessionStoreError)) {
        return group.forEach(({ reject }) => reject(error));
      }
      // One of them may be to blame, and only that one shall fail.
      for (const waiting of group) await this.#saveGroup([waiting]);
      return undefined;
    }
    group.forEach(({ resolve, reject }, index) => {
      const result = results[index]!;
      if (result.status === 'fulfilled') resolve(result.value);
      else reject(result.reason);
    });
  }
}
