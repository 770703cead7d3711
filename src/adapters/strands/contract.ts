/**
 * The storage contract of `@strands-agents/sdk` 1.19, structurally, so that our declarations need none of its
 * dependencies. A type test checks that the types are the same.
 */

export type JSONValue = string | number | boolean | null | { [key: string]: JSONValue } | JSONValue[];

export type Scope = 'agent' | 'multiAgent';

/** The state of an agent, or of a graph or swarm of agents, at one point. */
export interface Snapshot {
  scope: Scope;
  schemaVersion: string;
  /** ISO 8601. */
  createdAt: string;
  /** The SDK's own data: `messages`, `state` and so on. */
  data: Record<string, JSONValue>;
  /** The application's own data. */
  appData: Record<string, JSONValue>;
}

/** The owner of a snapshot. Ids consist of lower case letters, digits, hyphens and underscores. */
export interface SnapshotLocation {
  sessionId: string;
  scope: Scope;
  /** The agent's or the orchestrator's id. */
  scopeId: string;
}

export interface SnapshotManifest {
  schemaVersion: string;
  /** ISO 8601. */
  updatedAt: string;
}

/** Where a `SessionManager` stores snapshots: `storage: { snapshot }`. */
export interface SnapshotStorage {
  saveSnapshot(params: {
    location: SnapshotLocation;
    snapshotId: string;
    isLatest: boolean;
    snapshot: Snapshot;
  }): Promise<void>;
  loadSnapshot(params: { location: SnapshotLocation; snapshotId?: string }): Promise<Snapshot | null>;
  listSnapshotIds(params: {
    location: SnapshotLocation;
    limit?: number;
    startAfter?: string;
  }): Promise<string[]>;
  deleteSession(params: { sessionId: string }): Promise<void>;
  loadManifest(params: { location: SnapshotLocation }): Promise<SnapshotManifest>;
  saveManifest(params: { location: SnapshotLocation; manifest: SnapshotManifest }): Promise<void>;
}

/** The SDK's unified storage: bytes under keys. Used by `SessionManager` and other parts of the SDK. */
export interface Storage {
  write(key: string, data: Uint8Array): Promise<void>;
  read(key: string): Promise<Uint8Array | null>;
  delete(key: string): Promise<void>;
  list(query: string): Promise<string[]>;
  namespace?(prefix: string): Storage;
}

export interface StrandsStorageOptions {
  /**
   * How many overwritten latest snapshots of each agent are kept, as branches, from 1. Default `false`: the latest
   * snapshot is overwritten, as in the SDK's own storages. Checkpoints are always kept.
   */
  history?: number | false | undefined;
}
