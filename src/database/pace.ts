/** After so many units of work (rows, entries, parts of a value) it is asked whether to go on; never after twice as many. */
export const UNITS = 500;

/** How long a page may have to wait for its turn, in ms. */
const SLICE_MS = 12;

/** Long work that pauses at least after every `UNITS` units. */
export type Steps<T> = Generator<unknown, T, void>;

/** Does something with each of many items, in steps. */
export function* each<T>(items: Iterable<T>, visit: (item: T) => void): Steps<void> {
  let done = 0;
  for (const item of items) {
    if (++done % UNITS === 0) yield;
    visit(item);
  }
}

/** Does all steps at once: for what is small, or has nobody to make way for. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Goes through long work so that a signal is looked at in time, and the page stays alive. */
export class Pace {
  #since = performance.now();
  #units = 0;

  constructor(
    readonly signal?: AbortSignal | undefined,
    /** Inside of a transaction, a request to it: it would end if one waited for anything else. */
    readonly wait: () => Promise<unknown> = nextTask,
    /** What to throw for the signal's reason. */
    readonly refusal: (reason: unknown) => unknown = (reason) => reason,
  ) {}

  /** Throws the signal's reason if that is aborted; makes way for others if it is their turn. */
  async rest(): Promise<void> {
    this.#look();
    if (performance.now() - this.#since < SLICE_MS) return;
    await this.wait();
    this.#since = performance.now();
    this.#look();
  }

  /** One more unit. */
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

/** Not a timer: those of a hidden tab run once a second, or once a minute. */
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
