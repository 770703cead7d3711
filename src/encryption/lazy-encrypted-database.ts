import type { Connection } from '../database/connection.js';
import type { ReadTransaction, WriteTransaction } from '../database/schema.js';
import type { EncryptionOptions } from './options.js';
import type { EncryptedDatabase } from './encrypted-database.js';
import { Part } from '../runtime/load.js';

/** Stands in for a connection, with encryption. Most of its code is loaded at the first use. */
export class LazyEncryptedDatabase implements Pick<Connection, 'read' | 'write'> {
  readonly #database: Part<EncryptedDatabase>;

  constructor(
    readonly connection: Connection,
    { key, previousKeys = [] }: EncryptionOptions,
  ) {
    this.#database = new Part(
      'encryption',
      () => import('./encrypted-database.js'),
      ({ EncryptedDatabase }) => new EncryptedDatabase(connection, [key, ...previousKeys]),
    );
  }

  async read<T>(work: (transaction: ReadTransaction) => Promise<T>, limitMs?: number): Promise<T> {
    return (await this.database()).read(work, limitMs);
  }

  async write<T>(work: (transaction: WriteTransaction) => Promise<T>, limitMs?: number): Promise<T> {
    return (await this.database()).write((transaction) => work(transaction), limitMs);
  }

  database(): Promise<EncryptedDatabase> {
    return this.#database.get();
  }

  /** Ends idle work. */
  async stop(): Promise<void> {
    await (await this.#database.made())?.rotation.stop();
  }
}
