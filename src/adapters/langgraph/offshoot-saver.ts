import {
  BaseCheckpointSaver,
  copyCheckpoint,
  maxChannelVersion,
  TASKS,
  type ChannelVersions,
  type Checkpoint,
  type CheckpointListOptions,
  type CheckpointMetadata,
  type CheckpointTuple,
  type DeltaChannelHistory,
  type PendingWrite,
  type SerializerProtocol,
} from '@langchain/langgraph-checkpoint';
import { dequal } from 'dequal/lite';
import type { SessionSnapshot } from '../../index.js';
import { checkpointsBefore, newestIn } from './checkpoint-list.js';
import { savedAt } from './saved-at.js';
import { invalid, requireId, requireValid } from '../../values/arguments.js';
import { given, reading, requireStore } from '../../values/given.js';
import {
  callable,
  nonBlank,
  number,
  object,
  optional,
  record,
  satisfying,
  string,
} from '../../values/schema.js';
import {
  checkpointSnapshot,
  namespaceSnapshot,
  packCheckpoint,
  unpackCheckpoint,
  writesOf,
  writesSnapshot,
} from './checkpoint-snapshot.js';
import type { CheckpointStore } from './checkpoint-store.js';
import { deltaHistory } from './delta-history.js';
import { deserialize, type Serialized } from './serialize.js';
import {
  checkpointSnapshotId,
  configAt,
  configurableOf,
  hasNamespace,
  namespaceSnapshotId,
  nodeOf,
  addressIn,
  requireAddress,
  type Config,
} from './checkpoint-address.js';
import { packWrites, unpackWrite } from './writes.js';

const serdeLike = object({ dumpsTyped: callable, loadsTyped: callable });

const checkpointLike = object({
  id: nonBlank,
  channel_values: record,
  channel_versions: record,
  versions_seen: record,
});

const pairList = satisfying(
  (writes) =>
    Array.isArray(writes) &&
    Array.from(writes).every((pair) => Array.isArray(pair) && typeof pair[0] === 'string'),
  'an array of [channel, value]',
);

const textList = satisfying(
  (texts) => Array.isArray(texts) && Array.from(texts).every((text) => typeof text === 'string'),
  'an array of strings',
);

/**
 * Keeps the checkpoints of LangGraph.js in a store: a thread is a session, and a checkpoint is a snapshot whose parent
 * is the parent checkpoint's. So a fork is a branch, each branch has values of its own, and what two checkpoints have
 * in common is stored once. The application owns the store, and closes it.
 *
 * Source of the contract: `BaseCheckpointSaver` of `@langchain/langgraph-checkpoint` 1.2.
 *
 * Every method rejects with the store's `SessionStoreError`: with `INVALID_ARGUMENT` and the `path` for a config that
 * names no thread where one is needed, or ids that are not strings; otherwise as the store's own methods.
 */
export class OffshootSaver extends BaseCheckpointSaver {
  readonly #store: CheckpointStore;

  /** `serde` serializes values; by default that of LangGraph's own savers. */
  constructor(store: CheckpointStore, serde?: SerializerProtocol) {
    requireStore(store);
    if (serde !== undefined) requireValid(serdeLike, serde, 'serde');
    super(serde);
    this.#store = store;
  }

  /**
   * The checkpoint that the config names, or the newest of its thread and namespace, with its pending writes.
   * `undefined` if there is none. Errors: `DATA_LOSS` if unreadable rows may hide the newest.
   */
  override async getTuple(config: Config): Promise<CheckpointTuple | undefined> {
    const snapshot = await this.#find(config);
    return snapshot && this.#tuple(snapshot);
  }

