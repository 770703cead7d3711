export { OffshootSnapshotStorage } from './snapshot-storage.js';
export { OffshootStorage } from './storage.js';
export { SessionError, StorageError } from './errors.js';
export type {
  JSONValue,
  Scope,
  Snapshot,
  SnapshotLocation,
  SnapshotManifest,
  SnapshotStorage,
  Storage,
  StrandsStorageOptions,
} from './contract.js';
