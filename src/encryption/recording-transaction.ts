import type { QuarantinedRow } from '../types/check.js';
import type { RowCursor } from '../database/object-store.js';
import { withEntries } from '../database/entries.js';
import { isSyncing } from '../database/rows.js';
import { isReceipt } from '../database/transaction.js';
import {
  ROW_FORMAT,
  type Cipher,
  type Entry,
  type LogKey,
  type StoreName,
  type WriteTransaction,
} from '../database/schema.js';
import { SessionStoreError } from '../errors.js';
import { removeUndefined } from '../values/property.js';
import { ownOf } from '../values/schema.js';
import { unencryptable, UnfitEntry } from './unencryptable-error.js';
import type { Keyring } from './keyring.js';
import type { Locked, DecryptedRows } from './decrypted-cache.js';
import { byLabel } from './labels.js';
import { Plaintext } from './cipher.js';
import {
  addressesOf,
  belongs,
  cipherFingerprint,
  columnsOf,
  hasCipher,
  like,
  type RawRows,
  rawStore,
  type RawStore,
  type RowAddress,
  type RowKey,
  rowsLike,
  type RowStore,
  type StoredRowAddress,
  type Write,
} from './encrypted-row.js';
import { answeredOnce } from './answered-once.js';
import { UnwrittenRows } from './unwritten-rows.js';

/** Thrown for a row that is not decrypted yet; the operation, or one save of several, is rehearsed again. */
class NotDecrypted extends SessionStoreError {
  constructor() {
    super('INTERNAL', 'the row has yet to be decrypted');
  }
}

/**
 * A transaction in which rows look unencrypted. It cannot wait for WebCrypto, so a row that is not decrypted yet is
 * noted in `locked`, and the request for it fails. Writes are only recorded in `writes`, to be encrypted and committed
 * in another transaction; requests see them as if they were stored.
 */
export class RecordingTransaction {
  readonly locked = new Map<string, Locked>();
  /** Labels of the index `where` whose hashes have yet to be made, which is noted in the same way. */
  readonly unhashed = new Set<string>();
  readonly writes: Write[] = [];
  /** The error of a recorded write, since its caller may not have awaited it. */
  failure: unknown;
  /** Commits the list of keys even if nothing else is written. */
  isListed = false;
  /** The keyring to encrypt with in place of `keyring`; `null` for none. */
  settled: Keyring | null | undefined;
  /** The entry that cannot be encrypted, as long as its snapshot is not known. */
  #unfit: UnfitEntry | undefined;
  readonly #clockBefore: number;
  readonly #stores = new Map<RowStore, UnwrittenRows>();
  readonly #unreadable = new WeakSet<object>();
  readonly #requests = new Set<Promise<unknown>>();

  constructor(
    readonly raw: WriteTransaction,
    readonly keyring: Keyring,
    readonly decrypted: DecryptedRows,
    public clock: number,
    /** Whether the database syncs. */
    public syncs: boolean,
    /** The database's stamp. */
    readonly stamp?: string,
  ) {
    this.#clockBefore = clock;
  }

  /** Whether no write was recorded. */
  get isUnchanged(): boolean {
    return this.writes.length === 0 && this.clock === this.#clockBefore && !this.isListed;
  }

  /** The transaction as `snapshots` sees it. */
  get transaction(): WriteTransaction {
    return { objectStore: (name) => this.#objectStore(name), isScattered: this.keyring.isRotating };
  }

  /** Waits for requests that nobody awaits, so that all locked rows are known at once. */
  async settle(): Promise<void> {
    while (this.#requests.size > 0) await Promise.allSettled([...this.#requests]);
  }

  /** Writes a row again under the current key; skips unreadable rows. */
  encryptAgain(store: RowStore, key: RowKey): Promise<void> {
    return this.#watched(this.#encryptAgain(store, key));
  }

  /** The same for a row in the quarantine. */
  encryptKeptAgain(key: number): Promise<void> {
    return this.#watched(this.#encryptKeptAgain(key));
  }

  async #encryptAgain(store: RowStore, key: RowKey): Promise<void> {
    const row: object | undefined = await this.#get(store, this.stored(store), key);
    if (row === undefined || this.#unreadable.has(row)) return;
    await this.#put('put', store, row, store === 'logs' ? key : undefined);
  }

  async #encryptKeptAgain(key: number): Promise<void> {
    const kept: QuarantinedRow | undefined = await rawStore(this.raw, 'quarantine').get(key);
    if (kept) this.#keep(kept, key);
  }

  /** Rows as they are stored; recorded ones have their plaintext in place of a cipher. */
  stored(store: RowStore): RawStore {
    const known = this.#stores.get(store);
    if (known) return known;
    const rows = new UnwrittenRows(this.#answered(store), store);
    this.#stores.set(store, rows);
    return rows;
  }

  /** The store, of which nothing is read again that an earlier rehearsal has read: large rows take long. */
  #answered(store: RowStore): RawStore {
    const raw = rawStore(this.raw, store);
    const { stamp, keyring, decrypted } = this;
    // Rows that are not encrypted are shown as they are, and may be changed.
    if (stamp === undefined || keyring.takesUnencrypted) return raw;
    return answeredOnce(raw, decrypted.answersAt(stamp));
  }

  #objectStore(store: StoreName): RawStore {
    if (store === 'meta') return this.#meta();
    if (store === 'quarantine') return this.#quarantine();
    if (store === 'outbox' || store === 'sync') return this.#unencrypted(store);
    const raw = this.stored(store);
    return {
      ...this.#rows(store, raw),
      index: (name) =>
        this.#rows(store, name === 'where' ? byLabel(raw.index(name), this.#hashOf) : raw.index(name)),
      openCursor: async (direction) => this.#outlines(await raw.openCursor(direction)),
      put: (row, key) => this.#put('put', store, row, key),
      add: (row, key) => this.#put('add', store, row, key),
      delete: (query) => {
        this.writes.push({ kind: 'delete', store, range: query });
        return raw.delete(query);
      },
      clear: () => {
        this.writes.push({ kind: 'clear', store });
        return raw.clear();
      },
    };
  }