  /**
   * Checkpoints, newest first; without a thread those of all threads, without a namespace those of all namespaces.
   * `filter` is compared with the metadata, deeply. Unreadable rows are left out.
   */
  override async *list(config: Config, options: CheckpointListOptions = {}): AsyncGenerator<CheckpointTuple> {
    const { threadId, checkpointId, namespace: asked } = addressIn(config);
    const { limit, before, filter } = given(options, 'options');
    requireValid(optional(number), limit ?? undefined, 'options', 'limit');
    const namespace = hasNamespace(config) ? asked : undefined;
    const end = addressIn({ configurable: { ...configurableOf(config), ...configurableOf(before) } });
    if (!addressIn(before).checkpointId) end.checkpointId = undefined;
    const wanted = Object.entries(filter ? given(filter, 'options.filter') : {});
    let left = limit ?? Infinity;
    for await (const thread of threadId === undefined ? this.#threads() : [threadId]) {
      for await (const { snapshotId, node } of checkpointsBefore(this.#store, thread, end)) {
        if (left <= 0) return;
        if (namespace !== undefined && node.namespace !== namespace) continue;
        if (checkpointId !== undefined && node.checkpointId !== checkpointId) continue;
        if (wanted.length > 0) {
          const metadata = await deserialize(this.serde, node.metadata as Serialized);
          const isWanted = () => wanted.every(([key, value]) => dequal(metadata[key], value));
          if (!reading('options.filter', isWanted)) continue;
        }
        const snapshot = await this.#store.getSnapshot({ snapshotId });
        // It may have been deleted meanwhile.
        if (!snapshot) continue;
        left -= 1;
        yield await this.#tuple(snapshot);
      }
    }
  }

  /**
   * Stores a checkpoint as the child of the one that the config names. Writes that `putWrites` stored for it stay.
   * Callers of earlier versions, and tools that copy checkpoints, pass no `newVersions`: then all of its values are
   * new.
   */
  override async put(
    config: Config,
    checkpoint: Checkpoint,
    metadata: CheckpointMetadata,
    newVersions?: ChannelVersions,
  ): Promise<Config> {
    const address = requireAddress(config);
    const { threadId, namespace } = address;
    requireValid(checkpointLike, checkpoint, 'checkpoint');
    // The first checkpoint of a thread has no parent to take old values from, so only a copy can bring them.
    const { parents, source } = given(metadata, 'metadata');
    const begins = address.checkpointId === undefined && source !== 'fork';
    const fresh = newVersions && given(newVersions, 'newVersions');
    const isNew = (channel: string) => !begins || !fresh || Object.hasOwn(fresh, channel);
    const copy = reading('checkpoint', () => copyCheckpoint(checkpoint));
    const packed = await packCheckpoint(this.serde, copy, metadata, isNew);
    packed.createdAt = await savedAt(this.#store, threadId, packed.createdAt);
    if (namespace !== '' && address.checkpointId === undefined) {
      await this.#store.saveSnapshot(namespaceSnapshotId(threadId, namespace), (current) =>
        current ? null : namespaceSnapshot(address, parents, packed.createdAt),
      );
    }
    await this.#store.saveSnapshot(checkpointSnapshotId(threadId, namespace, copy.id), (current) =>
      checkpointSnapshot(address, copy.id, packed, current),
    );
    return configAt(threadId, namespace, copy.id);
  }

