import type { QuarantinedRow } from '../../types/check.js';
import type { Pace } from '../../database/pace.js';
import { ROW_FORMAT, type STORES, type WriteTransaction } from '../../database/schema.js';

/** Keeps rows that are taken out of the other stores. */
export class Quarantine {
  moved = 0;
  readonly #at = new Date().toISOString();

  constructor(
    readonly transaction: WriteTransaction,
    readonly pace: Pace,
  ) {}

  async copy(store: string, key: IDBValidKey, row: unknown, why: QuarantinedRow['why']): Promise<void> {
    await this.pace.step();
    this.moved++;
    const kept = { format: ROW_FORMAT, store, key, row, at: this.#at, why };
    await this.transaction.objectStore('quarantine').put(kept);
  }

  async move(
    store: (typeof STORES)[number],
    key: IDBValidKey,
    row: unknown,
    why: QuarantinedRow['why'],
  ): Promise<void> {
    await this.copy(store, key, row, why);
    await this.transaction.objectStore(store).delete(key as never);
  }
}
