import { onOnline } from '../../platform/network.js';

/** Waits for a moment to try again: the end of a time, or a reason to try at once. */
export class Pause {
  readonly #ends = new Set<() => void>();

  /** Resolves after the time, when the device is online again, with `cut()`, or with the signal. Keeps no process alive. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    let end: () => void;
    const over = new Promise<void>((resolve) => (end = resolve));
    const timer = setTimeout(end!, ms);
    (timer as { unref?: () => void }).unref?.();
    const unfollow = onOnline(end!);
    signal.addEventListener('abort', end!);
    this.#ends.add(end!);
    await over;
    clearTimeout(timer);
    unfollow();
    signal.removeEventListener('abort', end!);
    this.#ends.delete(end!);
  }

  cut(): void {
    for (const end of [...this.#ends]) end();
  }
}
