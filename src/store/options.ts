import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { HealthEvent, QuotaExceeded } from '../types/health.js';
import type { RetentionPolicy } from '../types/retention.js';
import type { SessionStoreOptions } from '../types/snapshot.js';
import type { EncryptionOptions } from '../encryption/options.js';
import { HEARTBEAT_TIMEOUT_MS } from '../tabs/presence.js';
import { requireValid, taken } from '../values/arguments.js';
import {
  anything,
  callable,
  flag,
  fromOne,
  fromZero,
  oneOf,
  optional,
  satisfying,
} from '../values/schema.js';

export interface IndexedDBSessionStoreOptions {
  /** Name of the IndexedDB database. Default `offshoot`. */
  name?: string | undefined;
  /**
   * The tenant whose sessions this store holds. Every tenant has a database of its own, so tenants cannot see each
   * other's data, and deleting a tenant is deleting its database.
   */
  namespace?: string | undefined;
  /**
   * Returns the tenant of each call from the call's `context`, as in Genkit's own stores. Must return a non-blank
   * string. If `namespace` is set too, it is put in front.
   */
  snapshotPathPrefix?: ((options?: SessionStoreOptions) => string) | undefined;
  /**
   * Makes `getSnapshot({ sessionId })` fail with `FAILED_PRECONDITION` when the session has more than one leaf,
   * instead of returning the latest. Default `false`.
   */
  rejectBranchingSessions?: boolean | undefined;
  /**
   * How long the worker of a `pending` snapshot may be silent, in ms, before reads and watchers report `expired`; five times
   * as long if its tab is known to live. Default 60,000, as in Genkit.
   */
  heartbeatTimeoutMs?: number | undefined;
  /**
   * The longest chain from a snapshot to its oldest ancestor, itself included. Ancestors further away are deleted
   * on save; those that stay keep their whole state. Default: no limit.
   */
  maxPersistedChainLength?: number | undefined;
  /**
   * The keys of sessions' `metadata` that `listSessions({ where })` may ask for. Sessions are indexed by them when they are
   * saved; earlier ones when they are first asked for. In an encrypted database equal values look equal. Default: none.
   */
  indexed?: readonly string[] | undefined;
  /** Generates the id of a snapshot that has none. Default: nanoid, 21 characters. */
  generateId?: (() => string) | undefined;
  /**
   * When a save counts as done: `relaxed` (default) once the operating system has it, which survives a crash of
   * the browser; `strict` once the disk has it, which survives a power cut and is slower. `default` leaves it to the browser:
   * today `relaxed` in Chromium, Firefox and Safari.
   */
  durability?: 'relaxed' | 'strict' | 'default' | undefined;
  /**
   * Merges small rows into large ones in idle time, one tab at a time, so that a long chat opens as fast as a short
   * one. Default `true`.
   */
  compaction?: boolean | undefined;
  /**
   * Reads, watchers and mutators get frozen objects instead of copies of their own; messages and large values they share,
   * and these need not be compared when they are saved again as they were read. Only for applications and frameworks that change nothing they were
   * given. What holds more than plain objects and arrays (dates, maps, blobs, buffers) is a copy as ever. Default
   * `false`.
   */
  frozen?: boolean | undefined;
  /**
   * Checks `state.custom` on every save, as Genkit's `stateSchema` does; any Standard Schema (Zod, Valibot, ArkType,
   * …). A value that does not pass fails with `INVALID_ARGUMENT` and the path. The schema only checks: its
   * transformed output is not stored. It must answer synchronously, because a transaction cannot wait.
   */
  stateSchema?: StandardSchemaV1 | undefined;
  /**
   * What to do where there is no IndexedDB (opaque origins, some private modes): `memory` keeps everything in memory
   * until the page is closed, and reports it with a `memory-only` event; with `onUnavailable`, also where the
   * replacement cannot be opened either. Default: calls fail with `UNAVAILABLE`.
   */
  fallback?: 'memory' | undefined;
  /**
   * What to do if the database repeatedly cannot be opened: `failover` leaves it as it is, uses a new one, and reports
   * it with a `failover` event. Chromium may keep both in the same files, so that neither can be opened: add
   * `fallback`. Default: calls fail with `UNAVAILABLE`.
   */
  onUnavailable?: 'failover' | undefined;
  /**
   * What is deleted automatically: in idle time, one tab at a time, and when a save finds no room. A `freed` event
   * reports what was freed. Default: nothing. See also `retain()`.
   */
  retention?: RetentionPolicy | undefined;
  /**
   * Called when a save finds no room; the save is tried once more afterwards. An error that it throws becomes the
   * save's error.
   */
  onQuotaExceeded?: ((event: QuotaExceeded) => void | Promise<void>) | undefined;
  /**
   * Encrypts states, metadata, titles and everything else except what the indexes need: ids, parents, times, and the
   * sizes of rows. With a wrong key, every call fails with `PERMISSION_DENIED`, and changes nothing. Mutators may be
   * called more than once for a save. Needs a secure context. Default: none.
   */
  encryption?: EncryptionOptions | undefined;
  /** Called with events that the application should tell its user about. */
  onHealth?: ((event: HealthEvent) => void) | undefined;
}

