import type { SessionSnapshotInput, SnapshotMutator } from '../contract/snapshot.js';
import { ROW_FORMAT, type SnapshotRow, type StoredState } from '../database/schema.js';
import { together } from '../database/transaction.js';
import { SessionStoreError } from '../errors.js';
import { encodeState, mergedBase, plannedState, planState, type Plan } from '../logs/encode.js';
import { freeUnreached, isCovered } from '../logs/free.js';
import { spansOf, type LoadedState } from '../logs/load.js';
import { copy, unstorable } from '../validation/clone.js';
import type { Batch } from './batch.js';
import type { Commit } from './commit.js';
import { updateLeaf } from './leaves.js';
import { LogTail } from './log-tail.js';
import { pruneAncestors } from './prune.js';
import { snapshotOf } from './rows.js';
import { sessionAfterSave } from './session-row.js';

export interface SaveRequest<S> {
  snapshotId: string | undefined;
  /** Already wrapped: returns a valid snapshot or null. */
  mutator: SnapshotMutator<S>;
  generateId: () => string;
  maxPersistedChainLength: number | undefined;
}

/**
 * Reads, mutates and writes one snapshot; resolves to its id, or to `null` if the mutator wants nothing written.
 * Whatever the caller is to blame for throws before the batch is touched.
 */
export async function saveSnapshot<S>(
  batch: Batch,
  commit: Commit,
  request: SaveRequest<S>,
): Promise<string | null> {
  const { snapshotId } = request;
  let stored = snapshotId === undefined ? undefined : await batch.row(snapshotId);
  const input = request.mutator(stored && snapshotOf<S>(stored, await batch.state(stored)));
  if (input === null) return null;

  // From here on the caller may change what the mutator returned, so nothing is awaited before it is copied.
  const draft = draftOf(batch, stored, input);
  const chosenId = snapshotId ?? input.snapshotId;
  const id = chosenId ?? request.generateId();
  if (snapshotId === undefined && chosenId !== undefined) stored = await batch.row(id);
  const owner = ownerOf(id, draft, stored);
  const info = infoOf(id, owner, draft, stored);
  const { parentId } = info;
  const joins = stored?.sessionId !== owner;
  const [parent, session, isInner] = await together(
    async () => (parentId === undefined || owner === '' ? undefined : batch.relative(parentId, owner)),
    async () => (owner === '' ? undefined : batch.session(owner)),
    async () => (joins && owner !== '' ? batch.hasChildren(id, owner) : stored?.leafOf === undefined),
  );

  const tail = new LogTail(batch, stored, owner === '' || session?.saved === stored?.version);
  const { state } = await encoded(batch, draft, basesOf(stored, parent), tail);
  const row: SnapshotRow = {
    format: ROW_FORMAT,
    id,
    sessionId: owner,
    ...(!isInner && { leafOf: owner }),
    createdMs: Date.parse(info.createdAt),
    version: batch.nextVersion(),
    info,
    ...(state && { state: state.stored }),
    own: [...tail.own].flat(),
  };
  // Nobody chose the id, so nothing may be stored under it.
  batch.putRow(row, state?.loaded, chosenId === undefined);
  if (parent) batch.markLeaf(parent, false);
  if (owner !== '') {
    const after = sessionAfterSave(session, row, joins, tail.bytes);
    batch.putSession(after);
    commit.sessions.set(owner, after);
  }

  commit.version = row.version;
  if (stored) await tidyUp(batch, stored, row, parent, tail);
  const { maxPersistedChainLength: length } = request;
  if (length !== undefined) await batch.step(() => pruneAncestors(batch.transaction, commit, row, length));
  commit.snapshots.push({ id, version: row.version, snapshot: () => snapshotOf(row, state?.loaded) });
  return id;
}

