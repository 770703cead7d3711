import type { SessionSnapshot } from '../../index.js';

/** Queues versions until they are asked for. */
export class Feed<S> {
  onEnd = () => {};
  #waiting: SessionSnapshot<S>[] = [];
  #failure: { error: unknown } | undefined;
  #hasEnded = false;
  #wake = () => {};

  push(snapshot: SessionSnapshot<S>): void {
    this.#waiting.push(snapshot);
    this.#wake();
  }

  /** Ends the feed with an error. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }

  end(): void {
    this.#hasEnded = true;
    this.onEnd();
    this.#wake();
  }

  /** Versions since the last call, or the next one. None after the end. */
  async next(): Promise<SessionSnapshot<S>[]> {
    if (this.#waiting.length === 0 && !this.#failure && !this.#hasEnded) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    if (this.#failure) throw this.#failure.error;
    return this.#waiting.splice(0);
  }
}
