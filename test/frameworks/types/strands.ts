// Proves, at compile time, that our structural types and those of the Strands SDK are assignable both ways.
import type * as sdk from '@strands-agents/sdk';
import type * as ours from '../../../src/adapters/strands/index.js';

export const snapshotToSdk = (value: ours.Snapshot): sdk.Snapshot => value;
export const snapshotFromSdk = (value: sdk.Snapshot): ours.Snapshot => value;
export const locationToSdk = (value: ours.SnapshotLocation): sdk.SnapshotLocation => value;
export const locationFromSdk = (value: sdk.SnapshotLocation): ours.SnapshotLocation => value;
export const manifestToSdk = (value: ours.SnapshotManifest): sdk.SnapshotManifest => value;
export const manifestFromSdk = (value: sdk.SnapshotManifest): ours.SnapshotManifest => value;
export const snapshotStorageToSdk = (value: ours.SnapshotStorage): sdk.SnapshotStorage => value;
export const snapshotStorageFromSdk = (value: sdk.SnapshotStorage): ours.SnapshotStorage => value;
export const storageToSdk = (value: ours.Storage): sdk.Storage => value;
export const storageFromSdk = (value: sdk.Storage): ours.Storage => value;

export const ourSnapshotStorage = (value: ours.OffshootSnapshotStorage): sdk.SnapshotStorage => value;
export const ourStorage = (value: ours.OffshootStorage): sdk.Storage => value;
export const forManagers = (
  snapshot: ours.OffshootSnapshotStorage,
  storage: ours.OffshootStorage,
): sdk.SessionManagerConfig[] => [{ storage: { snapshot } }, { storage }];
