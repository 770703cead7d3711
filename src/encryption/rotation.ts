import type { Connection } from '../database/connection.js';
import { alone, whenIdle } from '../database/idle.js';
import type { WriteTransaction } from '../database/schema.js';
import { UNENCRYPTED, type Keyring } from './keyring.js';
import { isSealed } from './sealed-rows.js';
import { countRows, slicesOf } from './slices.js';
import type { Stage } from './stage.js';

/** How far a rotation has come, in rows. */
export interface RekeyProgress {
  done: number;
  /** What there was when it began; roughly. */
  total: number;
}

export interface RekeyOptions {
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: RekeyProgress) => void) | undefined;
}

/** What a rotation needs of a vault. */
interface Rotating {
  connection: Connection;
  keyring(): Promise<Keyring | undefined>;
  write<T>(work: (transaction: WriteTransaction, stage?: Stage) => Promise<T>): Promise<T>;
  settle(keyring: Keyring): Promise<void>;
}

/**
 * Writes everything anew that is not under the current key. Each slice of it is whole by itself, and the other keys
 * stay on the database's list until nothing needs them, so it can be stopped or killed at any point.
 */
export class Rotation {
  readonly #end = new AbortController();
  #background: Promise<void> | undefined;

  constructor(readonly vault: Rotating) {}

  /** In idle time, in one tab at a time. */
  schedule(): void {
    const { signal } = this.#end;
    if (signal.aborted) return;
    this.#background ??= idle(signal)
      .then(() => alone(`offshoot:${this.vault.connection.name}:rekey`, () => this.#run({ signal }, idle)))
      // Whatever went wrong, whoever uses the database next is told, or it goes better the next time.
      .catch(() => {})
      .finally(() => (this.#background = undefined));
  }

  /** Now. */
  run(options: RekeyOptions): Promise<void> {
    return this.#run(options, async () => {});
  }

  /** Resolves when nothing more is going to be written. */
  async stop(): Promise<void> {
    this.#end.abort();
    await this.#background;
  }

  async #run(
    { signal, onProgress }: RekeyOptions,
    pause: (signal?: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const { connection } = this.vault;
    signal?.throwIfAborted();
    const keyring = await this.vault.keyring();
    if (!keyring?.isRotating) return;
    const total = await countRows(connection);
    let done = 0;
    for await (const slice of slicesOf(connection)) {
      await pause(signal);
      signal?.throwIfAborted();
      const old = slice.filter(({ row }) => keyOf(row) !== keyring.current.id);
      if (old.length > 0) {
        await this.vault.write(async (_, stage) => {
          await Promise.all(old.map(async ({ place }) => stage?.reseal(place)));
        });
      }
      done += slice.length;
      onProgress?.({ done, total });
    }
    await this.vault.settle(keyring);
  }
}

const keyOf = (row: unknown) => (isSealed(row) ? row.cipher.key : UNENCRYPTED.id);

/** Waits until there is nothing better to do, or for the signal, whichever comes first. */
function idle(signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    whenIdle(resolve);
    signal?.addEventListener('abort', () => resolve());
  });
}
