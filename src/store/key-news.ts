import type { Connection } from '../database/connection.js';
import type { StoreOptions } from './options.js';

/** Tells the application when the keys that a database needs have changed, in this tab or another. */
export class KeyNews {
  /** What is known of them; a store without a key knows that there are none. */
  #known: string | undefined;

  /** The application was told, so that it knows why reads fail. */
  hasTold = false;

  /** Resolves when what is being read of them was told. */
  heard: Promise<void> | undefined;

  constructor(
    readonly connection: Connection,
    readonly settings: StoreOptions,
  ) {
    if (!settings.encryption) this.#known = '';
  }

  /** Reads which keys there are. `mayBeOld`: nothing says that they have changed, but a change may have been missed. */
  hear(mayBeOld = false): void {
    if (this.settings.onHealth) this.heard = this.#hear(mayBeOld);
  }

  async #hear(mayBeOld: boolean): Promise<void> {
    const { name: database, options } = this.connection;
    try {
      const clock: any = await this.connection.read((transaction) =>
        transaction.objectStore('meta').get('clock'),
      );
      const keys: any[] = Array.isArray(clock?.keys) ? clock.keys : [];
      const known = String(keys.map((key) => key?.id));
      // The first key of a database that was empty is news to those only who have known others, or that there are none.
      const isFirst = clock?.turn === 1 && keys.length === 1;
      const isNews = known !== this.#known && !((mayBeOld || isFirst) && this.#known === undefined);
      this.#known = known;
      if (isNews) {
        this.hasTold = true;
        const isEncrypted = !!keys[0]?.check;
        options.tell({ type: 'keys', database, isEncrypted, isChanging: keys.length > 1 });
      }
    } catch {
      // What is wrong shows at the next call.
    }
  }
}
