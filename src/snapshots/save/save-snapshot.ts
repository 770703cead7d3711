import type { SnapshotMutator } from '../../types/snapshot.js';
import { toStoreError } from '../../database/faults.js';
import { ROW_FORMAT, type SessionRow, type SnapshotRow, type StoredState } from '../../database/schema.js';
import { requestAll } from '../../database/transaction.js';
import { SessionStoreError } from '../../errors.js';
import { encodeState } from '../../logs/append.js';
import { freeUnreached, isCovered } from '../../logs/garbage-collect.js';
import { mergedBase, plannedState, planState } from '../../logs/diff.js';
import type { LoadedState } from '../../logs/state.js';
import { removeUndefined } from '../../values/property.js';
import { instantOf, ownOf } from '../../values/schema.js';
import type { UnitOfWork } from './unit-of-work.js';
import { basesOf, type Draft } from './draft.js';
import { type Extension, noSnapshot, type SessionExtras } from './extension.js';
import { type Leaves, leavesWith, sessionRow } from '../session-row.js';
import { noteEdits } from '../outbox.js';
import { previewOf } from '../preview.js';
import { pruneAncestors } from '../delete/prune-ancestors.js';
import { NO_SESSION, noteLoose } from '../commit.js';
import { spansOf } from '../../database/spans.js';
import { LogAppender } from './log-appender.js';

export interface SaveRequest<S> {
  snapshotId: string | undefined;
  /** Already wrapped: returns a valid snapshot or `null`. */
  mutator?: SnapshotMutator<S>;
  /** Instead of a mutator: what is new. */
  extension?: Extension;
  extras?: SessionExtras | undefined;
  /** Whether a parent that is not stored is an error. */
  requireParent?: boolean;
  generateId: () => string;
  /** Whether generated ids are random, so that no other party can know them before they are saved. */
  hasRandomIds: boolean;
  maxPersistedChainLength: number | undefined;
  /** Whether the mutator sees nothing that is stored, so that its result holds whatever that is. */
  isBlind?: boolean;
  /** What became of a blind mutator; it is called once for all attempts. */
  drafted?: () => Draft | null;
  /** Whether the mutator gets frozen objects. */
  frozen: boolean | undefined;
}

/** How many saves a session's row names: enough for tabs that read soon after. */
const MOST_CHANGES = 4;

/** The client that saves, if its lock is held. */
export type Client = string | undefined;

/**
 * Writes the draft of one snapshot; resolves to its id. `stored` is its row until now. Errors that the caller caused are
 * thrown before anything is written.
 */
export async function saveSnapshot<S>(
  batch: UnitOfWork,
  request: SaveRequest<S>,
  draft: Draft,
  stored: SnapshotRow | undefined,
  client: Client,
): Promise<string> {
  const { commit } = batch;
  const { snapshotId } = request;
  const chosenId = snapshotId ?? draft.snapshotId;
  const id = chosenId ?? request.generateId();
  // Without a chosen id this is a new snapshot, so the generated id must not exist.
  const isNew = chosenId === undefined;
  if (isNew && batch.has(id)) throw toStoreError(new DOMException(id, 'ConstraintError'));
  if (snapshotId === undefined && chosenId !== undefined) stored = await batch.row(id);
  const owner = ownerOf(id, draft, stored);
  const info = infoOf(id, owner, draft, stored);
  const { parentId } = info;
  const [parent, session] = await requestAll(
    async () => (parentId === undefined || owner === '' ? undefined : batch.relative(parentId, owner)),
    async () => (owner === '' ? undefined : batch.session(owner)),
  );

  if (request.requireParent && parentId !== undefined && !parent)
    throw noSnapshot(parentId, owner, 'parentId');
  const since = batch.clock;
  const tail = new LogAppender(batch, stored, owner === '' || session?.saved === stored?.version, session);
  const { state } = await encoded(batch, draft, basesOf(stored, parent), tail);
  const preview = previewOf(state?.loaded);
  const row: SnapshotRow = {
    format: ROW_FORMAT,
    id,
    sessionId: owner,
    createdMs: instantOf(info.createdAt),
    version: batch.nextVersion(),
    info,
    ...(client !== undefined && info['status'] === 'pending' && { client }),
    ...(state && { state: state.stored }),
    ...(preview !== undefined && { preview }),
    own: [...tail.own].flat(),
  };
  const before = stored?.sessionId === owner ? stored : undefined;
  if (isNew && request.hasRandomIds) batch.markRandom(id);
  const counted =
    owner !== '' &&
    (await leavesWith(session, row, before, parent, await leftBy(batch, row, before), (of) =>
      batch.hasChildren(of, owner),
    ));
  batch.putRow(row, state?.loaded, isNew);
  if (owner !== '') {
    const leaves = counted || (await batch.count(owner));
    const { extras } = request;
    const after = sessionAfterSave(session, row, since, !before, tail.bytes, leaves, extras);
    if (extras) {
      const { isSelected, metadata } = extras;
      const isTitled = after.title !== session?.title;
      noteEdits(
        batch.transaction,
        after,
        row.version,
        [isSelected && 'selected', isTitled && 'title'],
        metadata,
      );
    }
    batch.putSession(after);
  } else await noteLoose(batch.transaction, NO_SESSION, [{ since, version: row.version }]);

  if (stored) await freeReplaced(batch, stored, row, parent, tail);
  const { maxPersistedChainLength: length } = request;
  if (length !== undefined) await batch.step(() => pruneAncestors(batch.transaction, commit, row, length));
  commit.snapshots.push({ row, state: state?.loaded });
  return id;
}

