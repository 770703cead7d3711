/**
 * Genkit's status names, as far as the store uses them.
 *
 * - `INVALID_ARGUMENT`: the caller passed something that can never work; `path` says what.
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

/** How full it is, and what deleting would bring. */
export interface RoomReport {
  /** Of the whole origin, in bytes, as the browser estimates it; absent where it does not. */
  usage?: number;
  /** What the origin may use, in bytes, as the browser estimates it; absent where it does not. */
  quota?: number;
  /** What deleting each session would free, roughly, in bytes; the largest first. */
  sessions: { sessionId: string; bytes: number }[];
}

/** Every error of the store, except what a mutator itself throws. */
export class SessionStoreError extends Error {
  declare readonly name: 'SessionStoreError';
  readonly status: StatusName;
  /** Where the offending value is, from the argument down: `state.custom.onClick`. */
  readonly path: string | undefined;
  /** With `RESOURCE_EXHAUSTED`: how full it is, and what deleting which sessions would free. */
  room: RoomReport | undefined;

  /** By its name: an error of another copy of Offshoot, in the same page or in another realm, is one as well. */
  static override [Symbol.hasInstance](value: unknown): value is SessionStoreError {
    return (value as Error | null | undefined)?.name === 'SessionStoreError';
  }

  constructor(status: StatusName, message: string, path?: string, cause?: unknown) {
    super(`${status}: ${message}`, cause === undefined ? undefined : { cause });
    // Defined and not assigned, which a frozen `Error.prototype` would refuse.
    Object.defineProperty(this, 'name', {
      __proto__: null,
      value: 'SessionStoreError',
      enumerable: true,
    } as PropertyDescriptor);
    this.status = status;
    this.path = path;
  }
}
