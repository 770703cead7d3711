import type { SnapshotMutator } from '../../types/snapshot.js';
import { toStoreError } from '../../database/faults.js';
import { ROW_FORMAT, type SnapshotRow, type StoredState } from '../../database/schema.js';
import { requestAll } from '../../database/transaction.js';
import { SessionStoreError } from '../../errors.js';
import { encodeState } from '../../logs/append.js';
import { freeUnreached, isCovered } from '../../logs/garbage-collect.js';
import { mergedBase, plannedState, planState } from '../../logs/diff.js';
import type { LoadedState } from '../../logs/state.js';
import { instantOf } from '../../values/instant.js';
import type { UnitOfWork } from './unit-of-work.js';
import { basesOf, type Draft } from './draft.js';
import { leavesWith } from '../leaves.js';
import { LogAppender } from './log-appender.js';
import { pruneAncestors } from '../delete/prune-ancestors.js';
import { sessionAfterSave } from './session-after-save.js';
import { noteLoose, NO_SESSION } from './written.js';
import { spansOf } from '../../database/spans.js';

export interface SaveRequest<S> {
  snapshotId: string | undefined;
  /** Already wrapped: returns a valid snapshot or `null`. */
  mutator: SnapshotMutator<S>;
  generateId: () => string;
  /** Whether generated ids are random, so that no other party can know them before they are saved. */
  hasRandomIds: boolean;
  maxPersistedChainLength: number | undefined;
  /** What became of the mutator, which depends on nothing that is stored; it is called once for all attempts. */
  drafted?: () => Draft | null;
  /** Whether the mutator gets frozen objects. */
  frozen: boolean | undefined;
}

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

  const since = batch.clock;
  const tail = new LogAppender(batch, stored, owner === '' || session?.saved === stored?.version);
  const { state } = await encoded(batch, draft, basesOf(stored, parent), tail);
  const row: SnapshotRow = {
    format: ROW_FORMAT,
    id,
    sessionId: owner,
    createdMs: instantOf(info.createdAt),
    version: batch.nextVersion(),
    info,
    ...(client !== undefined && info['status'] === 'pending' && { client }),
    ...(state && { state: state.stored }),
    own: [...tail.own].flat(),
  };
  const before = stored?.sessionId === owner ? stored : undefined;
  if (isNew && request.hasRandomIds) batch.markChildless(id);
  const counted =
    owner !== '' &&
    (await leavesWith(session, row, before, parent, await leftBy(batch, row, before), (of) =>
      batch.hasChildren(of, owner),
    ));
  batch.putRow(row, state?.loaded, isNew);
  if (owner !== '') {
    const leaves = counted || (await batch.count(owner));
    const after = sessionAfterSave(session, row, since, !before, tail.bytes, leaves);
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
