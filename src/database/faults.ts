import { browserDatabases } from '../platform/browser.js';
import { SessionStoreError, type StatusName } from '../errors.js';

/**
 * Errors of JavaScript and of wrong use of IndexedDB, which are bugs of this library. All other names come from the
 * browser.
 */
const BUG =
  /^(?:Type|Range|Reference|Syntax|Eval|URI|Data|ReadOnly|InvalidAccess|TransactionInactive)?Error$/;

/**
 * Browsers use the same names for blocked storage, damaged files and passing failures, and change them between
 * versions.
 */
const NOT_OPENED =
  "the browser does not open IndexedDB: storage is blocked, or damaged. Allow it, reload the page, or go on with fallback: 'memory', onUnavailable: 'failover'";

const LOST: [StatusName, string] = [
  'UNAVAILABLE',
  'the connection to IndexedDB was lost. Look what was saved, then try again',
];

const UNREADABLE: [StatusName, string] = [
  'DATA_LOSS',
  'a stored value cannot be read: its file may be gone. Everything else can',
];

/** Maps the names of browser errors to a status and a way out. */
const FAULTS: Record<string, [StatusName, string]> = {
  QuotaExceededError: [
    'RESOURCE_EXHAUSTED',
    'the disk or the quota is full; nothing was written. Delete sessions, then try again',
  ],
  ConstraintError: ['ALREADY_EXISTS', 'the generated id is taken; nothing was written. Check generateId'],
  DataCloneError: ['INVALID_ARGUMENT', 'the value cannot be stored; nothing was written'],
  VersionError: [
    'FAILED_PRECONDITION',
    'the database was written by a newer Offshoot. Reload the page to get that',
  ],
  TimeoutError: ['ABORTED', 'the browser gave up waiting; nothing was written. Try again'],
  AbortError: ['ABORTED', 'the browser aborted; nothing was written. Try again'],
  NotReadableError: UNREADABLE,
};

/** Converts any error of IndexedDB into a `SessionStoreError` that says what to do. */
export function toStoreError(cause: unknown): SessionStoreError {
  if (cause instanceof SessionStoreError) return cause;
  const name = (cause as Error | null)?.name ?? 'AbortError';
  const unknown: typeof LOST = BUG.test(name)
    ? ['INTERNAL', 'a bug of Offshoot; report it with its cause']
    : LOST;
  const [status, message] = Object.hasOwn(FAULTS, name) ? FAULTS[name]! : unknown;
  return new SessionStoreError(status, message, undefined, cause);
}

/** Converts an error of opening a database. */
export function toOpeningError(cause: unknown): SessionStoreError {
  const error = toStoreError(cause);
  const isClear = error === cause || CLEAR.includes(error.status);
  return isClear ? error : new SessionStoreError('UNAVAILABLE', NOT_OPENED, undefined, cause);
}

/** Statuses that are unambiguous when opening fails: a full disk, and a newer version. */
const CLEAR: StatusName[] = ['RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION'];

/** Whether a single value may be unreadable: Chromium reports nothing more specific for a damaged file. */
export const mayBeLoss = ({ cause }: SessionStoreError): boolean =>
  (cause as Error | undefined)?.name === 'UnknownError';

/** The `DATA_LOSS` error for a value that cannot be read although the database answers. */
export const asLoss = ({ cause }: SessionStoreError): SessionStoreError =>
  new SessionStoreError(...UNREADABLE, undefined, cause);

/** Whether a newer version of Offshoot made the database. */
export const isNewer = ({ cause }: SessionStoreError): boolean =>
  (cause as Error | undefined)?.name === 'VersionError';

/** Whether the transaction fell with its connection, so that the same work may succeed on a new one. */
export function isConnectionFault({ status }: SessionStoreError): boolean {
  return status === 'ABORTED' || status === 'UNAVAILABLE';
}

/** Whether IndexedDB is forbidden here, as for opaque origins and in some private modes. */
export function isForbidden(cause: unknown): boolean {
  return (
    !browserDatabases() || /^(?:Security|InvalidState)Error$/.test(String((cause as Error | null)?.name))
  );
}
