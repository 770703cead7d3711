/** How long to wait where the browser does not say when it is idle, in ms. */
const PAUSE_MS = 200;

/** Does work for keys when there is nothing better to do, in one tab at a time. */
export class IdleWork {
  readonly #waiting = new Set<string>();
  #scheduled = false;

  constructor(
    private enabled: boolean,
    readonly lockName: string,
    readonly work: (keys: string[]) => Promise<void>,
  ) {}

  add(key: string): void {
    if (!this.enabled) return;
    this.#waiting.add(key);
    if (this.#scheduled) return;
    this.#scheduled = true;
    whenIdle(() => void this.#run());
  }

  stop(): void {
    this.enabled = false;
  }

  async #run(): Promise<void> {
    this.#scheduled = false;
    const keys = [...this.#waiting];
    this.#waiting.clear();
    if (!this.enabled) return;
    // It is nobody's business if this fails: the next save that finds enough to do tries again.
    await alone(this.lockName, () => this.work(keys)).catch(() => {});
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
