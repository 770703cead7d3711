import { startingWith } from '../../database/key-order.js';
import type { SessionTree, SnapshotInfo, SnapshotNode } from '../../types/session.js';
import { isSessionRow, isSnapshotRow, sortOut, unreadable, wholeSnapshot } from '../../database/rows.js';
import { ofAll } from '../../database/pace.js';
import type { ReadTransaction, SessionRow, SnapshotRow } from '../../database/schema.js';
import { requestAll } from '../../database/transaction.js';
import { SessionStoreError } from '../../errors.js';
import { copy } from '../../values/clone.js';
import type { SnapshotCache } from '../cache.js';
import { isLater, leavesAmong } from '../session-row.js';
import { requireRow } from './snapshots.js';
import { snapshotInfo, type ApplyExpiry } from '../stored-snapshot.js';

/**
 * The snapshots of a session, oldest first, the ids of its unreadable ones, and its row. Of a session that is remembered,
 * only those are read that its row says were saved since.
 */
async function sessionRows(
  transaction: ReadTransaction,
  sessionId: string,
  { trees }: SnapshotCache,
): Promise<{ whole: SnapshotRow[]; damaged: string[]; session: SessionRow | undefined }> {
  const snapshots = transaction.objectStore('snapshots');
  const tree = trees.get(sessionId);
  const readAll = () => snapshots.index('sessionId').getAll(startingWith(sessionId));
  let [session, rows] = await requestAll(
    () => transaction.objectStore('sessions').get(sessionId),
    async () => (tree ? undefined : readAll()),
  );
  if (!isSessionRow(session)) session = undefined;
  const { changes = [] } = session ?? {};
  if (tree && (changes[0]?.[1] ?? Infinity) <= tree.version) {
    const saved = new Map(changes.filter((save) => save?.[1] > tree.version));
    const read = await ofAll([...saved.keys()], (id) => snapshots.get(id));
    const kept = tree.rows.filter(({ id }) => !saved.has(id));
    rows = [...kept, ...read.flatMap((row) => row ?? [])].sort((a, b) => (isLater(a, b) ? 1 : -1));
    if (rows.length !== session!.snapshots) rows = undefined;
  }
  const found = sortOut(rows ?? (await readAll()), isSnapshotRow);
  if (session) trees.set(sessionId, { version: session.version, rows: found.whole });
  return { ...found, session };
}

/** A copy, since the row is remembered. */
const shown = (row: SnapshotRow, applyExpiry: ApplyExpiry): SnapshotInfo =>
  applyExpiry(copy(snapshotInfo(row)), row);

/** The snapshots from the root to this one. */
export async function readHistory(
  transaction: ReadTransaction,
  id: string,
  applyExpiry: ApplyExpiry,
  recent: SnapshotCache,
): Promise<SnapshotInfo[]> {
  const snapshots = transaction.objectStore('snapshots');
  let row: SnapshotRow | undefined = await requireRow(transaction, id);
  // One request for the whole session instead of one for each turn; only a parent elsewhere costs one more.
  const { whole, damaged } =
    row.sessionId === '' ? { whole: [], damaged: [] } : await sessionRows(transaction, row.sessionId, recent);
  const known = new Map(whole.map((candidate) => [candidate.id, candidate]));
  const isDamaged = new Set(damaged);
  const history = new Map<string, SnapshotRow>();
  while (row) {
    history.set(row.id, row);
    const parentId: string | undefined = row.info.parentId;
    if (parentId === undefined) break;
    if (history.has(parentId)) {
      throw new SessionStoreError(
        'FAILED_PRECONDITION',
        `the history of snapshot "${id}" is cyclic: "${parentId}" comes up twice. Load a snapshot by snapshotId instead`,
        'snapshotId',
      );
    }
    if (isDamaged.has(parentId)) throw unreadable('snapshot', parentId);
    row = known.get(parentId) ?? wholeSnapshot(await snapshots.get(parentId), parentId);
  }
  return [...history.values()].reverse().map((each) => shown(each, applyExpiry));
}

/** Leaves, newest first. */
export async function readLeaves(
  transaction: ReadTransaction,
  sessionId: string,
  applyExpiry: ApplyExpiry,
  recent: SnapshotCache,
): Promise<SnapshotInfo[]> {
  const { whole } = await sessionRows(transaction, sessionId, recent);
  return leavesAmong(whole)
    .reverse()
    .map((row) => shown(row, applyExpiry));
}

export async function readTree(
  transaction: ReadTransaction,
  sessionId: string,
  applyExpiry: ApplyExpiry,
  recent: SnapshotCache,
): Promise<SessionTree> {
  const { whole, damaged, session } = await sessionRows(transaction, sessionId, recent);
  const nodes = new Map<string, SnapshotNode>();
  for (const row of whole) nodes.set(row.id, { ...shown(row, applyExpiry), children: [] });
  for (const node of nodes.values()) nodes.get(node.parentId ?? '')?.children.push(node.snapshotId);

  const leaves = leavesAmong(whole)
    .reverse()
    .map(({ id }) => id);
  const selected = session?.selected;
  const headId = selected !== undefined && nodes.has(selected) ? selected : leaves[0];
  return { sessionId, nodes, roots: rootsOf(nodes), leaves, headId, damaged };
}

/** Nodes without a parent here, and one node of each cycle, so that every node is below a root. */
function rootsOf(nodes: ReadonlyMap<string, SnapshotNode>): string[] {
  const reached = new Set<string>();
  const reach = (root: string) => {
    const below = new Set([root]);
    for (const id of below)
      for (const child of nodes.get(id)!.children) if (!reached.has(child)) below.add(child);
    for (const id of below) reached.add(id);
    return root;
  };
  const ids = [...nodes.keys()];
  const roots = new Set(ids.filter((id) => !nodes.has(nodes.get(id)!.parentId ?? '')).map(reach));
  for (const id of ids) if (!reached.has(id)) roots.add(reach(id));
  return ids.filter((id) => roots.has(id));
}
