import type { ReadTransaction } from './schema.js';
import { Refusal } from './transaction.js';

/** How many units of work (rows, entries, parts of a value) are done before a pause; at most twice as many. */
export const UNITS = 500;

/** How long the page's own tasks may have to wait, in ms. */
const SLICE_MS = 12;

/** Long work that pauses at least after every `UNITS` units. */
export type Steps<T> = Generator<unknown, T, void>;

/** Visits each item, in steps. */
export function* each<T>(items: Iterable<T>, visit: (item: T) => void): Steps<void> {
  let done = 0;
  for (const item of items) {
    if (++done % UNITS === 0) yield;
    visit(item);
  }
}

/** Runs all steps at once, for work that is small or blocks nobody. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Pauses long work so that its signal is checked in time and the page stays responsive. */
export class Pace {
  #since = performance.now();
  #units = 0;

  constructor(
    readonly signal?: AbortSignal | undefined,
    /**
     * How to pause. Inside of a transaction this has to be a request to it, since waiting for anything else would end
     * it.
     */
    readonly wait: () => Promise<unknown> = nextTask,
    /** Converts the signal's reason to the error to throw. */
    readonly refusal: (reason: unknown) => unknown = (reason) => reason,
  ) {}

  /** Throws the signal's reason if it is aborted; pauses if enough time has passed. */
  async rest(): Promise<void> {
    this.#look();
    if (performance.now() - this.#since < SLICE_MS) return;
    await this.wait();
    this.#since = performance.now();
    this.#look();
  }

  /** Counts one unit. */
  async step(): Promise<void> {
    if (++this.#units % UNITS === 0) await this.rest();
  }

  async run<T>(steps: Steps<T>): Promise<T> {
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
      await this.rest();
    }
  }

  #look(): void {
    if (this.signal?.aborted) throw this.refusal(this.signal.reason);
  }
}

/** Not a timer: in a hidden tab timers fire once a second, or once a minute. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof MessageChannel !== 'function') {
      setTimeout(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** A pace for work inside of a transaction. */
export const paceWithin = (transaction: ReadTransaction, signal?: AbortSignal): Pace =>
  new Pace(
    signal,
    () => transaction.objectStore('meta').get('clock'),
    (reason) => new Refusal(reason),
  );

/** Throws the signal's reason as a `Refusal` if the signal is aborted. */
export function heed(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new Refusal(signal.reason);
}

/**
 * Makes one request for each item, in chunks, so that requests and their results do not pile up and a signal can stop
 * them. Resolves to the results, in order.
 */
export async function ofAll<T, R>(
  items: readonly T[],
  request: (item: T) => Promise<R>,
  signal?: AbortSignal,
): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < items.length; from += UNITS) {
    heed(signal);
    const made = function* () {
      for (const item of items.slice(from, from + UNITS)) yield request(item);
    };
    // Made one by one: if `request` throws, the requests before it are already handled.
    for (const result of await Promise.all(Array.from(made(), watched))) results.push(result);
  }
  return results;
}

/** Prevents reports of an unhandled rejection if another request fails first. */
function watched<T>(request: Promise<T>): Promise<T> {
  request.catch(() => {});
  return request;
}
