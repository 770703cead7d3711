/**
 * Genkit's status names, as far as the store uses them.
 *
 * - `INVALID_ARGUMENT`: the caller passed an invalid value; `path` names it.
 * - `NOT_FOUND`: the session or snapshot to change does not exist.
 * - `ALREADY_EXISTS`: `generateId` returned an id that is taken.
 * - `FAILED_PRECONDITION`: valid in itself, but not in the present state (branching, closed, newer schema).
 * - `PERMISSION_DENIED`: the database is encrypted, and its key is not the one given.
 * - `ABORTED`: the browser aborted the transaction; nothing was written, trying again is safe.
 * - `RESOURCE_EXHAUSTED`: the disk or the origin's quota is full; nothing was written.
 * - `UNAVAILABLE`: IndexedDB is missing or does not answer.
 * - `DATA_LOSS`: a stored row cannot be read.
 * - `INTERNAL`: anything else; see `cause`.
 */
export type StatusName =
  | 'INVALID_ARGUMENT'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'FAILED_PRECONDITION'
  | 'PERMISSION_DENIED'
  | 'ABORTED'
  | 'RESOURCE_EXHAUSTED'
  | 'UNAVAILABLE'
  | 'DATA_LOSS'
  | 'INTERNAL';

/** How full the storage is, and what deleting sessions would free. */
export interface RoomReport {
  /** Of the whole origin, in bytes, as the browser estimates it; absent if it does not. */
  usage?: number;
  /** What the origin may use, in bytes, as the browser estimates it; absent if it does not. */
  quota?: number;
  /** The approximate number of bytes that deleting each session would free; the largest first. */
  sessions: { sessionId: string; bytes: number }[];
}

/** Every error of the store, except those that a mutator throws. */
export class SessionStoreError extends Error {
  declare readonly name: 'SessionStoreError';
  readonly status: StatusName;
  /** The path of the offending value, from the argument on: `state.custom.onClick`. */
  readonly path: string | undefined;
  /** With `RESOURCE_EXHAUSTED`: how full the storage is, and what deleting sessions would free. */
  room: RoomReport | undefined;

  /** Compares names, so that an error of another copy of Offshoot, in the same page or in another realm, counts too. */
  static override [Symbol.hasInstance](value: unknown): value is SessionStoreError {
    return (value as Error | null | undefined)?.name === 'SessionStoreError';
  }

  constructor(status: StatusName, message: string, path?: string, cause?: unknown) {
    super(`${status}: ${message}`, cause === undefined ? undefined : { cause });
    // Defined, since an assignment fails if `Error.prototype` is frozen.
    Object.defineProperty(this, 'name', {
      __proto__: null,
      value: 'SessionStoreError',
      enumerable: true,
    } as PropertyDescriptor);
    this.status = status;
    this.path = path;
  }
}
