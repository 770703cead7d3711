import type {
  CheckpointPendingWrite,
  DeltaChannelHistory,
  SerializerProtocol,
} from '@langchain/langgraph-checkpoint';
import type { SessionSnapshot } from '../../index.js';
import { channelOf, writesOf } from './checkpoint-snapshot.js';
import { deserializeChannel } from './serialize.js';
import { unpackWrite } from './writes.js';

/**
 * The writes to channels on the way to a checkpoint, oldest first, since the nearest ancestor that has the channel's
 * value, which is the `seed`. Each ancestor is read once, and only what belongs to the channels is deserialized.
 *
 * Source of the contract: `BaseCheckpointSaver.getDeltaChannelHistory`.
 *
 * `ancestors` are ordered from the parent up to the root.
 */
export async function deltaHistory(
  serde: SerializerProtocol,
  channels: readonly string[],
  ancestors: AsyncIterable<SessionSnapshot>,
): Promise<Record<string, DeltaChannelHistory>> {
  const history = new Map(
    channels.map((channel): [string, DeltaChannelHistory] => [channel, { writes: [] }]),
  );
  const open = new Set(channels);
  for await (const ancestor of ancestors) {
    for (const channel of open) {
      const entry = history.get(channel)!;
      const earlier: Promise<CheckpointPendingWrite>[] = writesOf(ancestor)
        .filter((write) => write.channel === channel)
        .map((write) => unpackWrite(serde, write));
      entry.writes = [...(await Promise.all(earlier)), ...entry.writes];
      const packed = channelOf(ancestor, channel);
      if (packed === undefined) continue;
      entry.seed = await deserializeChannel(serde, packed);
      open.delete(channel);
    }
    if (open.size === 0) break;
  }
  return Object.fromEntries(history);
}
