import type { Connection } from '../database/connection.js';
import { alone, whenIdle } from '../runtime/idle.js';
import type { WriteTransaction } from '../database/schema.js';
import { SessionStoreError } from '../errors.js';
import { callSafely } from '../platform/report.js';
import { UNENCRYPTED } from './key-list.js';
import type { Keyring } from './keyring.js';
import { isSealed } from './encrypted-row.js';
import { countRows, rowBatchesOf, type StoredRow } from './row-batches.js';
import type { RecordingTransaction } from './recording-transaction.js';

/** How far a rotation has come, in rows. */
export interface RekeyProgress {
  done: number;
  /** What there was when it began; roughly. */
  total: number;
}

export interface RekeyOptions {
  signal?: AbortSignal | undefined;
  /** Is told after some rows each. What it throws is reported with `reportError`. */
  onProgress?: ((progress: RekeyProgress) => void) | undefined;
}

/** What a rotation needs of a vault. */
interface Rotating {
  connection: Connection;
  /** Has the current key put in front of the database's list; `undefined` if nothing is encrypted, nor going to be. */
  begin(): Promise<Keyring | undefined>;
  write<T>(work: (transaction: WriteTransaction, stage?: RecordingTransaction) => Promise<T>): Promise<T>;
  /** Takes the other keys off the list, unless it was changed since it was this. Resolves to whether it did. */
  settle(keyring: Keyring): Promise<boolean>;
}

/** How often all is gone through because somebody wrote under another key meanwhile. */
const MOST_WALKS = 10;

/**
 * Writes everything anew that is not under the current key. Each slice of it is whole by itself, and the other keys
 * stay on the database's list until nothing needs them, so it can be stopped or killed at any point.
 */
export class Rotation {
  readonly #end = new AbortController();
  #background: Promise<void> | undefined;
  /** How often it may still begin by itself: tabs that each want another key must not write everything anew for ever. */
  #left = MOST_WALKS;

  constructor(readonly vault: Rotating) {}

  /** In idle time, in one tab at a time. */
  schedule(): void {
    const { signal } = this.#end;
    if (signal.aborted || this.#background || this.#left-- <= 0) return;
    this.#background = idle(signal)
      .then(() => alone(`offshoot:${this.vault.connection.name}:rekey`, () => this.#run({ signal }, idle)))
      // Whatever went wrong, whoever uses the database next is told, or it goes better the next time.
      .catch(() => {})
      .finally(() => (this.#background = undefined));
  }

  /** Now. */
  run(options: RekeyOptions): Promise<void> {
    return this.#run(options);
  }

  /** Resolves when nothing more is going to be written. */
  async stop(): Promise<void> {
    this.#end.abort();
    await this.#background;
  }

  async #run(options: RekeyOptions, pause?: (signal?: AbortSignal) => Promise<void>): Promise<void> {
    for (let walk = 0; walk < MOST_WALKS; walk++) {
      options.signal?.throwIfAborted();
      const keyring = await this.vault.begin();
      if (!keyring?.isRotating) return;
      await this.#walk(keyring, options, pause);
      if (await this.vault.settle(keyring)) {
        this.#left = 0;
        return;
      }
    }
    throw new SessionStoreError(
      'ABORTED',
      'other tabs keep writing with another key, and nothing is lost by that. Close or reload them, then try again',
    );
  }

  async #walk(
    { list, current }: Keyring,
    { signal, onProgress }: RekeyOptions,
    pause?: (signal?: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const { connection } = this.vault;
    const total = await countRows(connection);
    let done = 0;
    const isOld = ({ row }: StoredRow) =>
      isSealed(row)
        ? row.cipher.database !== list.database || row.cipher.key !== current.id
        : current.id !== UNENCRYPTED.id;
    for await (const slice of rowBatchesOf(connection)) {
      await pause?.(signal);
      signal?.throwIfAborted();
      const old = slice.filter(isOld);
      if (old.length > 0) {
        await this.vault.write(async (_, stage) => {
          // Whoever writes with another key now is not kept from it by what nobody waits for.
          if (pause && stage && !stage.keyring.isStored) throw new SessionStoreError('ABORTED', 'not now');
          await Promise.all(
            old.map(async (row) =>
              row.store === 'quarantine' ? stage?.resealKept(row.key) : stage?.reseal(row.store, row.key),
            ),
          );
        });
      }
      done += slice.length;
      if (onProgress) callSafely(onProgress, { done, total });
    }
  }
}

/** Waits until there is nothing better to do, or for the signal, whichever comes first. */
function idle(signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    whenIdle(resolve);
    signal?.addEventListener('abort', () => resolve());
  });
}
