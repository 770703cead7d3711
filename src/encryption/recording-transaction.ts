import type { QuarantinedRow } from '../types/check.js';
import type { RowCursor } from '../database/object-store.js';
import { isReceipt } from '../database/receipt.js';
import {
  ROW_FORMAT,
  type Cipher,
  type LogKey,
  type StoreName,
  type WriteTransaction,
} from '../database/schema.js';
import { SessionStoreError } from '../errors.js';
import { unencryptable, UnfitEntry } from './unencryptable-error.js';
import type { Keyring } from './keyring.js';
import type { Locked, Opening } from './decrypted-cache.js';
import { Plaintext } from './plaintext.js';
import { like, rawStore, rowsLike, type RawRows, type RawStore, type Write } from './raw-rows.js';
import {
  belongs,
  columnsOf,
  cipherFingerprint,
  isSealed,
  addressesOf,
  type StoredRowAddress,
  type RowAddress,
  type RowKey,
  type RowStore,
} from './encrypted-row.js';
import { UnwrittenRows } from './unwritten-rows.js';

/** Whatever asked for a row that has yet to be opened is going to be done again. Of several saves only the one. */
class NotOpened extends SessionStoreError {
  constructor() {
    super('INTERNAL', 'the row has yet to be decrypted');
  }
}

/**
 * A transaction in which rows look as if they were not encrypted. Decrypting takes time that a transaction does not
 * have, so what was not opened before is noted in `locked`, and what asked for it fails. Encrypting does too, so
 * nothing is written: `writes` are to be done in another transaction, and until then rows look as if they had been.
 */
export class RecordingTransaction {
  readonly locked = new Map<string, Locked>();
  readonly writes: Write[] = [];
  /** What was wrong with what was to be written; whoever asked for it may not have waited to hear. */
  failure: unknown;
  /** Has the list of keys written down even if nothing else is. */
  isListed = false;
  /** With what it is all going to be written, if that is not the keyring; `null` for no encryption. */
  settled: Keyring | null | undefined;
  /** Where it was, as long as that is not known. */
  #unfit: UnfitEntry | undefined;
  readonly #clockBefore: number;
  readonly #stores = new Map<RowStore, UnwrittenRows>();
  readonly #unreadable = new WeakSet<object>();
  readonly #requests = new Set<Promise<unknown>>();

  constructor(
    readonly raw: WriteTransaction,
    readonly keyring: Keyring,
    readonly opening: Opening,
    public clock: number,
  ) {
    this.#clockBefore = clock;
  }

  /** Whether nothing was asked to be written. */
  get isUnchanged(): boolean {
    return this.writes.length === 0 && this.clock === this.#clockBefore && !this.isListed;
  }

  /** As history knows it. */
  get transaction(): WriteTransaction {
    return { objectStore: (name) => this.#objectStore(name) };
  }

  /** Waits for what nobody waits for any more, so that all that is locked is known at once. */
  async settle(): Promise<void> {
    while (this.#requests.size > 0) await Promise.allSettled([...this.#requests]);
  }

  /** Writes a row as it is, under the current key; leaves alone what cannot be read. */
  reseal(store: RowStore, key: RowKey): Promise<void> {
    return this.#watched(this.#reseal(store, key));
  }

  /** The same for what is in the quarantine. */
  resealKept(key: number): Promise<void> {
    return this.#watched(this.#resealKept(key));
  }

  async #reseal(store: RowStore, key: RowKey): Promise<void> {
    const row: object | undefined = await this.#get(store, this.stored(store), key);
    if (row === undefined || this.#unreadable.has(row)) return;
    await this.#put('put', store, row, store === 'logs' ? key : undefined);
  }

  async #resealKept(key: number): Promise<void> {
    const kept: QuarantinedRow | undefined = await rawStore(this.raw, 'quarantine').get(key);
    if (kept) this.#keep(kept, key);
  }

  /** Rows as they are stored, and those that are going to be with their plaintext in place of a cipher. */
  stored(store: RowStore): RawStore {
    const known = this.#stores.get(store);
    if (known) return known;
    const rows = new UnwrittenRows(rawStore(this.raw, store), store);
    this.#stores.set(store, rows);
    return rows;
  }

  #objectStore(store: StoreName): RawStore {
    if (store === 'meta') return this.#meta();
    if (store === 'quarantine') return this.#quarantine();
    const raw = this.stored(store);
    return {
      ...this.#rows(store, raw),
      index: (name) => this.#rows(store, raw.index(name)),
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

  /** All is as it is there but the clock, which is another thing here. */
  #meta(): RawStore {
    const raw = rawStore(this.raw, 'meta');
    return {
      ...like(raw),
      get: async (key) => (key === 'clock' ? this.clock || undefined : raw.get(key)),
      getAll: async () => {
        const [keys, rows] = await Promise.all([raw.getAllKeys(), raw.getAll()]);
        return rows.map((row, index) => (keys[index] === 'clock' ? this.clock : row));
      },
      put: async (row, key) => {
        if (key === 'clock') this.clock = row;
        // Who writes all this leaves a receipt of their own.
        else if (!isReceipt(key)) this.writes.push({ kind: 'raw', store: 'meta', row, key });
      },
      delete: async (key) => {
        // The keys are beside the clock, and must stay.
        if (key === 'clock') this.clock++;
        else this.writes.push({ kind: 'delete meta', key });
      },
    };
  }

  /** What nobody could open may be opened some day, so it is kept as it was stored. */
  #quarantine(): RawStore {
    return {
      ...like(rawStore(this.raw, 'quarantine')),
      put: async (kept: QuarantinedRow & { store: RowStore | 'meta'; key: RowKey }) => {
        const row: unknown = await rawStore(this.raw, kept.store).get(kept.key);
        if (isSealed(row)) this.writes.push({ kind: 'raw', store: 'quarantine', row: { ...kept, row } });
        else this.#keep({ ...kept, row });
      },
      clear: async () => void this.writes.push({ kind: 'clear', store: 'quarantine' }),
    };
  }

