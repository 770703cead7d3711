import type { Connection } from '../database/connection.js';
import { alone, whenIdle } from '../runtime/idle.js';
import type { WriteTransaction } from '../database/schema.js';
import { SessionStoreError } from '../errors.js';
import { callSafely } from '../platform/browser.js';
import { type Keyring, UNENCRYPTED } from './keyring.js';
import { hasCipher } from './encrypted-row.js';
import { countRows, rowBatchesOf, type StoredRow } from './row-batches.js';
import type { RecordingTransaction } from './recording-transaction.js';

/** The progress of a rotation, in rows. */
export interface RekeyProgress {
  done: number;
  /** The number of rows when it began; approximate. */
  total: number;
}

export interface RekeyOptions {
  signal?: AbortSignal | undefined;
  /** Called after every few rows. Its errors are reported with `reportError`. */
  onProgress?: ((progress: RekeyProgress) => void) | undefined;
}

/** What a rotation needs of the database. */
interface Rotating {
  connection: Connection;
  /** Stores a list with the current key in front; `undefined` if nothing is encrypted, nor going to be. */
  begin(): Promise<Keyring | undefined>;
  write<T>(work: (transaction: WriteTransaction, stage?: RecordingTransaction) => Promise<T>): Promise<T>;
  /** Takes the other keys off the list, unless it has changed since. Resolves to whether it did. */
  settle(keyring: Keyring): Promise<boolean>;
}

/** How many walks are tried if somebody writes under another key meanwhile. */
const MOST_WALKS = 10;

/**
 * Encrypts everything again that is not under the current key. Each batch is complete by itself, and the other keys
 * stay on the list until nothing needs them, so it can be stopped or killed at any point.
 */
export class Rotation {
  readonly #end = new AbortController();
  #background: Promise<void> | undefined;
  /** How many more times it starts by itself: tabs with different keys must not undo each other's rotation for ever. */
  #left = MOST_WALKS;

  constructor(readonly database: Rotating) {}

  /** Runs in idle time, in one tab at a time. */
  schedule(): void {
    const { signal } = this.#end;
    if (signal.aborted || this.#background || this.#left-- <= 0) return;
    this.#background = idle(signal)
      .then(() => alone(`offshoot:${this.database.connection.name}:rekey`, () => this.#run({ signal }, idle)))
      // Best effort: the next operation reports a lasting error, and the next rotation retries.
      .catch(() => {})
      .finally(() => (this.#background = undefined));
  }

  /** Runs at once. */
  run(options: RekeyOptions): Promise<void> {
    return this.#run(options);
  }

  /** Resolves when no more writes follow. */
  async stop(): Promise<void> {
    this.#end.abort();
    await this.#background;
  }

  async #run(options: RekeyOptions, pause?: (signal?: AbortSignal) => Promise<void>): Promise<void> {
    for (let walk = 0; walk < MOST_WALKS; walk++) {
      options.signal?.throwIfAborted();
      const keyring = await this.database.begin();
      if (!keyring?.isRotating) return;
      await this.#walk(keyring, options, pause);
      options.signal?.throwIfAborted();
      if (await this.database.settle(keyring)) {
        this.#left = 0;
        return;
      }
    }
    throw new SessionStoreError(
      'ABORTED',
      'other tabs write with another key; nothing is lost. Close or reload them, then try again',
    );
  }

  async #walk(
    { list, current }: Keyring,
    { signal, onProgress }: RekeyOptions,
    pause?: (signal?: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const { connection } = this.database;
    const total = await countRows(connection);
    let done = 0;
    const isOld = ({ row }: StoredRow) =>
      hasCipher(row)
        ? row.cipher.database !== list.database || row.cipher.key !== current.id
        : current.id !== UNENCRYPTED.id;
    for await (const slice of rowBatchesOf(connection)) {
      await pause?.(signal);
      signal?.throwIfAborted();
      const old = slice.filter(isOld);
      if (old.length > 0) {
        await this.database.write(async (_, stage) => {
          // In idle time, a rotation gives way to a tab that writes with another key now.
          if (pause && stage && !stage.keyring.isStored) throw new SessionStoreError('ABORTED', 'not now');
          await Promise.all(
            old.map(async (row) =>
              row.store === 'quarantine'
                ? stage?.encryptKeptAgain(row.key)
                : stage?.encryptAgain(row.store, row.key),
            ),
          );
        });
      }
      done += slice.length;
      if (onProgress) callSafely(onProgress, { done, total });
    }
  }
}

/** Waits for idle time or the signal, whichever comes first. */
function idle(signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const end = () => {
      signal?.removeEventListener('abort', end);
      resolve();
    };
    whenIdle(end);
    signal?.addEventListener('abort', end);
  });
}