/** A lone surrogate is not a character and cannot be part of a name. */
const tenantName = satisfying((name) => {
  try {
    return typeof name === 'string' && name.trim() !== '' && !!encodeURIComponent(name);
  } catch {
    return false;
  }
}, 'a non-blank string');

const policyShape = {
  maxAgeMs: fromZero,
  maxSessions: fromOne,
  maxSnapshotsPerSession: fromOne,
  maxBytes: fromZero,
  keep: optional(callable),
};

export const requirePolicy = (policy: RetentionPolicy, path: string): RetentionPolicy =>
  taken(policyShape, policy, path);

export const encryptionKey = satisfying(
  (key) =>
    key === null ||
    (key?.algorithm?.name === 'AES-GCM' &&
      ['encrypt', 'decrypt'].every((usage) => key.usages?.includes(usage))),
  'an AES-GCM CryptoKey that may encrypt and decrypt, as deriveKey() makes it, or null',
  (key) => describedKey(key),
);

/** For an invalid key, an error names only its type, since the value may be a secret. */
function describedKey(key: any): string {
  if (!key?.algorithm) return typeof key;
  return `one of ${key.algorithm.name} that may ${[...key.usages].join(', ') || 'do nothing'}`;
}

/** The index of the first item that is not a key, holes included. */
const invalidKeyIn = (keys: readonly unknown[]) => Array.from(keys).findIndex((key) => encryptionKey(key));

const encryptionShape = {
  key: encryptionKey,
  previousKeys: optional(
    satisfying(
      (keys) => Array.isArray(keys) && invalidKeyIn(keys) < 0,
      'a list of AES-GCM CryptoKeys that may encrypt and decrypt, and of null',
      (keys) => (Array.isArray(keys) ? `${describedKey(keys[invalidKeyIn(keys)])} in it` : typeof keys),
    ),
  ),
};

const storeShape = {
  name: optional(tenantName),
  namespace: optional(tenantName),
  snapshotPathPrefix: optional(callable),
  rejectBranchingSessions: optional(flag),
  heartbeatTimeoutMs: fromZero,
  maxPersistedChainLength: fromOne,
  indexed: optional(
    satisfying(
      (keys) => Array.isArray(keys) && Array.from(keys).every((key) => typeof key === 'string'),
      'a list of strings',
    ),
  ),
  generateId: optional(callable),
  durability: oneOf('relaxed', 'strict', 'default'),
  compaction: optional(flag),
  frozen: optional(flag),
  fallback: oneOf('memory'),
  onUnavailable: oneOf('failover'),
  onQuotaExceeded: optional(callable),
  // These two are checked by schemas of their own.
  encryption: anything,
  retention: anything,
  onHealth: optional(callable),
  stateSchema: optional(
    satisfying((schema) => typeof schema?.['~standard']?.validate === 'function', 'a Standard Schema'),
  ),
};

/** The options with their defaults. */
export type StoreOptions = IndexedDBSessionStoreOptions & {
  durability: IDBTransactionDurability;
  heartbeatTimeoutMs: number;
};

/** Checks the options and copies them as they are at the call. */
export function storeOptions(given: IndexedDBSessionStoreOptions): StoreOptions {
  const options = taken(storeShape, given);
  const { encryption, indexed, retention } = options;
  if (indexed) options.indexed = [...indexed];
  if (encryption !== undefined) {
    const { key, previousKeys = [] } = taken(encryptionShape, encryption, 'options.encryption');
    options.encryption = { key, previousKeys: [...previousKeys] };
  }
  if (retention !== undefined) options.retention = requirePolicy(retention, 'options.retention');
  options.durability ??= 'relaxed';
  options.compaction ??= true;
  options.heartbeatTimeoutMs ??= HEARTBEAT_TIMEOUT_MS;
  return options as StoreOptions;
}

/** The name of the database that a call goes to. */
export function databaseName(
  options: IndexedDBSessionStoreOptions,
  call: SessionStoreOptions | undefined,
): string {
  const { name = 'offshoot', namespace, snapshotPathPrefix } = options;
  const prefix = snapshotPathPrefix?.(call);
  if (snapshotPathPrefix) requireValid(tenantName, prefix, 'snapshotPathPrefix()');
  // The separators are escaped in names.
  const own = name.replace(/[%/]/g, encodeURIComponent);
  const tenant = [namespace, prefix].filter((part) => part !== undefined);
  return [own, ...tenant.map((part) => encodeURIComponent(part))].join('/');
}
