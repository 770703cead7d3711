import type { BaseCheckpointSaver } from '@langchain/langgraph-checkpoint';
import { SessionStoreError, type SnapshotInfo } from '../../index.js';
import { requireId } from '../../values/argument.js';
import { described } from '../../values/described.js';
import { given } from '../../values/given.js';
import { jsonOf } from '../../platform/json.js';

export type Config = Parameters<BaseCheckpointSaver['getTuple']>[0];

/** What a checkpoint is found by. A thread is a session; a namespace is that of a subgraph, `''` that of the graph. */
export interface CheckpointAddress {
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
  jsonOf([threadId, namespace, checkpointId]);

/** The snapshot that the checkpoints of a subgraph's namespace hang below. */
export const namespaceSnapshotId = (threadId: string, namespace: string): string =>
  jsonOf([threadId, namespace]);

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
  const info = given(snapshot, 'snapshot');
  const node = nodeOf(info);
  if (node?.metadata === undefined || info.sessionId === undefined) return undefined;
  return configAt(info.sessionId, node.namespace, node.checkpointId);
}

const KEY = 'config.configurable';

/** What a config names. Errors: `INVALID_ARGUMENT` for ids that are not strings, or blank. */
export function addressIn(
  config: Config | undefined,
): Omit<CheckpointAddress, 'threadId'> & { threadId: string | undefined } {
  const {
    thread_id: threadId,
    checkpoint_ns: namespace,
    checkpoint_id: id,
    thread_ts: olderId,
  } = configurableOf(config);
  if (threadId !== undefined) requireText(threadId, `${KEY}.thread_id`);
  if (namespace !== undefined && typeof namespace !== 'string')
    refuse(`${KEY}.checkpoint_ns`, `must be a string, not ${described(namespace)}`);
  const checkpointId: string | undefined = id || olderId || undefined;
  if (checkpointId !== undefined) requireText(checkpointId, `${KEY}.checkpoint_id`);
  return { threadId, namespace: namespace ?? '', checkpointId };
}

/** No config at all is one that names nothing. */
export function configurableOf(config: Config | undefined): NonNullable<Config['configurable']> {
  const { configurable } = config === undefined ? {} : given(config, 'config');
  return configurable === undefined ? {} : given(configurable, KEY);
}

/** Whether a config says which namespace is meant; `''` is that of the graph itself. */
export const hasNamespace = (config: Config): boolean =>
  configurableOf(config)['checkpoint_ns'] !== undefined;

/** The same, of a config that must name a thread. */
export function requireAddress(config: Config | undefined): CheckpointAddress {
  const { threadId, ...place } = addressIn(config);
  if (threadId === undefined) {
    return refuse(
      `${KEY}.thread_id`,
      'is missing. Invoke the graph with { configurable: { thread_id: "…" } }',
    );
  }
  return { threadId, ...place };
}

export function requireText(value: unknown, path: string): asserts value is string {
  requireId(value, path);
}

export function refuse(path: string, problem: string): never {
  throw new SessionStoreError('INVALID_ARGUMENT', `${path} ${problem}`, path);
}
