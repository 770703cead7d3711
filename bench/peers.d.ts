// As much of the other libraries' types as the variants use: the libraries themselves are installed only to run the
// bench, and the typecheck must pass without them. Where they are installed, these declarations still win.

declare module 'fast-json-patch' {
  export interface Operation {
    op: string;
    path: string;
    value?: unknown;
  }
  export function compare(before: object, after: object): Operation[];
  export function applyPatch(document: object, patch: Operation[]): unknown;
}

declare module '@sqlite.org/sqlite-wasm' {
  export interface Statement {
    bind(values: unknown[]): Statement;
    step(): boolean;
    reset(): Statement;
    finalize(): void;
    getString(column: number): string;
    getInt(column: number): number;
  }
  export interface Database {
    exec(sql: string): Database;
    prepare(sql: string): Statement;
    close(): void;
  }
  export interface SAHPoolUtil {
    OpfsSAHPoolDb: new (name: string) => Database;
    pauseVfs(): SAHPoolUtil;
  }
  export default function sqlite3InitModule(): Promise<{
    installOpfsSAHPoolVfs(options: object): Promise<SAHPoolUtil>;
  }>;
}

declare module 'dexie' {
  export interface Collection<T> {
    last(): Promise<T | undefined>;
    reverse(): Collection<T>;
    limit(count: number): Collection<T>;
    toArray(): Promise<T[]>;
  }
  export interface WhereClause<T> {
    between(lower: unknown, upper: unknown, includeLower?: boolean, includeUpper?: boolean): Collection<T>;
    below(upper: unknown): Collection<T>;
  }
  export interface Table<T, Key> {
    get(key: Key): Promise<T | undefined>;
    put(row: T): Promise<Key>;
    bulkGet(keys: Key[]): Promise<(T | undefined)[]>;
    bulkPut(rows: T[]): Promise<Key>;
    where(index: string): WhereClause<T>;
  }
  export class Dexie {
    static readonly minKey: unknown;
    static readonly maxKey: unknown;
    constructor(name: string, options?: { chromeTransactionDurability?: 'relaxed' | 'strict' | 'default' });
    version(version: number): { stores(schema: Record<string, string>): void };
    table<T, Key>(name: string): Table<T, Key>;
    open(): Promise<Dexie>;
    close(): void;
    transaction<R>(mode: 'r' | 'rw', ...tablesAndWork: [...Table<any, any>[], () => Promise<R>]): Promise<R>;
  }
  export function liveQuery<T>(query: () => Promise<T>): { subscribe(next: (value: T) => void): unknown };
}

declare module 'rxdb' {
  export type RxDocument<T> = T & {
    toJSON(): T;
    incrementalModify(change: (row: T) => T): Promise<unknown>;
  };
  export interface RxQuery<T> {
    exec(): Promise<T>;
    $: { subscribe(next: (value: T) => void): unknown };
  }
  export interface MangoQuery<T> {
    selector: { [Key in keyof T]?: T[Key] | { $lt: T[Key] } };
    sort?: { [Key in keyof T]?: 'asc' | 'desc' }[];
    limit?: number;
  }
  export interface RxCollection<T> {
    insert(row: T): Promise<unknown>;
    bulkInsert(rows: T[]): Promise<unknown>;
    upsert(row: T): Promise<unknown>;
    find(query: MangoQuery<T>): RxQuery<RxDocument<T>[]>;
    findOne(query: MangoQuery<T> | string): RxQuery<RxDocument<T> | null>;
    findByIds(ids: string[]): RxQuery<Map<string, RxDocument<T>>>;
  }
  export type RxDatabase<Collections> = Collections & {
    addCollections(collections: { [Name in keyof Collections]: { schema: object } }): Promise<unknown>;
    close(): Promise<unknown>;
  };
  export function createRxDatabase<Collections>(options: {
    name: string;
    storage: unknown;
  }): Promise<RxDatabase<Collections>>;
}

declare module 'rxdb/plugins/storage-dexie' {
  export function getRxStorageDexie(): unknown;
}

declare module 'pouchdb-browser' {
  interface Identified {
    _id: string;
    _rev?: string;
  }
  interface Row<T> {
    id: string;
    doc?: T & Identified;
  }
  export default class PouchDB<T> {
    constructor(name: string);
    info(): Promise<unknown>;
    get(id: string): Promise<T & Identified>;
    put(document: T & Identified): Promise<unknown>;
    bulkDocs(documents: (T & Identified)[]): Promise<unknown>;
    allDocs(options: {
      startkey?: string;
      endkey?: string;
      skip?: number;
      descending?: boolean;
      limit?: number;
      include_docs?: boolean;
    }): Promise<{ rows: Row<T>[] }>;
    changes(options: { live: boolean; since: 'now'; include_docs: boolean; doc_ids: string[] }): {
      on(event: 'change', callback: (change: Row<T>) => void): void;
    };
    close(): Promise<void>;
  }
}

declare module 'localforage' {
  interface LocalForage {
    readonly INDEXEDDB: string;
    createInstance(options: { name: string; driver: string }): LocalForage;
    ready(): Promise<void>;
    getItem<T>(key: string): Promise<T | null>;
    setItem<T>(key: string, value: T): Promise<T>;
    iterate<T, R>(callback: (value: T, key: string) => R): Promise<R>;
  }
  const localforage: LocalForage;
  export default localforage;
}

declare module 'idb-keyval' {
  export type UseStore = { readonly idbKeyval: unique symbol };
  export function createStore(database: string, store: string): UseStore;
  export function get<T>(key: string, store: UseStore): Promise<T | undefined>;
  export function set(key: string, value: unknown, store: UseStore): Promise<void>;
  export function setMany(entries: [string, unknown][], store: UseStore): Promise<void>;
  export function update<T>(key: string, change: (value: T | undefined) => T, store: UseStore): Promise<void>;
  export function entries<Key, T>(store: UseStore): Promise<[Key, T][]>;
}

// Beside what src/adapters/tanstack-ai/framework.d.ts declares.
declare module '@tanstack/ai-client' {
  export function indexedDBPersistence(options: { databaseName: string }): {
    getItem(id: string): Promise<ChatPersistedState | null | undefined>;
    setItem(id: string, state: ChatPersistedState): Promise<void>;
  };
}
