import type { Connection } from '../database/connection.js';
import type { ReadTransaction, WriteTransaction } from '../database/schema.js';
import type { EncryptionOptions } from '../encryption/options.js';
import type { Vault } from '../encryption/vault.js';

/** A connection through which everything is encrypted. What that takes is loaded when it is first used. */
export class EncryptedConnection implements Pick<Connection, 'read' | 'write'> {
  #loading: Promise<Vault> | undefined;

  constructor(
    readonly connection: Connection,
    readonly options: EncryptionOptions,
  ) {}

  async read<T>(work: (transaction: ReadTransaction) => Promise<T>, limitMs?: number): Promise<T> {
    return (await this.vault()).read(work, limitMs);
  }

  async write<T>(work: (transaction: WriteTransaction) => Promise<T>, limitMs?: number): Promise<T> {
    return (await this.vault()).write((transaction) => work(transaction), limitMs);
  }

  vault(): Promise<Vault> {
    const { key, previousKeys = [] } = this.options;
    this.#loading ??= import('../encryption/vault.js').then(
      ({ Vault }) => new Vault(this.connection, [key, ...previousKeys]),
    );
    // Loading may succeed another time, perhaps when the device is online again.
    this.#loading.catch(() => (this.#loading = undefined));
    return this.#loading;
  }

  /** Ends what goes on in idle time. */
  async stop(): Promise<void> {
    await (await this.#loading?.catch(() => undefined))?.rotation.stop();
  }
}
