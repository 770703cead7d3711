import { SessionStoreError } from '../errors.js';

/** How long what nobody waits for is left alone after it could not be loaded, in ms: every save asks for it. */
const PAUSE_MS = 60_000;

/**
 * Loads what is in a file of its own: the only way to. Fails with `UNAVAILABLE`: the file may be out of reach, or have
 * gone with the release that it was part of, and a service worker may load nothing at all.
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

/** What is loaded and made when it is first needed. A failure is not kept, because another try may succeed. */
export class Part<T> {
  #made: Promise<T> | undefined;
  #failed = -Infinity;
  #isTold = false;

  constructor(
    readonly name: string,
    readonly make: () => Promise<T>,
    /** Is told, once, that work has to do without. */
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

  /** For work that does without: another try is made the next time, if that is not soon. */
  async getInBackground(): Promise<T | undefined> {
    if (performance.now() - this.#failed < PAUSE_MS) return undefined;
    return this.get().catch(() => {
      if (!this.#isTold) this.unloaded();
      this.#isTold = true;
      return undefined;
    });
  }

  /** `undefined` if it was never asked for, or could not be had. */
  async made(): Promise<T | undefined> {
    return this.#made?.catch(() => undefined);
  }
}
