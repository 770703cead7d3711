import { browserDatabases } from '../platform/browser.js';
import { SessionStoreError, type StatusName } from '../errors.js';

/** The language's, and IndexedDB's for wrong use: ours to mend. All other names, known or not, are a browser's own. */
const BUG =
  /^(?:Type|Range|Reference|Syntax|Eval|URI|Data|ReadOnly|InvalidAccess|TransactionInactive)?Error$/;

/** Browsers give blocked storage, damaged files and passing failures the same names, and others every year. */
const NOT_OPENED =
  "the browser does not open IndexedDB: storage is blocked, or damaged. Allow it, reload the page, or go on with fallback: 'memory', onUnavailable: 'failover'";

const LOST: [StatusName, string] = [
  'UNAVAILABLE',
  'the connection to IndexedDB was lost. Look what was saved, then try again',
];

const UNREADABLE: [StatusName, string] = [
  'DATA_LOSS',
  'a stored value cannot be read; its file may be gone. Everything else can',
];

/** What the browser's own error names mean to a caller, and the way out. */
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

/** One place that turns whatever IndexedDB throws into an error that says what to do. */
export function toStoreError(cause: unknown): SessionStoreError {
  if (cause instanceof SessionStoreError) return cause;
  const name = (cause as Error | null)?.name ?? 'AbortError';
  const unknown: typeof LOST = BUG.test(name) ? ['INTERNAL', 'IndexedDB failed; see cause'] : LOST;
  const [status, message] = Object.hasOwn(FAULTS, name) ? FAULTS[name]! : unknown;
  return new SessionStoreError(status, message, undefined, cause);
}

/** What a failure to open means. */
export function toOpeningError(cause: unknown): SessionStoreError {
  const error = toStoreError(cause);
  const isClear = error === cause || CLEAR.includes(error.status);
  return isClear ? error : new SessionStoreError('UNAVAILABLE', NOT_OPENED, undefined, cause);
}

/** A full disk, and a newer version. */
const CLEAR: StatusName[] = ['RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION'];

/** Whether it may be a single value that cannot be read: Chromium says no more of a damaged file. */
export const mayBeLoss = ({ cause }: SessionStoreError): boolean =>
  (cause as Error | undefined)?.name === 'UnknownError';

/** What cannot be read although the database answers is lost. */
export const asLoss = ({ cause }: SessionStoreError): SessionStoreError =>
  new SessionStoreError(...UNREADABLE, undefined, cause);

/** Whether the database is one of a newer Offshoot. */
export const isNewer = ({ cause }: SessionStoreError): boolean =>
  (cause as Error | undefined)?.name === 'VersionError';

/** Whether the transaction fell with its connection, so that the same work may succeed on a new one. */
export function isConnectionFault({ status }: SessionStoreError): boolean {
  return status === 'ABORTED' || status === 'UNAVAILABLE';
}

/** Whether databases cannot be had here at all, as for an opaque origin and in some private modes. */
export function isForbidden(cause: unknown): boolean {
  return (
    !browserDatabases() || /^(?:Security|InvalidState)Error$/.test(String((cause as Error | null)?.name))
  );
}
