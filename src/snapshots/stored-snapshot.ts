import type { SessionInfo, SnapshotInfo } from '../types/session.js';
import type { SessionSnapshot } from '../types/snapshot.js';
import type { SessionRow, SnapshotRow } from '../database/schema.js';
import { copyOut } from '../logs/load.js';
import type { LoadedState } from '../logs/state.js';
import { copy, freezePlain } from '../values/clone.js';
import { bare, define } from '../values/property.js';
import { ownOf } from '../values/schema.js';
import { countMessages } from './preview.js';

/** A snapshot with its state. */
export interface StoredSnapshot {
  row: SnapshotRow;
  state: LoadedState | null | undefined;
  /** The state in objects that nobody else has, instead of `state`: to be given away once. */
  own?: Record<string, unknown>;
}

/** How a snapshot is shown, depending on which clients are known to live. */
export type ApplyExpiry = <T extends Omit<SessionSnapshot, 'state'>>(snapshot: T, row: SnapshotRow) => T;

const bareSnapshot = (row: SnapshotRow) => ({ ...row.info, snapshotId: row.id });

export function snapshotInfo(row: SnapshotRow): SnapshotInfo {
  const preview = (ownOf(row, 'preview') as string | undefined) ?? '';
  return { ...bareSnapshot(row), summary: { messages: countMessages(row.state), preview } };
}

/**
 * The snapshot as it was saved, in new objects, or in frozen ones, of which reads share large parts. `null` stands for a state that is
 * explicitly `undefined`.
 */
export function snapshotOf<S>(stored: StoredSnapshot, isFrozen = false): SessionSnapshot<S> {
  const { row, state } = stored;
  const snapshot = copy(bareSnapshot(row)) as SessionSnapshot<S>;
  const own = ownOf(stored, 'own') as Record<string, unknown> | undefined;
  if (own ?? state) snapshot.state = own ?? copyOut(state!, isFrozen);
  else if (state === null) Object.assign(snapshot, { state: undefined });
  if (isFrozen) freezePlain(snapshot);
  return snapshot;
}

/** The same for a mutator: few of them look at the state, so it is copied when it is first looked at. */
export function currentOf<S>(stored: StoredSnapshot, isFrozen?: boolean): SessionSnapshot<S> {
  const { row, state } = stored;
  if (!state || isFrozen) return snapshotOf(stored, isFrozen);
  const snapshot = snapshotOf<S>({ row, state: undefined });
  let copied: unknown;
  return Object.defineProperty(snapshot, 'state', {
    get: () => (copied ??= copyOut(state, false)),
    set(value) {
      define(snapshot, 'state', value);
    },
    enumerable: true,
    configurable: true,
  });
}

export function sessionInfo(row: SessionRow): SessionInfo {
  const { title, metadata } = bare({ ...row });
  return {
    sessionId: row.id,
    ...(title !== undefined && { title }),
    ...(metadata !== undefined && { metadata: copy(metadata) }),
    createdAt: new Date(row.createdMs).toISOString(),
    updatedAt: new Date(row.updatedMs).toISOString(),
    snapshotCount: row.snapshots,
    selectedSnapshotId: row.selected,
  };
}