/** The earlier parent, if this snapshot was its only child and now continues another. */
async function leftBy(
  batch: UnitOfWork,
  row: SnapshotRow,
  before: SnapshotRow | undefined,
): Promise<SnapshotRow | undefined> {
  const parentId = before?.info.parentId;
  if (parentId === undefined || parentId === row.info.parentId) return undefined;
  const isOnly = (await batch.countChildren(parentId, row.sessionId)) === 1;
  return isOnly ? batch.relative(parentId, row.sessionId) : undefined;
}

/** Frees the entries that only the snapshot's earlier state reached. */
async function freeReplaced(
  batch: UnitOfWork,
  stored: SnapshotRow,
  row: SnapshotRow,
  parent: SnapshotRow | undefined,
  tail: LogAppender,
): Promise<void> {
  const before = spansOf(stored);
  if (!isCovered(before, [...spansOf(row), ...(parent ? spansOf(parent) : []), ...tail.taken])) {
    await batch.step(() => freeUnreached(batch.transaction, row.sessionId, before));
  }
}

type EncodedState = { stored: StoredState | null; loaded: LoadedState | null };

async function encoded(
  batch: UnitOfWork,
  { state }: Draft,
  bases: SnapshotRow[],
  tail: LogAppender,
): Promise<{ state?: EncodedState }> {
  if (!state) return state === null ? { state: { stored: null, loaded: null } } : {};
  const states: LoadedState[] = [];
  for (const row of bases) {
    const state = await batch.stateIfWhole(row);
    if (state) states.push(state);
  }
  const base = mergedBase(states);
  const isPlanned = state.bases.length === bases.length && state.bases.every((row, i) => row === bases[i]);
  const plan = isPlanned ? state.plan : planState(plannedState(state.plan), base);
  return { state: await encodeState(plan, base, tail) };
}

/** The session that owns the row. A rewrite without a session keeps it; moving to another one is refused. */
function ownerOf(id: string, { sessionId }: Draft, stored: SnapshotRow | undefined): string {
  const owner = stored?.sessionId || sessionId;
  if (sessionId === undefined || sessionId === owner) return owner ?? '';
  throw new SessionStoreError(
    'FAILED_PRECONDITION',
    `snapshot "${id}" belongs to session "${owner}" and cannot move to "${sessionId}". Save it under a new snapshotId instead`,
    'sessionId',
  );
}

/** The snapshot without `snapshotId` and `state`, as it will be read back. */
function infoOf(
  id: string,
  owner: string,
  { info: drafted, sessionId }: Draft,
  stored: SnapshotRow | undefined,
): SnapshotRow['info'] {
  // The draft may be used once more.
  const info = { ...drafted };
  if (owner !== '' && sessionId === undefined) info.sessionId = owner;
  if (info.parentId === id) {
    // Genkit names a snapshot as its own parent when a detached turn ends; the stored parent is the right one.
    delete info.parentId;
    if (stored?.info.parentId !== undefined) info.parentId = stored.info.parentId;
  }
  return info;
}

/** The session's row after one of its snapshots was saved. */
function sessionAfterSave(
  session: SessionRow | undefined,
  { id, sessionId, createdMs, version, info }: SnapshotRow,
  since: number,
  joins: boolean,
  bytes: number,
  leaves: Leaves,
  extras: SessionExtras | undefined,
): SessionRow {
  // In whole ms, as it is shown, so that sorting by the shown value gives the same order.
  const updatedAt = info['updatedAt'];
  const updatedMs = Math.floor(
    Math.max(createdMs, updatedAt === undefined ? createdMs : instantOf(updatedAt)),
  );
  // A child of the selected snapshot becomes the selection, so that the session reopens where its user left off.
  const follows = joins && info.parentId !== undefined && session?.selected === info.parentId;
  const selected = follows || extras?.isSelected ? id : session?.selected;
  const before = session ?? { format: ROW_FORMAT, id: sessionId, createdMs, updatedMs, unsealed: 0 };
  const row = sessionRow(
    {
      ...before,
      createdMs: Math.min(createdMs, before.createdMs),
      updatedMs: Math.max(updatedMs, before.updatedMs),
      saved: version,
      unsealed: before.unsealed + bytes,
    },
    leaves,
    (session?.snapshots ?? 0) + (joins ? 1 : 0),
    selected,
    { since, version },
  );
  const earlier: NonNullable<SessionRow['changes']> = session?.changes ?? [['', since]];
  return {
    ...row,
    ...(extras && described(row, extras)),
    changes: [...earlier.filter((each) => each?.[0] !== id).slice(1 - MOST_CHANGES), [id, version]],
  };
}

function described(row: SessionRow, { title, metadata }: SessionExtras): Partial<SessionRow> {
  const before = ownOf(row, 'metadata') as object | undefined;
  return {
    ...(title !== undefined && ownOf(row, 'title') === undefined && { title }),
    ...(metadata && { metadata: removeUndefined({ ...before, ...metadata }) }),
  };
}