  /**
   * Adds a task's writes to a checkpoint, in one transaction. Idempotent. Writes may arrive before their checkpoint,
   * since LangGraph does not wait for `put`.
   */
  override async putWrites(
    config: Config,
    writes: PendingWrite[],
    taskId: string,
    taskPath = '',
  ): Promise<void> {
    const { checkpointId, ...address } = requireAddress(config);
    if (checkpointId === undefined) {
      throw invalid('config.configurable.checkpoint_id', 'is missing. Pass the config that put() returned');
    }
    const now = new Date().toISOString();
    requireId(taskId, 'taskId');
    requireValid(string, taskPath, 'taskPath');
    const pairs = reading('writes', () => {
      requireValid(pairList, writes, 'writes');
      return writes.map(([channel, value]): PendingWrite => [channel, value]);
    });
    const packed = await packWrites(this.serde, pairs, taskId, taskPath);
    await this.#store.saveSnapshot(
      checkpointSnapshotId(address.threadId, address.namespace, checkpointId),
      (current) => writesSnapshot({ ...address, checkpointId }, now, packed, current),
    );
  }

  /** Deletes the thread's session, with the checkpoints of all namespaces, in one transaction. */
  override async deleteThread(threadId: string): Promise<void> {
    requireId(threadId, 'threadId');
    await this.#store.deleteSession(threadId);
  }

  override async getDeltaChannelHistory(args: {
    config: Config;
    channels: string[];
  }): Promise<Record<string, DeltaChannelHistory>> {
    const { config, channels } = given(args, 'args');
    requireValid(textList, channels, 'args.channels');
    const target = channels.length > 0 ? await this.#find(config) : undefined;
    return deltaHistory(this.serde, channels, this.#ancestors(target));
  }

  async #find(config: Config): Promise<SessionSnapshot | undefined> {
    const { threadId, namespace, checkpointId } = addressIn(config);
    if (threadId === undefined) return undefined;
    const snapshotId =
      checkpointId === undefined
        ? await this.#newest(threadId, namespace)
        : checkpointSnapshotId(threadId, namespace, checkpointId);
    const snapshot = snapshotId === undefined ? undefined : await this.#store.getSnapshot({ snapshotId });
    return nodeOf(snapshot)?.metadata === undefined ? undefined : snapshot;
  }

  /**
   * Subgraphs ask for namespaces that do not exist yet; checking for the root snapshot avoids a walk through the whole
   * thread.
   */
  async #newest(threadId: string, namespace: string): Promise<string | undefined> {
    const snapshotId = namespaceSnapshotId(threadId, namespace);
    if (namespace !== '' && !(await this.#store.getSnapshot({ snapshotId }))) return undefined;
    return newestIn(this.#store, threadId, namespace);
  }

  async *#threads(): AsyncGenerator<string> {
    let cursor: string | undefined;
    do {
      const page = await this.#store.listSessions({ limit: 200, cursor });
      yield* page.sessions.map(({ sessionId }) => sessionId);
      ({ cursor } = page);
    } while (cursor !== undefined);
  }

  async *#ancestors(target: SessionSnapshot | undefined): AsyncGenerator<SessionSnapshot> {
    const seen = new Set<string>();
    let child = target;
    while (child && !seen.has(child.snapshotId)) {
      seen.add(child.snapshotId);
      child = await this.#parentOf(child);
      if (child) yield child;
    }
  }

  async #parentOf(snapshot: SessionSnapshot): Promise<SessionSnapshot | undefined> {
    const { namespace, parentCheckpointId } = nodeOf(snapshot)!;
    if (parentCheckpointId === undefined) return undefined;
    const snapshotId = checkpointSnapshotId(snapshot.sessionId!, namespace, parentCheckpointId);
    return this.#store.getSnapshot({ snapshotId });
  }

  async #tuple(snapshot: SessionSnapshot): Promise<CheckpointTuple> {
    const threadId = snapshot.sessionId!;
    const { namespace, checkpointId, parentCheckpointId } = nodeOf(snapshot)!;
    const { checkpoint, metadata } = await unpackCheckpoint(this.serde, snapshot);
    if (checkpoint.v < 4 && parentCheckpointId !== undefined) {
      await this.#migrateSends(checkpoint, await this.#parentOf(snapshot));
    }
    const pendingWrites = await Promise.all(
      writesOf(snapshot).map((write) => unpackWrite(this.serde, write)),
    );
    return {
      config: configAt(threadId, namespace, checkpointId),
      checkpoint,
      metadata,
      pendingWrites,
      ...(parentCheckpointId !== undefined && {
        parentConfig: configAt(threadId, namespace, parentCheckpointId),
      }),
    };
  }

  /** Before format 4, values sent to tasks were stored as writes of the parent. */
  async #migrateSends(checkpoint: Checkpoint, parent: SessionSnapshot | undefined): Promise<void> {
    const sends = writesOf(parent).filter(({ channel }) => channel === TASKS);
    checkpoint.channel_values[TASKS] = await Promise.all(
      sends.map(({ value }) => deserialize(this.serde, value)),
    );
    const versions = Object.values(checkpoint.channel_versions);
    checkpoint.channel_versions[TASKS] =
      versions.length > 0
        ? versions.reduce((a, b) => maxChannelVersion(a, b))
        : this.getNextVersion(undefined);
  }
}
