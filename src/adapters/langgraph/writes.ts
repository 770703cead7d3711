import {
  compareWritesSortKeys,
  WRITES_IDX_MAP,
  writesSortKey,
  type CheckpointPendingWrite,
  type PendingWrite,
  type SerializerProtocol,
} from '@langchain/langgraph-checkpoint';
import { serialize, deserialize, type Serialized } from './serialize.js';
import { jsonOf } from '../../platform/json.js';

/** A task's write, pending at a checkpoint. */
export interface StoredWrite {
  taskId: string;
  taskPath: string;
  /** Its index among the task's writes; errors, interrupts and the like have fixed indexes below 0. */
  index: number;
  channel: string;
  value: Serialized;
}

export async function packWrites(
  serde: SerializerProtocol,
  writes: PendingWrite[],
  taskId: string,
  taskPath: string,
): Promise<StoredWrite[]> {
  return Promise.all(
    writes.map(async ([channel, value], at) => {
      const index = Object.hasOwn(WRITES_IDX_MAP, channel) ? WRITES_IDX_MAP[channel]! : at;
      return { taskId, taskPath, index, channel, value: await serialize(serde, value, `writes.${at}.1`) };
    }),
  );
}

export async function unpackWrite(
  serde: SerializerProtocol,
  { taskId, channel, value }: StoredWrite,
): Promise<CheckpointPendingWrite> {
  return [taskId, channel, await deserialize(serde, value)];
}

const keyOf = ({ taskId, index }: StoredWrite) => jsonOf([taskId, index]);
const sortKeyOf = ({ taskPath, taskId, index }: StoredWrite) => writesSortKey(taskPath, taskId, index);

/**
 * All writes, in the order in which a running graph applies them. A task that runs again repeats its writes, so
 * existing ones stay; only those with an index below 0, errors and interrupts, are replaced.
 */
export function mergeWrites(stored: readonly StoredWrite[], added: readonly StoredWrite[]): StoredWrite[] {
  const writes = new Map(stored.map((write) => [keyOf(write), write]));
  for (const write of added) {
    if (write.index < 0 || !writes.has(keyOf(write))) writes.set(keyOf(write), write);
  }
  return [...writes.values()].sort((a, b) => compareWritesSortKeys(sortKeyOf(a), sortKeyOf(b)));
}
