import { SessionStoreError } from '../index.js';

/**
 * What a hook returns: the data, or why there is none. Only a change of the data makes a new one.
 *
 * `error` keeps the data that was there before; the next change of what is shown, or `reload`, tries again.
 */
export type QueryResult<T> = (
  | {
      status: 'pending';
      data: undefined;
      error: undefined;
      /** Settles when there is something to show; `undefined` on a server, where nothing is read. */
      settled: Promise<void> | undefined;
    }
  | { status: 'ready'; data: T; error: undefined }
  | { status: 'error'; data: T | undefined; error: SessionStoreError }
) & {
  /** Reads again what is shown. Stays the same function while it is shown. */
  reload: () => void;
};

/** What a server renders, and the page at first, so that both are the same. */
export const ON_SERVER: QueryResult<never> = {
  status: 'pending',
  data: undefined,
  error: undefined,
  settled: undefined,
  reload() {},
};

/** Where a source puts what it has found, until it is ended. */
export interface Observer<T> {
  data: (data: T) => void;
  failed: (error: unknown) => void;
}

/** What goes on while somebody listens. */
export interface Source {
  /** Reads anew what is shown. */
  reload(): void;
  /** How much of a list shall be shown. */
  more?(): void;
  end(): void;
}

/** How long an answer waits for the component that asked to be mounted, in ms: Suspense takes its time. */
const UNMOUNTED_MS = 5_000;

/** One question to a store, shared by all who ask it: read once, and again whenever the answer changes. */
export class LiveQuery<T> {
  #result: QueryResult<T>;
  #settle!: () => void;
  #source: Source | undefined;
  #listeners = new Set<() => void>();
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly open: (observer: Observer<T>) => Source,
    /** From now on others may share it, or no longer. */
    readonly shared: (isOpen: boolean) => void,
  ) {
    const settled = new Promise<void>((resolve) => (this.#settle = resolve));
    const { reload } = this;
    this.#result = { status: 'pending', data: undefined, error: undefined, settled, reload };
  }

  /** Begins to read, since a component that suspends is never mounted, and so would never be told. */
  readonly current = (): QueryResult<T> => {
    this.#begin();
    // An error boundary has nothing to reload: what it renders again asks anew.
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
      // Strict Mode, and a list whose rows move, come back at once.
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
      // A store refuses watchers at once: of what has no valid id, or when it is closed. That stays so.
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
      // Whoever waits for it asks anew.
      this.#settle();
    }, ms);
  }
}

/** A store throws nothing else, but applications may put another one in its place. */
function asStoreError(error: unknown): SessionStoreError {
  if (error instanceof SessionStoreError) return error;
  return new SessionStoreError('INTERNAL', String(error), undefined, error);
}
