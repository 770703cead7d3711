import { startingWith } from '../../database/key-order.js';
import type { ReadTransaction, WriteTransaction } from '../../database/schema.js';
import type { Run } from '../../logs/runs.js';

/** What is kept of this database's part in sync. */
export interface Standing {
  /** The random name of this database. */
  replica: string;
  /** Of the last collection. */
  push: number;
  tenant?: string;
  cursor?: string;
  generation?: string;
  /** When the server was last heard, by the clock of this device, in ms. */
  heardAt?: number;
}

/** What is known of an incarnation. */
export interface KnownSession {
  /** Its id here. */
  session: string;
  /** All up to here has been applied. */
  pulled: number;
  /** The server has something up to here. */
  behind: number;
  /** When it was last active, in ms: the newest are pulled first. */
  updatedMs: number;
  /** Everything has to be pulled again, with bodies. */
  whole?: true;
  /** It was deleted, here or elsewhere. */
  deleted?: true;
  /** The server has to be told of it again. */
  unsaid?: true;
}

/** What is known of a snapshot on the server. */
export interface KnownSnapshot {
  seq: number;
  /** When it was pushed as pending, in ms. */
  pendingAt?: number;
  /** It was pushed from here, so that it is this device that rescues it. */
  mine?: true;
}

/** What is known of a log of this database. */
export interface KnownLog {
  /** Its name on the wire, if it came from there. Our own are called after this database and their number. */
  wire?: string;
  /** What the server has of it. */
  sent: Run[];
}

/** A row of the outbox that the server did not take. */
export interface Held {
  version: number | string;
  at: number;
}

type Kinds = { session: KnownSession; snapshot: KnownSnapshot; wire: number; held: Held };

const storeOf = (transaction: ReadTransaction) => (transaction as WriteTransaction).objectStore('sync');

export const readStanding = (transaction: ReadTransaction): Promise<Standing | undefined> =>
  storeOf(transaction).get('standing');

export const putStanding = (transaction: WriteTransaction, standing: Standing): Promise<unknown> =>
  storeOf(transaction).put(standing, 'standing');

/** Rows of one kind, as one transaction reads and writes them: what it wrote it reads, even where that is not seen yet. */
export class Known {
  readonly #rows = new Map<string, unknown>();

  constructor(readonly transaction: WriteTransaction) {}

  async get<Kind extends keyof Kinds>(kind: Kind, id: string): Promise<Kinds[Kind] | undefined> {
    return (await this.#read([kind, id])) as Kinds[Kind] | undefined;
  }

  put<Kind extends keyof Kinds>(kind: Kind, id: string, row: Kinds[Kind]): Promise<unknown> {
    return this.#write([kind, id], row);
  }

  delete(kind: keyof Kinds, id: string): Promise<unknown> {
    this.#rows.set(String([kind, id]), null);
    return storeOf(this.transaction).delete([kind, id]);
  }

  async log(log: number): Promise<KnownLog> {
    return ((await this.#read(['log', log])) as KnownLog | undefined) ?? { sent: [] };
  }

  putLog(log: number, row: KnownLog): Promise<unknown> {
    return this.#write(['log', log], row);
  }

  /** All of a kind, as they are stored. */
  async all<Row>(kind: keyof Kinds | 'log'): Promise<{ keys: any[]; rows: Row[] }> {
    const store = storeOf(this.transaction);
    const range = startingWith(kind);
    return { keys: await store.getAllKeys(range), rows: await store.getAll(range) };
  }

  async #read(key: [string, string | number]): Promise<unknown> {
    const name = String(key);
    if (!this.#rows.has(name)) this.#rows.set(name, await storeOf(this.transaction).get(key as never));
    return this.#rows.get(name) ?? undefined;
  }

  #write(key: [string, string | number], row: unknown): Promise<unknown> {
    this.#rows.set(String(key), row);
    return storeOf(this.transaction).put(row, key as never);
  }
}
