import { SerialQueue } from '../runtime/queue.js';
import { isConnectionFault } from '../database/faults.js';
import type { SessionStoreError } from '../errors.js';

/** The limit of a batch: a longer transaction would block other tabs for too long. */
const MOST_TOGETHER = 128;

interface Waiting<Request, Result> {
  request: Request;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * Runs operations one by one in call order, so that a delete applies to all saves before it. Waiting saves share a
 * batch.
 */
export class OperationQueue<Request, Result> {
  readonly #queue = new SerialQueue();
  #gathering: Waiting<Request, Result>[] | undefined;

  /** `save` does a batch; rejects if the transaction as a whole failed. */
  constructor(readonly save: (requests: Request[]) => Promise<PromiseSettledResult<Result>[]>) {}

  /** Resolves when all earlier operations are done. Later saves start a new batch. */
  done(): Promise<unknown> {
    this.#gathering = undefined;
    return this.#queue.done();
  }

  enqueue<T>(operation: () => Promise<T>): Promise<T> {
    this.#gathering = undefined;
    return this.#queue.run(operation);
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
      // No save caused a lost connection, and whether a save that took too long has committed is unknown.
      if (group.length === 1 || isConnectionFault(error as SessionStoreError)) {
        return group.forEach(({ reject }) => reject(error));
      }
      // One save may have caused the failure; done one by one, only that one fails.
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
