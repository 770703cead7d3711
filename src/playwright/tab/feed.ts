import type { SessionSnapshot } from '../../index.js';

/** Keeps what comes until it is asked for. */
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

  /** Nothing more can come. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }

  end(): void {
    this.#hasEnded = true;
    this.onEnd();
    this.#wake();
  }

  /** What came since the last call, or comes first. Nothing after the end. */
  async next(): Promise<SessionSnapshot<S>[]> {
    if (this.#waiting.length === 0 && !this.#failure && !this.#hasEnded) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    if (this.#failure) throw this.#failure.error;
    return this.#waiting.splice(0);
  }
}
