import { compareKeys, finds, isRange, nameOfKey } from '../database/key-order.js';
import { isList, SHAPES } from '../database/schema.js';
import type { Cursor, RowCursor } from '../database/object-store.js';
import type { RawRows, RawStore, RowKey, RowStore } from './encrypted-row.js';

interface Entry {
  key: RowKey;
  /** `undefined` if it was deleted. */
  row: unknown;
  /** The step in which the key was first written: earlier requests still see what is stored. */
  since: number;
}

/** The object store, or one of its indexes. */
interface Source {
  raw: RawRows;
  /** A row's key in the store or index. */
  keyOf(row: unknown, key: RowKey): unknown;
  isIndex: boolean;
}

interface Found {
  at: unknown;
  key: RowKey;
  row?: unknown;
}

const inOrder = (a: Found, b: Found) => compareKeys(a.at, b.at) || compareKeys(a.key, b.key);

/**
 * An object store as it would be after the recorded puts and deletes. Nothing is written, so nothing has to be reverted
 * if the page or the transaction ends.
 */
export class UnwrittenRows implements RawStore {
  readonly #entries = new Map<string, Entry>();
  readonly #deleted: { query: unknown; since: number }[] = [];
  readonly #source: Source;
  #step = 0;

  constructor(
    readonly raw: RawStore,
    readonly name: RowStore,
  ) {
    this.#source = { raw, keyOf: (_, key) => key, isIndex: false };
  }

  async put(row: any, key: RowKey = row.id): Promise<void> {
    this.#set(key, row);
  }

  async add(row: any, key: RowKey = row.id): Promise<void> {
    const entry = this.#entries.get(nameOfKey(key));
    const isDeleted = this.#isHidden(key, this.#step);
    this.#set(key, row);
    const isTaken = isDeleted ? entry?.row !== undefined : (await this.raw.getKey(key)) !== undefined;
    if (isTaken) throw new DOMException('the key is in use', 'ConstraintError');
  }

