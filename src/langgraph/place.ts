import type { BaseCheckpointSaver } from '@langchain/langgraph-checkpoint';
import { SessionStoreError, type SnapshotInfo } from '../index.js';

export type Config = Parameters<BaseCheckpointSaver['getTuple']>[0];

/** What a checkpoint is found by. A thread is a session; a namespace is that of a subgraph, `''` that of the graph. */
export interface Place {
  threadId: string;
  namespace: string;
  /** In what is passed to `put`, the parent. */
  checkpointId: string | undefined;
}

/** What the snapshot of a checkpoint says about it outside of its state, so that lists need not load that. */
export interface CheckpointNode {
  namespace: string;
  checkpointId: string;
  parentCheckpointId?: string;
  /** As the serde wrote it. Absent while only writes have arrived, and the checkpoint itself has not. */
  metadata?: unknown;
}

/** JSON, because an id may contain any character that could separate it from the next. */
export const checkpointSnapshotId = (threadId: string, namespace: string, checkpointId: string): string =>
  JSON.stringify([threadId, namespace, checkpointId]);

/** The snapshot that the checkpoints of a subgraph's namespace hang below. */
export const namespaceSnapshotId = (threadId: string, namespace: string): string =>
  JSON.stringify([threadId, namespace]);

export function nodeOf(snapshot: object | undefined): CheckpointNode | undefined {
  const { langgraph }: { langgraph?: CheckpointNode } = snapshot ?? {};
  return langgraph;
}

/** What every method of a saver returns for a checkpoint. */
export const configAt = (threadId: string, namespace: string, checkpointId: string) => ({
  configurable: { thread_id: threadId, checkpoint_ns: namespace, checkpoint_id: checkpointId },
});

/**
 * The config with which a graph goes on from a snapshot of the thread's session, such as `store.getHead(threadId)`.
 * `undefined` for a snapshot that is no checkpoint.
 */
export function configOf(snapshot: SnapshotInfo): ReturnType<typeof configAt> | undefined {
  const node = nodeOf(snapshot);
  if (node?.metadata === undefined || snapshot.sessionId === undefined) return undefined;
  return configAt(snapshot.sessionId, node.namespace, node.checkpointId);
}

const KEY = 'config.configurable';

/** What a config names. Errors: `INVALID_ARGUMENT` for ids that are not strings, or blank. */
export function placeIn(
  config: Config | undefined,
): Omit<Place, 'threadId'> & { threadId: string | undefined } {
  const {
    thread_id: threadId,
    checkpoint_ns: namespace,
    checkpoint_id: id,
    thread_ts: olderId,
  } = config?.configurable ?? {};
  if (threadId !== undefined) requireText(threadId, `${KEY}.thread_id`);
  if (namespace !== undefined && typeof namespace !== 'string')
    refuse(`${KEY}.checkpoint_ns`, 'must be a string');
  const checkpointId: string | undefined = id || olderId || undefined;
  if (checkpointId !== undefined) requireText(checkpointId, `${KEY}.checkpoint_id`);
  return { threadId, namespace: namespace ?? '', checkpointId };
}

/** The same, of a config that must name a thread. */
export function requirePlace(config: Config | undefined): Place {
  const { threadId, ...place } = placeIn(config);
  if (threadId === undefined) {
    return refuse(
      `${KEY}.thread_id`,
      'is missing. Invoke the graph with { configurable: { thread_id: "…" } }',
    );
  }
  return { threadId, ...place };
}

export function requireText(value: unknown, path: string): asserts value is string {
  if (typeof value !== 'string' || value.trim() === '') refuse(path, 'must be a string that is not blank');
}

export function refuse(path: string, problem: string): never {
  throw new SessionStoreError('INVALID_ARGUMENT', `${path} ${problem}`, path);
}
