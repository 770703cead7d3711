import { SessionStoreError, type SnapshotInfo } from '../index.js';
import { nodeOf, type CheckpointNode } from './place.js';
import type { CheckpointStore } from './checkpoint-store.js';

/** Most often the newest is looked for, so that a page of all would be a waste. */
const FIRST_PAGE = 8;
const PAGE = 200;

export interface ListedCheckpoint {
  snapshotId: string;
  createdAt: string;
  node: CheckpointNode;
}

/**
 * The checkpoints of a thread in all namespaces, without their states; the newest first, and of two of one
 * millisecond the one with the greater id. `onDamaged` is told ids of rows on the way that cannot be read.
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
    for (const listed of page.snapshots.flatMap(asCheckpoint)) {
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

function asCheckpoint(info: SnapshotInfo): ListedCheckpoint | [] {
  const node = nodeOf(info);
  if (node?.metadata === undefined) return [];
  return { snapshotId: info.snapshotId, createdAt: info.createdAt, node };
}

const byId = (a: ListedCheckpoint, b: ListedCheckpoint) =>
  a.node.checkpointId < b.node.checkpointId ? 1 : -1;

/** The snapshot of a namespace's newest checkpoint. Errors: `DATA_LOSS` if a newer one may be among unreadable rows. */
export async function newestIn(
  store: CheckpointStore,
  threadId: string,
  namespace: string,
): Promise<string | undefined> {
  const damaged: string[] = [];
  for await (const { snapshotId, node } of checkpointsOf(store, threadId, (ids) => damaged.push(...ids))) {
    if (node.namespace !== namespace) continue;
    // To go on from an older checkpoint would drop a turn without a word.
    if (damaged.length > 0) throw damagedThread(threadId, damaged);
    return snapshotId;
  }
  if (damaged.length > 0) throw damagedThread(threadId, damaged);
  return undefined;
}

const damagedThread = (threadId: string, ids: string[]) =>
  new SessionStoreError(
    'DATA_LOSS',
    `which checkpoint of thread "${threadId}" is the newest cannot be said: ${ids.join(', ')} cannot be read. ` +
      'Call check({ repair: true }) on the store, which puts that aside',
    'config.configurable.checkpoint_id',
  );
