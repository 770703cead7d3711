/**
 * What `@strands-agents/sdk` 1.19 asks of a storage, structurally, so that our declarations need none of its
 * dependencies. A type test proves them to be the same as its own.
 */

export type JSONValue = string | number | boolean | null | { [key: string]: JSONValue } | JSONValue[];

export type Scope = 'agent' | 'multiAgent';

/** An agent, or a graph or swarm of agents, at one point. */
export interface Snapshot {
  scope: Scope;
  schemaVersion: string;
  /** ISO 8601. */
  createdAt: string;
  /** The SDK's own: `messages`, `state` and so on. */
  data: Record<string, JSONValue>;
  /** The application's own. */
  appData: Record<string, JSONValue>;
}

/** Whose snapshot it is. Ids are of lower case letters, digits, hyphens and underscores. */
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

/** Where a `SessionManager` keeps snapshots: `storage: { snapshot }`. */
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

/** The SDK's unified storage: bytes under keys. `SessionManager`, and whatever else of the SDK keeps something. */
export interface Storage {
  write(key: string, data: Uint8Array): Promise<void>;
  read(key: string): Promise<Uint8Array | null>;
  delete(key: string): Promise<void>;
  list(query: string): Promise<string[]>;
  namespace?(prefix: string): Storage;
}

export interface StrandsStorageOptions {
  /**
   * How many overwritten latest snapshots of each agent are kept, as branches, from 1. Default `false`: latest is
   * overwritten, as in the SDK's own storages. Checkpoints are kept in any case.
   */
  history?: number | false | undefined;
}
