import type { AnyStore } from '../shared/arguments.js';
import { isBytes } from '../../platform/kind.js';
import { requireValid } from '../../values/arguments.js';
import { reading } from '../../values/given.js';
import { satisfying } from '../../values/schema.js';
import type { Storage, StrandsStorageOptions } from './contract.js';
import { StorageError } from './errors.js';
import { keyOf, mayHave, normalizedKey, normalizedPrefix, targetOf } from './keys.js';
import { Namespace } from './namespace.js';
import type { State } from './scope-snapshots.js';
import { Scopes } from './scopes.js';
import { bytesOf, stateOfBytes } from './state.js';

/**
 * Strands' unified `Storage` on an Offshoot store: `new SessionManager({ sessionId, storage: new OffshootStorage(store)
 * })`, or `new Agent({ storage })`.
 *
 * Bytes come back unchanged. A snapshot under a key of `SessionManager` is stored as {@link OffshootSnapshotStorage}
 * does it, in the same place: messages are stored once, and either storage can read the other's sessions. Methods
 * reject with a {@link StorageError} that has the store's error as its `cause`.
 */
export class OffshootStorage implements Storage {
  readonly #scopes: Scopes;

  constructor(store: AnyStore, options: StrandsStorageOptions = {}) {
    this.#scopes = new Scopes(store, options);
  }

  /** Stores bytes under a key, replacing existing ones. The bytes are copied at the time of the call. */
  async write(key: string, data: Uint8Array): Promise<void> {
    const target = targetOf(normalizedKey(key));
    await orStorageError(`Failed to write '${key}' to storage`, async () => {
      const bytes = reading('data', () => {
        requireValid(bytesLike, data, 'data');
        return new Uint8Array(data);
      });
      if (target.kind === 'bytes') return this.#scopes.write(target.sessionId, target.id, { bytes });
      const state = stateOfBytes(bytes);
      // Messages that differ only in the order of keys are shared; bytes must come back exactly.
      const correction = (stored: State | undefined) =>
        sameBytes(bytesOf(stored), bytes) ? undefined : { bytes };
      return target.kind === 'latest'
        ? this.#scopes.saveLatest(target.address, state, correction)
        : this.#scopes.saveCheckpoint(target.address, target.checkpointId, state, correction);
    });
  }

  /** The bytes under a key, `null` if there are none. */
  async read(key: string): Promise<Uint8Array | null> {
    const target = targetOf(normalizedKey(key));
    return orStorageError(`Failed to read '${key}' from storage`, async () => {
      const state =
        target.kind === 'bytes'
          ? await this.#scopes.read(target.sessionId, target.id)
          : await this.#scopes.load(
              target.address,
              target.kind === 'checkpoint' ? target.checkpointId : undefined,
            );
      return bytesOf(state) ?? null;
    });
  }

  /** Deletes the value of a key, if there is one. */
  async delete(key: string): Promise<void> {
    const { sessionId, id } = targetOf(normalizedKey(key));
    await orStorageError(`Failed to delete '${key}' from storage`, () => this.#scopes.remove(sessionId, id));
  }

  /** All keys that begin with `prefix`, sorted. */
  async list(prefix: string): Promise<string[]> {
    const begin = normalizedPrefix(prefix);
    return orStorageError(`Failed to list '${prefix}' in storage`, async () => {
      const keys: string[] = [];
      for (const sessionId of await this.#scopes.sessionIds()) {
        if (!mayHave(sessionId, begin)) continue;
        for (const id of await this.#scopes.ids(sessionId)) {
          const key = keyOf(id);
          if (key?.startsWith(begin)) keys.push(key);
        }
      }
      return keys.sort();
    });
  }

  /** A view of the keys under `prefix/`, without that prefix. */
  namespace(prefix: string): Storage {
    return new Namespace(this, normalizedPrefix(prefix));
  }
}

const bytesLike = satisfying(isBytes, 'a Uint8Array');

const sameBytes = (a: Uint8Array | undefined, b: Uint8Array) =>
  a?.length === b.length && a.every((byte, index) => byte === b[index]);

async function orStorageError<T>(message: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new StorageError(message, { cause });
  }
}
