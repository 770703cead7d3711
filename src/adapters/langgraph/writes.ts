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

/** One write of a task, pending at the checkpoint that it will be applied to. */
export interface StoredWrite {
  taskId: string;
  taskPath: string;
  /** Its place among the task's writes; of errors, interrupts and the like a fixed one below 0. */
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
 * All writes, in the order in which live execution applies them. A task that is run again writes the same: what is
 * there stays. Only what has an index below 0, an error or an interrupt, is replaced.
 */
export function mergeWrites(stored: readonly StoredWrite[], added: readonly StoredWrite[]): StoredWrite[] {
  const writes = new Map(stored.map((write) => [keyOf(write), write]));
  for (const write of added) {
    if (write.index < 0 || !writes.has(keyOf(write))) writes.set(keyOf(write), write);
  }
  return [...writes.values()].sort((a, b) => compareWritesSortKeys(sortKeyOf(a), sortKeyOf(b)));
}
