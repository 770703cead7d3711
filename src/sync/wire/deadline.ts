/**
 * The time limit of one request. Aborts it when the limit is over or when the caller's signal is aborted, and lets go of work
 * that does not listen to the signal, as a replaced `fetch` may not.
 */
export class Deadline {
  readonly #end = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #unfollow: (() => void) | undefined;

  constructor(
    readonly limitMs: number,
    /** The error of who is too late. */
    readonly late: () => Error,
    outer?: AbortSignal,
  ) {
    const giveUp = () => this.#end.abort(outer!.reason);
    if (outer?.aborted) giveUp();
    outer?.addEventListener('abort', giveUp);
    this.#unfollow = outer && (() => outer.removeEventListener('abort', giveUp));
    this.extend();
  }

  get signal(): AbortSignal {
    return this.#end.signal;
  }

  /** Begins the limit anew, as after progress. */
  extend(): void {
    clearTimeout(this.#timer);
    if (!this.signal.aborted) this.#timer = setTimeout(() => this.#end.abort(this.late()), this.limitMs);
  }

  /** The work's result; rejects with the reason once the request is aborted, whatever the work does then. */
  async race<T>(work: Promise<T>): Promise<T> {
    const { signal } = this;
    let aborted: (() => void) | undefined;
    const over = new Promise<never>((_, reject) => {
      aborted = () => reject(signal.reason as Error);
      if (signal.aborted) aborted();
      else signal.addEventListener('abort', aborted);
    });
    // Whoever loses may still reject.
    work.catch(() => {});
    over.catch(() => {});
    try {
      return await Promise.race([over, work]);
    } catch (error) {
      // What an aborted fetch rejects with does not say why it was aborted.
      throw signal.aborted ? signal.reason : error;
    } finally {
      signal.removeEventListener('abort', aborted!);
    }
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#unfollow?.();
  }
}