  async delete(query: unknown): Promise<void> {
    if (!isRange(query)) return this.#set(query as RowKey, undefined);
    this.#deleted.push({ query, since: ++this.#step });
    for (const entry of this.#entries.values()) if (finds(query, entry.key)) entry.row = undefined;
  }

  async clear(): Promise<void> {
    this.#deleted.push({ query: undefined, since: ++this.#step });
    for (const entry of this.#entries.values()) entry.row = undefined;
  }

  index(name: string): RawRows {
    const keyPath = SHAPES[this.name].indexes![name]!;
    // What is written has entries that are not encrypted yet, so this index is asked only before anything is.
    if (isList(keyPath)) return this.raw.index(name);
    const paths = keyPath.map((path) => path.split('.'));
    const keyOf = (row: unknown) => {
      const parts = paths.map((path) => path.reduce((value: any, part) => value?.[part], row));
      return parts.includes(undefined) ? undefined : parts;
    };
    const source: Source = { raw: this.raw.index(name), keyOf, isIndex: true };
    return {
      name,
      get: (query) => this.#get(source, query),
      getKey: (query) => this.#getKey(source, query),
      getAll: (query, count) => this.#getAll(source, query, count),
      getAllKeys: (query, count) => this.#getAllKeys(source, query, count),
      count: (query) => this.#count(source, query),
      openKeyCursor: (query, direction) => this.#openKeyCursor(source, query, direction),
    };
  }

  get(query: unknown): Promise<any> {
    return this.#get(this.#source, query);
  }

  getKey(query: unknown): Promise<any> {
    return this.#getKey(this.#source, query);
  }

  getAll(query?: unknown, count?: number): Promise<any[]> {
    return this.#getAll(this.#source, query, count);
  }

  getAllKeys(query?: unknown, count?: number): Promise<any[]> {
    return this.#getAllKeys(this.#source, query, count);
  }

  count(query?: unknown): Promise<number> {
    return this.#count(this.#source, query);
  }

  openKeyCursor(query?: unknown, direction?: 'next' | 'prev'): Promise<Cursor<any, any> | null> {
    return this.#openKeyCursor(this.#source, query, direction);
  }

  async openCursor(direction?: 'next' | 'prev'): Promise<RowCursor<any, any> | null> {
    if (this.#step === 0) return this.raw.openCursor(direction);
    const isDown = direction === 'prev';
    const [own, step] = [this.#own(this.#source, undefined, isDown), this.#step];
    return this.#merged(await this.raw.openCursor(direction), own, isDown, step);
  }

  #set(key: RowKey, row: unknown): void {
    const name = nameOfKey(key);
    const since = this.#entries.get(name)?.since ?? this.#step + 1;
    this.#step++;
    this.#entries.set(name, { key, row, since });
  }

  async #get(source: Source, query: unknown): Promise<any> {
    if (this.#step === 0) return source.raw.get(query);
    if (source.isIndex || isRange(query)) return (await this.#find(source, query, true, 1))[0]?.row;
    const entry = this.#entries.get(nameOfKey(query));
    return entry
      ? entry.row
      : this.#isHidden(query as RowKey, this.#step)
        ? undefined
        : source.raw.get(query);
  }

  async #getKey(source: Source, query: unknown): Promise<any> {
    if (this.#step === 0) return source.raw.getKey(query);
    return (await this.#find(source, query, false, 1))[0]?.key;
  }

  async #getAll(source: Source, query: unknown, count?: number): Promise<any[]> {
    if (this.#step === 0) return source.raw.getAll(query, count);
    return (await this.#find(source, query, true, count)).map(({ row }) => row);
  }

  async #getAllKeys(source: Source, query: unknown, count?: number): Promise<any[]> {
    if (this.#step === 0) return source.raw.getAllKeys(query, count);
    return (await this.#find(source, query, false, count)).map(({ key }) => key);
  }

  async #count(source: Source, query: unknown): Promise<number> {
    if (this.#step === 0) return source.raw.count(query);
    return (await this.#find(source, query, false)).length;
  }

  async #openKeyCursor(
    source: Source,
    query: unknown,
    direction?: 'next' | 'prev',
  ): Promise<Cursor<any, any> | null> {
    if (this.#step === 0) return source.raw.openKeyCursor(query, direction);
    const isDown = direction === 'prev';
    const [own, step] = [this.#own(source, query, isDown), this.#step];
    return this.#merged(await source.raw.openKeyCursor(query, direction), own, isDown, step);
  }

  /** The recorded rows that a query matches. */
  #own({ keyOf }: Source, query: unknown, isDown = false): Found[] {
    const found: Found[] = [];
    for (const { key, row } of this.#entries.values()) {
      const at = row === undefined ? undefined : keyOf(row, key);
      if (at !== undefined && finds(query, at)) found.push({ at, key, row });
    }
    found.sort(inOrder);
    return isDown ? found.reverse() : found;
  }

  /** Whether the stored row of a key had been deleted or overwritten by that step. */
  #isHidden(key: RowKey, step: number): boolean {
    const entry = this.#entries.get(nameOfKey(key));
    if (entry && entry.since <= step) return true;
    return this.#deleted.some(({ query, since }) => since <= step && finds(query, key));
  }

  /** Up to `count` matches in key order; keys only, unless `withRows`. */
  async #find(source: Source, query: unknown, withRows: boolean, count?: number): Promise<Found[]> {
    const { raw, keyOf, isIndex } = source;
    const [own, step] = [this.#own(source, query), this.#step];
    const needsRows = withRows || (isIndex && own.length > 0);
    let seen: Found[];
    for (let limit = count; ; limit! *= 4) {
      const [keys, rows] = await Promise.all([
        raw.getAllKeys(query, limit),
        needsRows ? raw.getAll(query, limit) : undefined,
      ]);
      const stored = keys.map((key, i): Found => ({
        at: needsRows && keyOf(rows![i], key),
        key,
        row: rows?.[i],
      }));
      seen = stored.filter(({ key }) => !this.#isHidden(key, step));
      // Reads more only if too many of these are hidden.
      if (!count || seen.length >= count || keys.length < limit!) break;
    }
    if (own.length === 0) return seen.slice(0, count);
    const found = isIndex || needsRows ? seen : seen.map(({ key }) => ({ at: key, key }));
    return [...found, ...own].sort(inOrder).slice(0, count);
  }

  async #merged(
    stored: StoredCursor | null,
    own: readonly Found[],
    isDown: boolean,
    step: number,
    next = 0,
  ): Promise<RowCursor<any, any> | null> {
    let cursor = stored;
    while (cursor && this.#isHidden(cursor.primaryKey, step)) cursor = await cursor.continue();
    const first = own[next];
    const theirs = cursor && { at: cursor.key, key: cursor.primaryKey, row: cursor.value };
    const isOwn = first && (!theirs || inOrder(first, theirs) < 0 !== isDown);
    const current = isOwn ? first : theirs;
    if (!current) return null;
    const following = async () =>
      isOwn
        ? this.#merged(cursor, own, isDown, step, next + 1)
        : this.#merged(await cursor!.continue(), own, isDown, step, next);
    return {
      key: current.at,
      primaryKey: current.key,
      value: current.row,
      continue: following,
      advance: async (count) => {
        let at = await following();
        for (let left = count - 1; at && left > 0; left--) at = await at.continue();
        return at;
      },
    };
  }
}

/** A cursor over stored keys or rows. */
interface StoredCursor extends Cursor<any, any> {
  readonly value?: unknown;
  continue(): Promise<StoredCursor | null>;
}
