import { SessionStoreError } from '../errors.js';

/**
 * How long to wait after a failure before a part is loaded again in the background, in ms, since every save asks for
 * it.
 */
const PAUSE_MS = 60_000;

/**
 * Loads a module on demand; every dynamic import goes through here. Fails with `UNAVAILABLE`: the device may be
 * offline, a new release may have replaced the file, and a service worker may not load anything later.
 */
export async function load<T>(part: string, importing: () => Promise<T>): Promise<T> {
  try {
    return await importing();
  } catch (cause) {
    if (cause instanceof SessionStoreError) throw cause;
    throw new SessionStoreError(
      'UNAVAILABLE',
      `the code for ${part} cannot be loaded: the page is offline, or a new release has replaced it. Reload, precache it, or bundle it into a service worker`,
      undefined,
      cause,
    );
  }
}

/** A part that is loaded and created when it is first needed. A failure is not cached, since a retry may succeed. */
export class Part<T> {
  #made: Promise<T> | undefined;
  #failed = -Infinity;
  #isTold = false;

  constructor(
    readonly name: string,
    readonly make: () => Promise<T>,
    /** Called, once, when background work has to do without the part. */
    readonly unloaded: () => void = () => {},
  ) {}

  get(): Promise<T> {
    this.#made ??= load(this.name, this.make).catch((error) => {
      this.#made = undefined;
      this.#failed = performance.now();
      throw error;
    });
    return this.#made;
  }

  /** For work that can do without it: `undefined` after a failure; retried after a pause. */
  async getInBackground(): Promise<T | undefined> {
    if (performance.now() - this.#failed < PAUSE_MS) return undefined;
    return this.get().catch(() => {
      if (!this.#isTold) this.unloaded();
      this.#isTold = true;
      return undefined;
    });
  }

  /** The part if it is already loaded or being loaded; `undefined` otherwise, or if that failed. */
  async made(): Promise<T | undefined> {
    return this.#made?.catch(() => undefined);
  }
}
