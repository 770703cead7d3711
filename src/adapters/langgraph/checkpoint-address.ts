import type { BaseCheckpointSaver } from '@langchain/langgraph-checkpoint';
import type { SessionSnapshot } from '../../index.js';
import { invalid, requireId } from '../../values/arguments.js';
import { described } from '../../values/schema.js';
import { given } from '../../values/given.js';
import { jsonOf } from '../../platform/json.js';

export type Config = Parameters<BaseCheckpointSaver['getTuple']>[0];

/** The address of a checkpoint. A thread is a session; a namespace belongs to a subgraph, `''` to the graph itself. */
export interface CheckpointAddress {
  threadId: string;
  namespace: string;
  /** In the config of `put`, the parent's id. */
  checkpointId: string | undefined;
}

/** What a checkpoint's snapshot has outside of its state, so that lists need not load that. */
export interface CheckpointNode {
  namespace: string;
  checkpointId: string;
  parentCheckpointId?: string;
  /** As the serde wrote it. Absent while only writes have arrived, and not the checkpoint itself. */
  metadata?: unknown;
}

/** JSON, because ids may contain any separator. */
export const checkpointSnapshotId = (threadId: string, namespace: string, checkpointId: string): string =>
  jsonOf([threadId, namespace, checkpointId]);

/** The snapshot that is the root of a subgraph's namespace. */
export const namespaceSnapshotId = (threadId: string, namespace: string): string =>
  jsonOf([threadId, namespace]);

export function nodeOf(snapshot: object | undefined): CheckpointNode | undefined {
  const { langgraph }: { langgraph?: CheckpointNode } = snapshot ?? {};
  return langgraph;
}

/** The config that a saver returns for a checkpoint. */
export const configAt = (threadId: string, namespace: string, checkpointId: string) => ({
  configurable: { thread_id: threadId, checkpoint_ns: namespace, checkpoint_id: checkpointId },
});

/**
 * The config with which a graph continues from a snapshot of the thread's session, such as `store.getHead(threadId)`.
 * `undefined` for a snapshot that is not a checkpoint.
 */
export function configOf(snapshot: SessionSnapshot): ReturnType<typeof configAt> | undefined {
  const info = given(snapshot, 'snapshot');
  const node = nodeOf(info);
  if (node?.metadata === undefined || info.sessionId === undefined) return undefined;
  return configAt(info.sessionId, node.namespace, node.checkpointId);
}

const KEY = 'config.configurable';

/** The address in a config. Errors: `INVALID_ARGUMENT` for ids that are not strings, or blank. */
export function addressIn(
  config: Config | undefined,
): Omit<CheckpointAddress, 'threadId'> & { threadId: string | undefined } {
  const {
    thread_id: threadId,
    checkpoint_ns: namespace,
    checkpoint_id: id,
    thread_ts: olderId,
  } = configurableOf(config);
  if (threadId !== undefined) requireId(threadId, `${KEY}.thread_id`);
  if (namespace !== undefined && typeof namespace !== 'string')
    throw invalid(`${KEY}.checkpoint_ns`, `must be a string, not ${described(namespace)}`);
  const checkpointId: string | undefined = id || olderId || undefined;
  if (checkpointId !== undefined) requireId(checkpointId, `${KEY}.checkpoint_id`);
  return { threadId, namespace: namespace ?? '', checkpointId };
}

/** A missing config is an empty one. */
export function configurableOf(config: Config | undefined): NonNullable<Config['configurable']> {
  const { configurable } = config === undefined ? {} : given(config, 'config');
  return configurable === undefined ? {} : given(configurable, KEY);
}

/** Whether a config names a namespace; `''` is the graph itself. */
export const hasNamespace = (config: Config): boolean =>
  configurableOf(config)['checkpoint_ns'] !== undefined;

/** The same, for a config that must name a thread. */
export function requireAddress(config: Config | undefined): CheckpointAddress {
  const { threadId, ...address } = addressIn(config);
  if (threadId === undefined) {
    throw invalid(
      `${KEY}.thread_id`,
      'is missing. Invoke the graph with { configurable: { thread_id: "…" } }',
    );
  }
  return { threadId, ...address };
}
