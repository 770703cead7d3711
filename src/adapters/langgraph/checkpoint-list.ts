import { SessionStoreError, type SessionSnapshot } from '../../index.js';
import { checkpointSnapshotId, nodeOf, type CheckpointNode, type addressIn } from './checkpoint-address.js';
import type { CheckpointStore } from './checkpoint-store.js';

/** Small, since most calls look only for the newest. */
const FIRST_PAGE = 8;
const PAGE = 200;

export interface ListedCheckpoint {
  snapshotId: string;
  createdAt: string;
  node: CheckpointNode;
}

/**
 * The checkpoints of a thread in all namespaces, without their states; newest first, and for equal times the greater id
 * first. `onDamaged` gets the ids of unreadable rows on the way.
 */
export async function* checkpointsOf(
  store: CheckpointStore,
  threadId: string,
  onDamaged?: (ids: string[]) => void,
): AsyncGenerator<ListedCheckpoint> {
  let limit = FIRST_PAGE;
  let cursor: string | undefined;
  let tied: ListedCheckpoint[] = [];
  do {
    const page = await store.listSnapshots({ sessionId: threadId, limit, cursor });
    if (page.damaged.length > 0) onDamaged?.(page.damaged);
    for (const listed of page.snapshots.flatMap((info) => asCheckpoint(info) ?? [])) {
      if (tied[0] && tied[0].createdAt !== listed.createdAt) {
        yield* tied.sort(byId);
        tied = [];
      }
      tied.push(listed);
    }
    ({ cursor } = page);
    limit = PAGE;
  } while (cursor !== undefined);
  yield* tied.sort(byId);
}

function asCheckpoint(info: SessionSnapshot | undefined): ListedCheckpoint | undefined {
  const node = nodeOf(info);
  if (!info || node?.metadata === undefined) return undefined;
  return { snapshotId: info.snapshotId, createdAt: info.createdAt, node };
}

const byId = (a: ListedCheckpoint, b: ListedCheckpoint) =>
  a.node.checkpointId < b.node.checkpointId ? 1 : -1;

/**
 * The checkpoints that come after `end` in that order. If `end` does not exist in the thread, its id is compared, which
 * begins with its time.
 */
export async function* checkpointsBefore(
  store: CheckpointStore,
  threadId: string,
  { namespace, checkpointId, ...end }: ReturnType<typeof addressIn>,
): AsyncGenerator<ListedCheckpoint> {
  const snapshotId =
    checkpointId && end.threadId === threadId && checkpointSnapshotId(threadId, namespace, checkpointId);
  const found = snapshotId ? asCheckpoint(await store.getSnapshot({ snapshotId })) : undefined;
  for await (const listed of checkpointsOf(store, threadId)) {
    if (found) {
      const difference = Date.parse(listed.createdAt) - Date.parse(found.createdAt);
      if (difference > 0 || (difference === 0 && listed.node.checkpointId >= found.node.checkpointId))
        continue;
    } else if (checkpointId !== undefined && listed.node.checkpointId >= checkpointId) continue;
    yield listed;
  }
}

/** The snapshot of a namespace's newest checkpoint. Errors: `DATA_LOSS` if a newer one may be among unreadable rows. */
export async function newestIn(
  store: CheckpointStore,
  threadId: string,
  namespace: string,
): Promise<string | undefined> {
  const damaged: string[] = [];
  const note = (ids: readonly string[]) => {
    for (const id of ids) damaged.push(id);
  };
  for await (const { snapshotId, node } of checkpointsOf(store, threadId, note)) {
    if (node.namespace !== namespace) continue;
    // Continuing from an older checkpoint would silently drop a turn.
    if (damaged.length > 0) throw damagedThread(threadId, damaged);
    return snapshotId;
  }
  if (damaged.length > 0) throw damagedThread(threadId, damaged);
  return undefined;
}

const damagedThread = (threadId: string, ids: string[]) =>
  new SessionStoreError(
    'DATA_LOSS',
    `the newest checkpoint of thread "${threadId}" is unknown, as ${ids.join(', ')} cannot be read. ` +
      'Call check({ repair: true }) on the store, which puts that aside',
    'config.configurable.checkpoint_id',
  );
