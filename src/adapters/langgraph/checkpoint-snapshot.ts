import type { Checkpoint, CheckpointMetadata, SerializerProtocol } from '@langchain/langgraph-checkpoint';
import type { SessionSnapshot, SessionSnapshotInput } from '../../index.js';
import { reading } from '../../values/given.js';
import {
  serialize,
  serializeChannel,
  deserialize,
  deserializeChannel,
  type Serialized,
} from './serialize.js';
import {
  checkpointSnapshotId,
  namespaceSnapshotId,
  nodeOf,
  type CheckpointNode,
  type CheckpointAddress,
} from './checkpoint-address.js';
import { mergeWrites, type StoredWrite } from './writes.js';
import { described } from '../../values/schema.js';
import { invalid } from '../../values/arguments.js';
import { structured } from '../../platform/browser.js';

export type Header = Omit<Checkpoint, 'id' | 'channel_values'>;

/** A prefix of channels, so that none collides with other fields of the state. */
const CHANNEL = 'channel:';

/**
 * The state of a checkpoint's snapshot. An array channel is stored as an array, and shares its elements with the
 * parent's.
 */
interface CheckpointState {
  /** Absent while only writes have arrived. */
  checkpoint?: Header;
  /** Sorted as `mergeWrites` does. */
  writes: StoredWrite[];
  [channel: `channel:${string}`]: Serialized | Serialized[];
}

/** A serialized checkpoint, since the transaction that stores it cannot wait for the serde. */
export interface PackedCheckpoint {
  createdAt: string;
  header: Header;
  channels: [`channel:${string}`, Serialized | Serialized[]][];
  metadata: Serialized;
}

/**
 * Serializes a checkpoint. The serde is given all of it before this returns, so that the caller may change it
 * afterwards.
 *
 * `isNew` tells whether a channel's value is to be stored.
 */
export async function packCheckpoint(
  serde: SerializerProtocol,
  { id: _, channel_values, ...header }: Checkpoint,
  metadata: CheckpointMetadata,
  isNew: (channel: string) => boolean,
): Promise<PackedCheckpoint> {
  const time = reading('checkpoint.ts', () => new Date(header.ts));
  if (Number.isNaN(time.getTime())) {
    throw invalid(
      'checkpoint.ts',
      `must be a time as new Date().toISOString() writes it, not ${described(header.ts)}`,
    );
  }
  const [packedMetadata, ...channels] = await Promise.all([
    serialize(serde, metadata, 'metadata'),
    ...Object.entries(channel_values)
      .filter(([channel]) => isNew(channel))
      .map(async ([channel, value]): Promise<PackedCheckpoint['channels'][number]> => [
        `${CHANNEL}${channel}`,
        await serializeChannel(serde, value, `checkpoint.channel_values.${channel}`),
      ]),
  ]);
  return { createdAt: time.toISOString(), header, channels, metadata: packedMetadata };
}

export const stateOf = (snapshot: SessionSnapshot | undefined): CheckpointState | undefined =>
  snapshot?.state as CheckpointState | undefined;

export const writesOf = (snapshot: SessionSnapshot | undefined): StoredWrite[] =>
  stateOf(snapshot)?.writes ?? [];

/** The stored value of a channel; `undefined` if there is none. */
export function channelOf(snapshot: SessionSnapshot, channel: string): Serialized | Serialized[] | undefined {
  return stateOf(snapshot)?.[`${CHANNEL}${channel}`];
}

export async function unpackCheckpoint(
  serde: SerializerProtocol,
  snapshot: SessionSnapshot,
): Promise<{ checkpoint: Checkpoint; metadata: CheckpointMetadata }> {
  const { checkpointId, metadata } = nodeOf(snapshot)!;
  const { checkpoint, writes: _, ...channels } = stateOf(snapshot)!;
  const values = Object.entries(channels as Record<string, Serialized | Serialized[]>).map(
    async ([key, packed]) => [key.slice(CHANNEL.length), await deserializeChannel(serde, packed)] as const,
  );
  return {
    checkpoint: {
      // LangGraph adds to it in place, and a store may give it out frozen.
      ...structured(checkpoint!),
      id: checkpointId,
      channel_values: Object.fromEntries(await Promise.all(values)),
    },
    metadata: await deserialize(serde, metadata as Serialized),
  };
}

/** The snapshot of a checkpoint, with the writes that were stored before it. */
export function checkpointSnapshot(
  { threadId, namespace, checkpointId: parentCheckpointId }: CheckpointAddress,
  checkpointId: string,
  { createdAt, header, channels, metadata }: PackedCheckpoint,
  current: SessionSnapshot | undefined,
): SessionSnapshotInput {
  const parentId = parentCheckpointId
    ? checkpointSnapshotId(threadId, namespace, parentCheckpointId)
    : namespace && namespaceSnapshotId(threadId, namespace);
  return {
    sessionId: threadId,
    ...(parentId && { parentId }),
    // A repeated `put` does not make a checkpoint newer.
    createdAt: current && nodeOf(current)?.metadata !== undefined ? current.createdAt : createdAt,
    status: 'completed',
    state: { checkpoint: header, writes: writesOf(current), ...Object.fromEntries(channels) } as object,
    ...withNode({ namespace, checkpointId, ...(parentCheckpointId && { parentCheckpointId }), metadata }),
  };
}

/** The snapshot of a checkpoint with more writes; with only those if the checkpoint has not arrived yet. */
export function writesSnapshot(
  { threadId, namespace, checkpointId }: CheckpointAddress & { checkpointId: string },
  now: string,
  writes: readonly StoredWrite[],
  current: SessionSnapshot | undefined,
): SessionSnapshotInput {
  const state = { ...stateOf(current), writes: mergeWrites(writesOf(current), writes) } as object;
  if (current) return { ...current, updatedAt: now, state };
  return {
    sessionId: threadId,
    createdAt: now,
    status: 'completed',
    state,
    ...withNode({ namespace, checkpointId }),
  };
}

/** The root snapshot of a namespace; its parent is the checkpoint whose task runs the subgraph. */
export function namespaceSnapshot(
  { threadId, namespace }: CheckpointAddress,
  parents: Record<string, string> | undefined,
  createdAt: string,
): SessionSnapshotInput {
  const outer = namespace.slice(0, Math.max(0, namespace.lastIndexOf('|')));
  const parent = parents?.[outer];
  return {
    sessionId: threadId,
    ...(parent !== undefined && { parentId: checkpointSnapshotId(threadId, outer, parent) }),
    createdAt,
    status: 'completed',
  };
}

/** Adds a field that the store keeps and its types do not know. */
const withNode = (langgraph: CheckpointNode): object => ({ langgraph });
