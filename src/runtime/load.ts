import { SessionStoreError } from '../errors.js';

/**
 * How long to wait after a failure before a part is loaded again in the background, in ms, since every save asks for
 * it.
 */
const PAUSE_MS = 60_000;

/** Modules that are there already, by part; `offshoot/all` puts them here. */
export const provided = new Map<string, object>();

/**
 * Loads a module on demand, unless it was provided; every dynamic import goes through here. Fails with `UNAVAILABLE`:
 * the device may be offline, a new release may have replaced the file, and a service worker may not load anything later.
 */
export async function load<T>(part: string, importing: () => Promise<T>): Promise<T> {
  try {
    return (provided.get(part) as T | undefined) ?? (await importing());
  } catch (cause) {
    // Not only the import fails: what Vite wraps around it throws in a service worker, which has no document.
    throw new SessionStoreError(
      'UNAVAILABLE',
      `the code for ${part} cannot be loaded offline, in a service worker, or after a new release. Reload, precache it, or import from offshoot/all`,
      undefined,
      cause,
    );
  }
}

/** A part that is loaded and created when it is first needed. A failure is not cached, since a retry may succeed. */
export class Part<T, M = any> {
  #made: Promise<T> | undefined;
  #pausedUntil = 0;

  constructor(
    readonly name: string,
    readonly importing: () => Promise<M>,
    readonly make: (module: M) => T,
    /** Called, once, when background work has to do without the part. */
    public unloaded?: () => void,
  ) {}

  get(): Promise<T> {
    this.#made ??= load(this.name, this.importing)
      .then(this.make)
      .catch((error) => {
        this.#made = undefined;
        this.#pausedUntil = performance.now() + PAUSE_MS;
        throw error;
      });
    return this.#made;
  }

  /** For work that can do without it: `undefined` after a failure; retried after a pause. */
  async getInBackground(): Promise<T | undefined> {
    if (performance.now() < this.#pausedUntil) return undefined;
    return this.get().catch(() => {
      this.unloaded?.();
      delete this.unloaded;
      return undefined;
    });
  }

  /** The part if it is already loaded or being loaded; `undefined` otherwise, or if that failed. */
  async made(): Promise<T | undefined> {
    return this.#made?.catch(() => undefined);
  }
}