/** What the snapshot as it was before reached, and what its old parent was to it. */
async function tidyUp(
  batch: Batch,
  stored: SnapshotRow,
  row: SnapshotRow,
  parent: SnapshotRow | undefined,
  tail: LogTail,
): Promise<void> {
  const { parentId } = stored.info;
  if (parentId !== undefined && parentId !== row.info.parentId) {
    await batch.step(() => updateLeaf(batch.transaction, parentId, stored.sessionId));
  }
  const before = spansOf(stored);
  if (!isCovered(before, [...spansOf(row), ...(parent ? spansOf(parent) : []), ...tail.taken])) {
    await batch.step(() => freeUnreached(batch.transaction, row.sessionId, before));
  }
}

/** What the mutator returned, in copies, and planned for the base that is at hand. */
interface Draft {
  info: SnapshotRow['info'];
  sessionId: string | undefined;
  state?: { plan: Plan; bases: SnapshotRow[] } | null;
}

function draftOf<S>(batch: Batch, stored: SnapshotRow | undefined, input: SessionSnapshotInput<S>): Draft {
  const { snapshotId: _, state, ...rest } = input;
  try {
    const draft: Draft = {
      info: copy(rest),
      sessionId: input.sessionId ?? state?.sessionId,
    };
    if (!('state' in input)) return draft;
    if (!state) return { ...draft, state: null };
    const parent = input.parentId === undefined ? undefined : batch.recall(input.parentId)?.row;
    const bases = basesOf(stored, parent).flatMap(({ id }) => batch.recall(id) ?? []);
    const base = mergedBase(bases.flatMap((known) => known.state ?? []));
    return { ...draft, state: { plan: planState(state, base), bases: bases.map(({ row }) => row) } };
  } catch (cause) {
    throw unstorable(input, cause);
  }
}

type EncodedState = { stored: StoredState | null; loaded: LoadedState | null };

async function encoded(
  batch: Batch,
  { state }: Draft,
  bases: SnapshotRow[],
  tail: LogTail,
): Promise<{ state?: EncodedState }> {
  if (!state) return state === null ? { state: { stored: null, loaded: null } } : {};
  const states: LoadedState[] = [];
  for (const row of bases) states.push(...[(await batch.stateIfWhole(row)) ?? []].flat());
  const base = mergedBase(states);
  const isPlanned = state.bases.length === bases.length && state.bases.every((row, i) => row === bases[i]);
  const plan = isPlanned ? state.plan : planState(plannedState(state.plan), base);
  return { state: await encodeState(plan, base, tail) };
}

/** What a state can share with: what it was before, and its parent's if that has more in logs. */
function basesOf(stored: SnapshotRow | undefined, parent: SnapshotRow | undefined): SnapshotRow[] {
  const logged = (row: SnapshotRow) => (row.state?.fields ?? []).filter(([, kind]) => kind !== 'value');
  if (!stored?.state) return parent ? [parent] : [];
  const keys = new Set(logged(stored).map(([key]) => key));
  const lacks = parent && parent !== stored && logged(parent).some(([key]) => !keys.has(key));
  return lacks ? [stored, parent] : [stored];
}

/** Who owns the row. A rewrite that names no session stays where it is; moving to another one is refused. */
function ownerOf(id: string, { sessionId }: Draft, stored: SnapshotRow | undefined): string {
  const owner = stored?.sessionId || sessionId;
  if (sessionId === undefined || sessionId === owner) return owner ?? '';
  throw new SessionStoreError(
    'FAILED_PRECONDITION',
    `snapshot "${id}" belongs to session "${owner}" and cannot move to "${sessionId}". Save it under a new snapshotId instead`,
    'sessionId',
  );
}

/** The snapshot without its id and its state, as it will be read back. */
function infoOf(
  id: string,
  owner: string,
  { info, sessionId }: Draft,
  stored: SnapshotRow | undefined,
): SnapshotRow['info'] {
  if (owner !== '' && sessionId === undefined) info.sessionId = owner;
  if (info.parentId === id) {
    // Genkit names a snapshot as its own parent when a detached turn ends; what is stored is right.
    delete info.parentId;
    if (stored?.info.parentId !== undefined) info.parentId = stored.info.parentId;
  }
  return info;
}
