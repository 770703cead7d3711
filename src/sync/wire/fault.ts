import { SessionStoreError, type StatusName } from '../../errors.js';

/**
 * What a failed request means for the engine.
 *
 * - `offline`: no answer, or one that did not come from the server of sync; tried again with a growing pause.
 * - `busy`: the server asks for patience, or failed; the same, but not before `retryAfterMs`.
 * - `needs-auth`: nobody is signed in.
 * - `forbidden`: somebody is signed in who has no business here: another tenant than the one that this database is of.
 * - `too-large`: the request; a smaller one may pass.
 * - `restored`: the server was restored from a backup, and knows less than this device.
 * - `horizon`: the cursor, or the session, is of a time that the server has forgotten.
 * - `absent`: there is no such thing, for this tenant.
 * - `version`: client and server speak no common version of the protocol.
 * - `refused`: the server will say the same again.
 */
export type FaultKind =
  | 'offline'
  | 'busy'
  | 'needs-auth'
  | 'forbidden'
  | 'too-large'
  | 'restored'
  | 'horizon'
  | 'absent'
  | 'version'
  | 'refused';

const STATUS: Record<FaultKind, StatusName> = {
  offline: 'UNAVAILABLE',
  busy: 'UNAVAILABLE',
  'needs-auth': 'PERMISSION_DENIED',
  forbidden: 'PERMISSION_DENIED',
  'too-large': 'RESOURCE_EXHAUSTED',
  restored: 'FAILED_PRECONDITION',
  horizon: 'FAILED_PRECONDITION',
  absent: 'NOT_FOUND',
  version: 'FAILED_PRECONDITION',
  refused: 'FAILED_PRECONDITION',
};

/** A request that failed. `error` is what the application is told. */
export class WireFault extends Error {
  readonly error: SessionStoreError;

  constructor(
    readonly kind: FaultKind,
    message: string,
    cause?: unknown,
    /** How long the server wants to be left alone, in ms. */
    readonly retryAfterMs = 0,
  ) {
    super(message);
    this.error = new SessionStoreError(STATUS[kind], message, undefined, cause);
  }
}