  /** The clock as an unencrypted database has it. */
  get #signed(): number {
    return this.syncs ? -this.clock : this.clock;
  }

  /** A store of rows that hold nothing to be encrypted. What was written is not seen before it is committed. */
  #unencrypted(store: 'outbox' | 'sync'): RawStore {
    return {
      ...like(rawStore(this.raw, store)),
      put: async (row, key) => void this.writes.push({ kind: 'raw', store, row, key }),
      delete: async (key) => void this.writes.push({ kind: 'delete raw', store, key }),
      clear: async () => void this.writes.push({ kind: 'clear', store }),
    };
  }

  /** `meta` as it is stored, except for the clock, which is locked there. */
  #meta(): RawStore {
    const raw = rawStore(this.raw, 'meta');
    return {
      ...like(raw),
      get: async (key) => (key === 'clock' ? this.#signed || undefined : raw.get(key)),
      getAll: async () => {
        const [keys, rows] = await Promise.all([raw.getAllKeys(), raw.getAll()]);
        return rows.map((row, index) => (keys[index] === 'clock' ? this.#signed : row));
      },
      put: async (row, key) => {
        if (key === 'clock') {
          this.clock = Math.abs(row);
          this.syncs = isSyncing(row);
        }
        // The commit leaves a receipt of its own.
        else if (!isReceipt(key)) this.writes.push({ kind: 'raw', store: 'meta', row, key });
      },
      delete: async (key) => {
        // The list of keys is stored in the clock's row and must stay.
        if (key === 'clock') this.clock++;
        else this.writes.push({ kind: 'delete raw', store: 'meta', key });
      },
    };
  }

  /** Keeps an unreadable row as it was stored, since another key may decrypt it later. */
  #quarantine(): RawStore {
    return {
      ...like(rawStore(this.raw, 'quarantine')),
      put: async (kept: QuarantinedRow & { store: RowStore | 'meta'; key: RowKey }) => {
        const row: unknown = await rawStore(this.raw, kept.store).get(kept.key);
        if (hasCipher(row)) this.writes.push({ kind: 'raw', store: 'quarantine', row: { ...kept, row } });
        else this.#keep({ ...kept, row });
      },
      clear: async () => void this.writes.push({ kind: 'clear', store: 'quarantine' }),
    };
  }

  #keep(kept: QuarantinedRow, key?: number): void {
    const { row } = kept;
    const addresses = addressesOf(kept);
    if (!hasCipher(row)) return this.#keepAs(addresses[0], kept, this.#plaintextOf('quarantine', row), key);
    const decrypted = addresses.map((address) => this.#plaintextAt(address, row.cipher));
    const whole = decrypted.findIndex((plaintext) => plaintext instanceof Plaintext);
    if (whole !== -1) this.#keepAs(addresses[whole]!, kept, decrypted[whole] as Plaintext, key);
    else if (decrypted.includes('locked')) throw new NotDecrypted();
  }

  #keepAs(
    address: RowAddress | StoredRowAddress,
    kept: QuarantinedRow,
    plaintext: Plaintext,
    key?: number,
  ): void {
    this.writes.push({ kind: 'kept', address, kept, plaintext, key });
  }

  #rows(store: RowStore, raw: RawRows): RawRows {
    return {
      ...rowsLike(raw),
      get: (query) => this.#watched(this.#get(store, raw, query)),
      getAll: (query, count) => this.#watched(this.#getAll(store, raw, query, count)),
    };
  }

  readonly #hashOf = (label: string): string => {
    const hash = this.keyring.labels?.known(label);
    if (hash !== undefined) return hash;
    this.unhashed.add(label);
    throw new NotDecrypted();
  };

  #watched<T>(request: Promise<T>): Promise<T> {
    this.#requests.add(request);
    void request.catch(() => {}).finally(() => this.#requests.delete(request));
    return request;
  }

  async #get(store: RowStore, raw: RawRows, query: unknown): Promise<any> {
    // A log's row does not contain its key.
    const [row, key] = await Promise.all([raw.get(query), store === 'logs' ? raw.getKey(query) : undefined]);
    return this.#shown(store, row, key);
  }

  async #getAll(store: RowStore, raw: RawRows, query: unknown, count?: number): Promise<any[]> {
    const [rows, keys] = await Promise.all([
      raw.getAll(query, count),
      store === 'logs' ? raw.getAllKeys(query, count) : undefined,
    ]);
    let locked: unknown;
    const shown = rows.map((row, index) => {
      try {
        return this.#shown(store, row, keys?.[index]);
      } catch (error) {
        return void (locked = error);
      }
    });
    if (locked) throw locked;
    return shown;
  }

  /** The decrypted row; an unreadable row if it cannot be decrypted or does not belong at its address. */
  #shown(store: RowStore, stored: any, key: RowKey = stored?.id): any {
    if (stored === undefined) return undefined;
    if (stored.cipher instanceof Plaintext) return stored.cipher.toRow();
    if (!hasCipher(stored)) {
      const isExpected = this.keyring.takesUnencrypted && !('cipher' in stored);
      return isExpected ? stored : this.#unreadableRow(store, stored);
    }
    const address: RowAddress = [store, key];
    const plaintext = this.#plaintextAt(address, stored.cipher);
    if (plaintext === 'locked') throw new NotDecrypted();
    const row = plaintext?.toRow();
    if (!row || !belongs(address, stored, row)) return this.#unreadableRow(store, stored);
    return store === 'sessions' ? withEntries(row) : row;
  }

  /** The plaintext, if it is decrypted; otherwise notes it as locked and throws. */
  #plaintextAt(address: RowAddress | StoredRowAddress, cipher: Cipher): Plaintext | undefined | 'locked' {
    const print = cipherFingerprint(address, cipher);
    const plaintext = this.decrypted.get(print);
    if (plaintext === 'locked') this.locked.set(print, { address, cipher });
    return plaintext;
  }

  /** The readable columns, enough to find and delete the row. */
  #unreadableRow(store: RowStore, stored: any): object {
    const unreadableRow = columnsOf(store, stored);
    this.#unreadable.add(unreadableRow);
    return unreadableRow;
  }

  #outlines(cursor: RowCursor<any, LogKey> | null): RowCursor<any, LogKey> | null {
    return (
      cursor && {
        ...cursor,
        value: this.#outline(cursor.key, cursor.value),
        continue: async () => this.#outlines(await cursor.continue()),
        advance: async (count) => this.#outlines(await cursor.advance(count)),
      }
    );
  }

  /** A log's row as its key describes it, unless it is known to be damaged: all entries would not fit into memory. */
  #outline(key: LogKey, stored: unknown): unknown {
    if (!hasCipher(stored)) return this.#shown('logs', stored, key);
    // A row that the list does not account for is decrypted, to find out whether the list is wrong.
    if (!this.keyring.explains(stored.cipher)) this.#plaintextAt(['logs', key], stored.cipher);
    else if (!this.decrypted.remembered.isDamaged(cipherFingerprint(['logs', key], stored.cipher))) {
      const [, end, at, size] = key;
      return { format: ROW_FORMAT, at, size, entries: Array.from({ length: end - at }) };
    }
    return {};
  }

  async #put(how: 'put' | 'add', store: RowStore, row: any, key?: RowKey): Promise<void> {
    const refused = store === 'snapshots' && this.#unfit?.refusedIn(row);
    if (refused) {
      this.failure = refused;
      this.#unfit = undefined;
    }
    const entered = store === 'sessions' ? withEntries(row, this.raw.indexed) : row;
    const where = store === 'sessions' ? (ownOf(entered, 'where') as Entry[] | undefined) : undefined;
    // The entries follow from the row; only their hashes are stored with it.
    const rest = where ? removeUndefined({ ...entered, where: undefined }) : row;
    const plaintext = this.#plaintextOf(store, rest, key);
    const columns = columnsOf(store, rest);
    this.writes.push({ kind: 'row', how, store, key: key ?? row.id, columns, where, plaintext });
    await this.stored(store)[how]({ ...columns, cipher: plaintext }, key);
  }

  #plaintextOf(store: RowStore | 'quarantine', row: any, key?: RowKey): Plaintext {
    try {
      return Plaintext.of(row);
    } catch (cause) {
      if (!this.failure && store === 'logs') this.#unfit = new UnfitEntry((key as LogKey)[0], row, cause);
      this.failure ??= unencryptable(store, row, cause);
      throw this.failure;
    }
  }
}
