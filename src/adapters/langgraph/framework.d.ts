// As much of `@langchain/langgraph-checkpoint` as this adapter uses, so that it compiles where the framework is not
// installed. What is published names the framework's own types, and extends its class; `npm run typecheck:frameworks`
// compiles the adapter with those as well.

declare module '@langchain/langgraph-checkpoint' {
  /** `RunnableConfig` of `@langchain/core`. */
  interface RunnableConfig {
    configurable?: Record<string, any>;
  }

  type ChannelVersion = number | string;
  export type ChannelVersions = Record<string, ChannelVersion>;
  export interface Checkpoint {
    v: number;
    id: string;
    ts: string;
    channel_values: Record<string, unknown>;
    channel_versions: ChannelVersions;
    versions_seen: Record<string, ChannelVersions>;
  }
  export interface CheckpointMetadata {
    source: 'input' | 'loop' | 'update' | 'fork';
    step: number;
    parents: Record<string, string>;
  }
  export type PendingWrite = [channel: string, value: unknown];
  export type CheckpointPendingWrite = [taskId: string, ...PendingWrite];
  export interface DeltaChannelHistory {
    writes: CheckpointPendingWrite[];
    seed?: unknown;
  }
  export interface CheckpointTuple {
    config: RunnableConfig;
    checkpoint: Checkpoint;
    metadata?: CheckpointMetadata;
    parentConfig?: RunnableConfig;
    pendingWrites?: CheckpointPendingWrite[];
  }
  export interface CheckpointListOptions {
    limit?: number;
    before?: RunnableConfig;
    filter?: Record<string, any>;
  }
  export interface SerializerProtocol {
    dumpsTyped(data: any): Promise<[string, Uint8Array]>;
    loadsTyped(type: string, data: Uint8Array | string): Promise<any>;
  }

  export abstract class BaseCheckpointSaver {
    serde: SerializerProtocol;
    constructor(serde?: SerializerProtocol);
    abstract getTuple(config: RunnableConfig): Promise<CheckpointTuple | undefined>;
    abstract list(config: RunnableConfig, options?: CheckpointListOptions): AsyncGenerator<CheckpointTuple>;
    abstract put(
      config: RunnableConfig,
      checkpoint: Checkpoint,
      metadata: CheckpointMetadata,
      newVersions: ChannelVersions,
    ): Promise<RunnableConfig>;
    abstract putWrites(
      config: RunnableConfig,
      writes: PendingWrite[],
      taskId: string,
      taskPath?: string,
    ): Promise<void>;
    abstract deleteThread(threadId: string): Promise<void>;
    getDeltaChannelHistory(options: {
      config: RunnableConfig;
      channels: string[];
    }): Promise<Record<string, DeltaChannelHistory>>;
    getNextVersion(current: number | undefined): number;
  }

  export const TASKS: '__pregel_tasks';
  export const WRITES_IDX_MAP: Record<string, number>;
  export function copyCheckpoint(checkpoint: Readonly<Checkpoint>): Checkpoint;
  export function maxChannelVersion(...versions: ChannelVersion[]): ChannelVersion;
  type WritesSortKey = readonly [string, string, number];
  export function writesSortKey(taskPath: string, taskId?: string, index?: number): WritesSortKey;
  export function compareWritesSortKeys(a: WritesSortKey, b: WritesSortKey): number;

  export interface Item {
    value: Record<string, any>;
    key: string;
    namespace: string[];
    createdAt: Date;
    updatedAt: Date;
  }
  interface GetOperation {
    namespace: string[];
    key: string;
  }
  export interface SearchOperation {
    namespacePrefix: string[];
    filter?: Record<string, any>;
    limit?: number;
    offset?: number;
    query?: string;
  }
  interface PutOperation {
    namespace: string[];
    key: string;
    value: Record<string, any> | null;
    index?: false | string[];
  }
  export interface MatchCondition {
    matchType: 'prefix' | 'suffix';
    path: string[];
  }
  export interface ListNamespacesOperation {
    matchConditions?: MatchCondition[];
    maxDepth?: number;
    limit: number;
    offset: number;
  }
  export type Operation = GetOperation | SearchOperation | PutOperation | ListNamespacesOperation;
  export type OperationResults<Tuple extends readonly Operation[]> = {
    [K in keyof Tuple]: Tuple[K] extends PutOperation
      ? void
      : Tuple[K] extends SearchOperation
        ? Item[]
        : Tuple[K] extends GetOperation
          ? Item | null
          : Tuple[K] extends ListNamespacesOperation
            ? string[][]
            : never;
  };
  export abstract class BaseStore {
    abstract batch<Op extends Operation[]>(operations: Op): Promise<OperationResults<Op>>;
  }
  export function validateNamespace(
    namespace: string[],
    options?: { allowEmpty?: boolean; allowReservedRoot?: boolean },
  ): void;
}
