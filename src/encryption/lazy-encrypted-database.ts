import type { Connection } from '../database/connection.js';
import type { ReadTransaction, WriteTransaction } from '../database/schema.js';
import type { EncryptionOptions } from './options.js';
import type { EncryptedDatabase } from './encrypted-database.js';
import { Part } from '../platform/load.js';

/** A connection through which everything is encrypted. What that takes is loaded when it is first used. */
export class LazyEncryptedDatabase implements Pick<Connection, 'read' | 'write'> {
  readonly #vault: Part<EncryptedDatabase>;

  constructor(
    readonly connection: Connection,
    { key, previousKeys = [] }: EncryptionOptions,
  ) {
    this.#vault = new Part('encryption', async () => {
      const { EncryptedDatabase } = await import('./encrypted-database.js');
      return new EncryptedDatabase(connection, [key, ...previousKeys]);
    });
  }

  async read<T>(work: (transaction: ReadTransaction) => Promise<T>, limitMs?: number): Promise<T> {
    return (await this.vault()).read(work, limitMs);
  }

  async write<T>(work: (transaction: WriteTransaction) => Promise<T>, limitMs?: number): Promise<T> {
    return (await this.vault()).write((transaction) => work(transaction), limitMs);
  }

  vault(): Promise<EncryptedDatabase> {
    return this.#vault.get();
  }

  /** Ends what goes on in idle time. */
  async stop(): Promise<void> {
    await (await this.#vault.made())?.rotation.stop();
  }
}