  #keep(kept: QuarantinedRow, key?: number): void {
    const { row } = kept;
    const places = addressesOf(kept);
    if (!isSealed(row)) return this.#keepAs(places[0], kept, this.#plaintextOf('quarantine', row), key);
    const opened = places.map((place) => this.#opened(place, row.cipher));
    const whole = opened.findIndex((plaintext) => plaintext instanceof Plaintext);
    if (whole !== -1) this.#keepAs(places[whole]!, kept, opened[whole] as Plaintext, key);
    else if (opened.includes('locked')) throw new NotOpened();
  }

  #keepAs(
    place: RowAddress | StoredRowAddress,
    kept: QuarantinedRow,
    plaintext: Plaintext,
    key?: number,
  ): void {
    this.writes.push({ kind: 'kept', place, kept, plaintext, key });
  }

  #rows(store: RowStore, raw: RawRows): RawRows {
    return {
      ...rowsLike(raw),
      get: (query) => this.#watched(this.#get(store, raw, query)),
      getAll: (query, count) => this.#watched(this.#getAll(store, raw, query, count)),
    };
  }

  #watched<T>(request: Promise<T>): Promise<T> {
    this.#requests.add(request);
    void request.catch(() => {}).finally(() => this.#requests.delete(request));
    return request;
  }

  async #get(store: RowStore, raw: RawRows, query: unknown): Promise<any> {
    // A log's row does not know its own key.
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

  /** The row as it was before it was encrypted; a stump if it cannot be opened, or does not belong here. */
  #shown(store: RowStore, stored: any, key: RowKey = stored?.id): any {
    if (stored === undefined) return undefined;
    if (stored.cipher instanceof Plaintext) return stored.cipher.toRow();
    if (!isSealed(stored)) {
      const isExpected = this.keyring.takesUnencrypted && !('cipher' in stored);
      return isExpected ? stored : this.#unreadableRow(store, stored);
    }
    const place: RowAddress = [store, key];
    const plaintext = this.#opened(place, stored.cipher);
    if (plaintext === 'locked') throw new NotOpened();
    const row = plaintext?.toRow();
    return row && belongs(place, stored, row) ? row : this.#unreadableRow(store, stored);
  }

  /** What is not opened yet is going to be. */
  #opened(place: RowAddress | StoredRowAddress, cipher: Cipher): Plaintext | undefined | 'locked' {
    const print = cipherFingerprint(place, cipher);
    const plaintext = this.opening.get(print);
    if (plaintext === 'locked') this.locked.set(print, { place, cipher });
    return plaintext;
  }

  /** Enough for the row to be found and deleted by. */
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

  /** A row as its key tells of it, unless it is known to be damaged: nobody could hold all that is in all logs. */
  #outline(key: LogKey, stored: unknown): unknown {
    if (!isSealed(stored)) return this.#shown('logs', stored, key);
    // It cannot be read, unless the list of keys turns out not to be the right one.
    if (!this.keyring.explains(stored.cipher)) this.#opened(['logs', key], stored.cipher);
    else if (!this.opening.remembered.isDamaged(cipherFingerprint(['logs', key], stored.cipher))) {
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
    const plaintext = this.#plaintextOf(store, row, key);
    const columns = columnsOf(store, row);
    this.writes.push({ kind: 'row', how, store, key: key ?? row.id, columns, plaintext });
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
