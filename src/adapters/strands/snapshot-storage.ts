import { jsonObject, type AnyStore } from '../shared/arguments.js';
import { invalid } from '../../values/arguments.js';
import { given } from '../../values/given.js';
import type {
  Snapshot,
  SnapshotLocation,
  SnapshotManifest,
  SnapshotStorage,
  StrandsStorageOptions,
} from './contract.js';
import { badArgument, SessionError } from './errors.js';
import { requireCursor, requireIdentifier, requireLocation } from './identifiers.js';
import { checkpointOf, manifestOf, scopeAddress, type ScopeAddress } from './scope-snapshots.js';
import { Scopes } from './scopes.js';
import { isSnapshot, parsedState, stateOf } from './state.js';

/**
 * Strands' `SnapshotStorage` on an Offshoot store: `new SessionManager({ sessionId, storage: { snapshot: new
 * OffshootSnapshotStorage(store) } })`.
 *
 * A Strands session is the Offshoot session of the same id, with all its agents and orchestrators. `data.messages` is
 * `state.messages`, stored once, however many snapshots have it. As in the SDK's own storages, methods reject with a
 * plain `Error` for an invalid identifier, and with a {@link SessionError} for everything else; both have the store's
 * error as their `cause`.
 */
export class OffshootSnapshotStorage implements SnapshotStorage {
  readonly #scopes: Scopes;

  constructor(store: AnyStore, options: StrandsStorageOptions = {}) {
    this.#scopes = new Scopes(store, options);
  }

  /** Saves a checkpoint under `snapshotId`, or, with `isLatest`, overwrites the latest snapshot. */
  async saveSnapshot(params: {
    location: SnapshotLocation;
    snapshotId: string;
    isLatest: boolean;
    snapshot: Snapshot;
  }): Promise<void> {
    const { snapshotId, isLatest, location, snapshot: saved } = readable(params, 'params');
    const address = addressIn(location);
    if (!isLatest) requireIdentifier(snapshotId, 'snapshotId');
    await orSessionError(`Failed to save snapshot '${snapshotId}' of ${address.prefix}`, async () => {
      const snapshot = jsonObject(saved, 'snapshot');
      if (!isSnapshot(snapshot)) throw invalid('snapshot.data', 'must be an object');
      const state = stateOf(snapshot);
      return isLatest
        ? this.#scopes.saveLatest(address, state)
        : this.#scopes.saveCheckpoint(address, snapshotId, state);
    });
  }

  /** The checkpoint of this id, or the latest snapshot; `null` if there is none. */
  async loadSnapshot(params: { location: SnapshotLocation; snapshotId?: string }): Promise<Snapshot | null> {
    const { snapshotId, location } = readable(params, 'params');
    const address = addressIn(location);
    if (snapshotId !== undefined) requireIdentifier(snapshotId, 'snapshotId');
    return orSessionError(
      `Failed to load snapshot '${snapshotId ?? 'latest'}' of ${address.prefix}`,
      async () => {
        const state = await this.#scopes.load(address, snapshotId);
        return state === undefined ? null : (parsedState(state) as Snapshot);
      },
    );
  }

  /** Ids of checkpoints, sorted, which is by time; at most `limit`, after `startAfter`. Without latest. */
  async listSnapshotIds(params: {
    location: SnapshotLocation;
    limit?: number;
    startAfter?: string;
  }): Promise<string[]> {
    const { location, limit = Infinity, startAfter } = readable(params, 'params');
    if (typeof limit !== 'number') throw badArgument('limit', `Invalid limit: must be a number`);
    if (limit <= 0) return [];
    if (startAfter) requireCursor(startAfter);
    const address = addressIn(location);
    return orSessionError(`Failed to list snapshots of ${address.prefix}`, async () => {
      const rows = await this.#scopes.ids(address.sessionId);
      const begin = checkpointOf(address, '');
      const ids = rows.filter((id) => id.startsWith(begin)).map((id) => id.slice(begin.length));
      return ids
        .filter((id) => !startAfter || id > startAfter)
        .sort()
        .slice(0, limit);
    });
  }

  /** Deletes a session with all its scopes, checkpoints and manifests, in one transaction. */
  async deleteSession(params: { sessionId: string }): Promise<void> {
    const { sessionId } = readable(params, 'params');
    requireIdentifier(sessionId, 'sessionId');
    await orSessionError(`Failed to delete session ${sessionId}`, () =>
      this.#scopes.deleteSession(sessionId),
    );
  }

  /** The scope's manifest; one of schema version 1.0 and the present time if none was saved. */
  async loadManifest(params: { location: SnapshotLocation }): Promise<SnapshotManifest> {
    const address = addressIn(readable(params, 'params').location);
    return orSessionError(`Failed to load the manifest of ${address.prefix}`, async () => {
      const state = await this.#scopes.read(address.sessionId, manifestOf(address));
      const manifest = state && (parsedState(state) as SnapshotManifest);
      return manifest ?? { schemaVersion: '1.0', updatedAt: new Date().toISOString() };
    });
  }

  async saveManifest(params: { location: SnapshotLocation; manifest: SnapshotManifest }): Promise<void> {
    const { location, manifest: saved } = readable(params, 'params');
    const address = addressIn(location);
    await orSessionError(`Failed to save the manifest of ${address.prefix}`, async () => {
      const manifest = jsonObject(saved, 'manifest');
      await this.#scopes.write(address.sessionId, manifestOf(address), { json: manifest });
    });
  }
}

/** The SDK throws plain errors for arguments. */
function readable<T extends object>(value: T, path: string): T {
  try {
    return given(value, path);
  } catch (cause) {
    throw new Error(`Invalid ${path}; see cause`, { cause });
  }
}

function addressIn(given: SnapshotLocation): ScopeAddress {
  const location = readable(given, 'location');
  requireLocation(location);
  return scopeAddress(location.sessionId, location.scope, location.scopeId);
}

async function orSessionError<T>(message: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new SessionError(message, { cause });
  }
}
