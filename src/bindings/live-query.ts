import { SessionStoreError } from '../index.js';

/**
 * The result of a live query: the data, or an error. A new object only when the data changes.
 *
 * `error` keeps the previous data; the next change of what is shown, or `reload`, tries again.
 */
export type QueryResult<T> = (
  | {
      status: 'pending';
      data: undefined;
      error: undefined;
      /** Settles when there is a result; `undefined` on a server, where nothing is read. */
      settled: Promise<void> | undefined;
    }
  | { status: 'ready'; data: T; error: undefined }
  | { status: 'error'; data: T | undefined; error: SessionStoreError }
) & {
  /** Reads the shown data again. Stable while it is shown. */
  reload: () => void;
};

/** The result on a server and at first in the page, so that hydration matches. */
export const ON_SERVER: QueryResult<never> = {
  status: 'pending',
  data: undefined,
  error: undefined,
  settled: undefined,
  reload() {},
};

/** Receives the results of a source until that is ended. */
export interface Observer<T> {
  data: (data: T) => void;
  failed: (error: unknown) => void;
}

/** A subscription that runs while there are listeners. */
export interface Source {
  /** Reads the shown data again. */
  reload(): void;
  /** Asks for the next page of a list. */
  more?(): void;
  end(): void;
}

/** How long a result waits for its component to be mounted, in ms, since Suspense may take time. */
const UNMOUNTED_MS = 5_000;

/** A question to a store, shared by all components that ask it: read once, and again whenever the answer changes. */
export class LiveQuery<T> {
  #result: QueryResult<T>;
  #settle!: () => void;
  #source: Source | undefined;
  #listeners = new Set<() => void>();
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly open: (observer: Observer<T>) => Source,
    /** Called when others may share it, and when they no longer may. */
    readonly shared: (isOpen: boolean) => void,
  ) {
    const settled = new Promise<void>((resolve) => (this.#settle = resolve));
    const { reload } = this;
    this.#result = { status: 'pending', data: undefined, error: undefined, settled, reload };
  }

  /** Starts reading, since a component that suspends is never mounted, and so never subscribes. */
  readonly current = (): QueryResult<T> => {
    this.#begin();
    // An error boundary cannot reload: rendering again starts a new query.
    if (this.#result.status === 'error' && this.#listeners.size === 0) this.#endIn(0);
    return this.#result;
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    clearTimeout(this.#idle);
    this.#idle = undefined;
    this.#begin();
    return () => {
      this.#listeners.delete(listener);
      // Strict Mode, and a list whose rows move, subscribe again at once.
      if (this.#listeners.size === 0) this.#endIn(0);
    };
  };

  readonly reload = (): void => this.#source?.reload();

  readonly more = (): void => this.#source?.more?.();

  #begin(): void {
    if (this.#source) return;
    const { reload } = this;
    const set = (result: QueryResult<T>) => {
      const isKnown = result.status === 'ready' && this.#result.status === 'ready';
      if (isKnown && result.data === this.#result.data) return;
      this.#result = result;
      this.#settle();
      for (const listener of [...this.#listeners]) listener();
      if (this.#listeners.size === 0 && this.#idle === undefined) this.#endIn(UNMOUNTED_MS);
    };
    const failed = (error: unknown) =>
      set({ status: 'error', data: this.#result.data, error: asStoreError(error), reload });
    try {
      this.#source = this.open({
        data: (data) => set({ status: 'ready', data, error: undefined, reload }),
        failed,
      });
    } catch (error) {
      // A store refuses watchers at once for an invalid id, or when it is closed; neither changes.
      this.#source = { reload() {}, end() {} };
      failed(error);
    }
    this.shared(true);
  }

  #endIn(ms: number): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      this.#idle = undefined;
      this.#source?.end();
      this.#source = undefined;
      this.shared(false);
      // A waiting component asks again.
      this.#settle();
    }, ms);
  }
}

/** The store throws only these, but an application may provide another store. */
function asStoreError(error: unknown): SessionStoreError {
  if (error instanceof SessionStoreError) return error;
  return new SessionStoreError('INTERNAL', String(error), undefined, error);
}
