import type * as Upkeep from './upkeep.js';
import { failedStream, streamOf } from './stream.js';
import { Tenants } from './tenants.js';
import { TENANT, type Tenant } from './tenant.js';
import { extensionRequest, mutation, newId } from './save-requests.js';
import { StoredSession } from '../session/session.js';
import { requireCustomState } from '../snapshots/save/draft.js';
import {
  encryptionKey,
  type IndexedDBSessionStoreOptions,
  requirePolicy,
  storeOptions,
  type StoreOptions,
} from './options.js';
import {
  callShape,
  exportOptions,
  exportShape,
  importShape,
  lookupIn,
  progressShape,
  repairShape,
  saveOptionsShape,
  saveShape,
  searchShape,
  sessionListShape,
  signalShape,
  subtreeShape,
  undoableShape,
  whereShape,
} from './call-options.js';
import type { Session } from '../types/chat.js';
import type { CheckOptions, CheckReport } from '../types/check.js';
import type { KeyProbe } from '../types/health.js';
import type { RetainOptions, RetentionPolicy, RetentionReport } from '../types/retention.js';
import type { SearchOptions, SearchPage } from '../types/search.js';
import type {
  DeleteSessionOptions,
  DeleteSnapshotOptions,
  ListSessionsOptions,
  ListSnapshotsOptions,
  SessionChange,
  SessionInfo,
  SessionPage,
  SessionPatch,
  SessionsChange,
  SessionTree,
  SnapshotInfo,
  SnapshotPage,
} from '../types/session.js';
import type {
  GetSnapshotOptions,
  SaveOptions,
  SessionSnapshot,
  SessionSnapshotInput,
  SessionStore,
  SessionStoreOptions,
  SnapshotMutator,
} from '../types/snapshot.js';
import type { StorageReport } from '../types/storage.js';
import type { ExportOptions, GenkitFiles, ImportOptions, ImportReport } from '../types/transfer.js';
import type { ReadTransaction } from '../database/schema.js';
import { readHead, readInfo, readLatest, readSession, readSnapshot } from '../snapshots/read/snapshots.js';
import type { RekeyOptions } from '../encryption/rotation.js';
import { removeAll, removeSession, removeSnapshot } from '../snapshots/delete/delete.js';
import type { SnapshotCache } from '../snapshots/cache.js';
import { sessionInfo, snapshotOf, type ApplyExpiry } from '../snapshots/stored-snapshot.js';
import {
  listSessions,
  listSnapshots,
  requirePatch,
  selectBranch,
  updateSession,
} from '../snapshots/read/sessions.js';
import { readHistory, readLeaves, readTree } from '../snapshots/read/tree.js';
import { persistStorage } from '../platform/browser.js';
import { load } from '../runtime/load.js';
import { picked, requireId, requireValid, taken } from '../values/arguments.js';
import { callable, list, optional, ownOf, type Shape } from '../values/schema.js';
import { ALL } from '../tabs/watchers.js';
/** What a rare operation takes beside its options. */
type More<Name extends keyof typeof Upkeep> =
  Parameters<(typeof Upkeep)[Name]> extends [unknown, unknown?, ...infer Rest] ? Rest : [];

declare global {
  // TypeScript without `lib: ESNext.Disposable` does not declare this symbol; with it, the declarations merge.
  interface SymbolConstructor {
    readonly asyncDispose: unique symbol;
  }
}

/**
 * Stores the sessions of AI agents as trees of snapshots in IndexedDB, and keeps every tab up to date.
 *
 * Implements Genkit JS's `SessionStore<S>`; `S` is the type of `state.custom`. Nothing happens before the first call,
 * so it can be constructed on a server. Reads, saves and deletes of one tenant run in the order in which they were
 * called; work on a whole database is done in steps. Every method rejects with a `SessionStoreError`: with
 * `FAILED_PRECONDITION` after `close()`, with `UNAVAILABLE` where IndexedDB is missing or does not answer, with
 * `RESOURCE_EXHAUSTED` when the disk is full, with `DATA_LOSS` for a row that cannot be read, and with the errors that
 * its own description names.
 */
export class IndexedDBSessionStore<S = unknown> implements SessionStore<S> {
  /** Closes the store at the end of an `await using` block, in engines that have the symbol. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;

  readonly #options: StoreOptions;
  readonly #tenants: Tenants<S>;
  readonly #newId = () => newId(this.#options);

  /** Throws `INVALID_ARGUMENT` for options that cannot work. */
  constructor(options: IndexedDBSessionStoreOptions = {}) {
    this.#options = storeOptions(options);
    this.#tenants = new Tenants(this.#options);
    // WebKit has no such symbol yet, and a method under an undefined name would be called "undefined".
    if (Symbol.asyncDispose) Object.assign(this, { [Symbol.asyncDispose]: () => this.close() });
    Object.defineProperty(this, TENANT, {
      value: (call?: SessionStoreOptions): unknown => this.#tenants.find(call),
    });
  }

  /**
   * Loads a snapshot by its id, or the latest leaf of a session: the one with the greatest `createdAt`, of equal
   * ones the one saved last. `undefined` if there is none. A `pending` snapshot whose worker is dead reads
   * `expired`.
   *
   * Errors: `INVALID_ARGUMENT` unless exactly one id is given; `FAILED_PRECONDITION` if the session's history is
   * cyclic, or branched and `rejectBranchingSessions` is set.
   */
  async getSnapshot(options: GetSnapshotOptions): Promise<SessionSnapshot<S> | undefined> {
    const { isSession, id } = lookupIn(options);
    const tenant = this.#tenants.find(options);
    const { rejectBranchingSessions: reject = false, frozen } = this.#options;
    return tenant.readWithLiveness(async (transaction, applyExpiry) => {
      const stored = isSession
        ? await readLatest(transaction, tenant.recent, id, reject, tenant.given)
        : await readSnapshot(transaction, tenant.recent, id, false, undefined, tenant.given);
      if (stored && ownOf(stored, 'own')) tenant.readAgainLater(stored.row.id);
      return stored && applyExpiry(snapshotOf<S>(stored, frozen), stored.row);
    });
  }

  /**
   * Reads the snapshot, passes it to `mutator` and writes the result, all in one transaction. Resolves to the
   * snapshot's id when the write is committed and this tab's watchers have been called; to `null` if the mutator
   * returned `null`. The id is `snapshotId`, otherwise the mutator's `snapshotId`, otherwise a new one.
   *
   * Errors, with nothing written: whatever the mutator throws; `INVALID_ARGUMENT` with the `path` of the value if the
   * result is not a snapshot, cannot be stored or fails `stateSchema`; `NOT_FOUND` if `requireParent` is set and there is no such parent; `FAILED_PRECONDITION` if it would move the
   * snapshot to another session; `ALREADY_EXISTS` if `generateId` returned an id that is taken.
   */
  saveSnapshot(
    snapshotId: string | undefined,
    mutator: (current: SessionSnapshot<S> | undefined) => SessionSnapshotInput<S>,
    options?: SaveOptions,
  ): Promise<string>;
  saveSnapshot(
    snapshotId: string | undefined,
    mutator: SnapshotMutator<S>,
    options?: SaveOptions,
  ): Promise<string | null>;
  async saveSnapshot(
    snapshotId: string | undefined,
    mutator: SnapshotMutator<S>,
    options?: SaveOptions,
  ): Promise<string | null> {
    const request = mutation(this.#options, { snapshotId, mutator }, '', options);
    return this.#tenants.find(options).save(request);
  }

  /**
   * The same for several snapshots in one transaction: all are written, or none if one is refused. A mutator sees what
   * those before it have written. Errors: as `saveSnapshot`, of the first that is refused.
   */
  async saveSnapshots(
    saves: readonly { snapshotId?: string | undefined; mutator: SnapshotMutator<S> }[],
    options?: SaveOptions,
  ): Promise<(string | null)[]> {
    requireValid(list, saves, 'saves');
    const call = options && taken(saveOptionsShape, options);
    const all = picked(saves, 'saves', (given) => Object.keys(Array.from(given)));
    const requests = Object.values(all).map((save, index) => {
      const path = `saves.${index}`;
      return mutation<S>(this.#options, taken(saveShape, save, path), `${path}.`, call);
    });
    const tenant = this.#tenants.find(call);
    return requests.length === 0 ? [] : tenant.saveAll(requests);
  }

  /** One session, as a chat uses it: append messages, begin turns, walk branches. Nothing is read or written yet. */
  session(sessionId: string, options?: SessionStoreOptions): Session<S> {
    requireId(sessionId, 'sessionId');
    const call = options && taken(callShape, options);
    this.#tenants.find(call);
    return new StoredSession(sessionId, {
      store: this,
      call,
      newId: this.#newId,
      requireCustom: (custom) => {
        const { stateSchema } = this.#options;
        if (stateSchema) requireCustomState(stateSchema, custom, 'options', 'custom');
      },
      save: async (saves) => {
        const requests = saves.map((save) => extensionRequest(this.#options, save));
        const tenant = this.#tenants.find(call);
        return requests.length === 1 ? [await tenant.save(requests[0]!)] : tenant.saveAll(requests);
      },
      duplicate: (duplication) => this.#upkeep('duplicate', callShape, call ?? {}, duplication),
      onClose: (callback) => this.#tenants.onClose(callback),
      heartbeatTimeoutMs: this.#options.heartbeatTimeoutMs,
    });
  }

  /**
   * Calls back with the stored snapshot soon, and then after every committed write of it, from any tab. Versions arrive
   * in order and each at most once; one that another tab overwrote at once may be skipped, the last one never. An error
   * of the callback is reported with `reportError`.
   *
   * Returns a function that unsubscribes.
   */
  onSnapshotStateChange(
    snapshotId: string,
    callback: (snapshot: SessionSnapshot<S>) => void,
    options?: SessionStoreOptions,
  ): () => void {
    requireId(snapshotId, 'snapshotId');
    requireValid(callable, callback, 'callback');
    return this.#tenants.find(options).subscriptions.watchSnapshot(snapshotId, callback);
  }

  /**
   * Lists sessions by latest activity; with `where`, those that have these values in their metadata. Errors:
   * `INVALID_ARGUMENT` for a bad limit or cursor, and for a `where` of other keys or values.
   */
  async listSessions(options: ListSessionsOptions = {}): Promise<SessionPage> {
    const page = taken(whereShape, options);
    if (page.where !== undefined) return this.#upkeep('listSessionsWhere', whereShape, page);
    return this.#tenants.find(page).read((transaction) => listSessions(transaction, page));
  }

  /** One session as `listSessions` shows it; `undefined` if there is none. */
  async getSession(sessionId: string, options?: SessionStoreOptions): Promise<SessionInfo | undefined> {
    requireId(sessionId, 'sessionId');
    const row = await this.#called(options).read((transaction) => readSession(transaction, sessionId));
    return row && sessionInfo(row);
  }

  /**
   * Changes a session's title and the application's own metadata. Errors: `NOT_FOUND`; `INVALID_ARGUMENT` for another
   * key, or a value that cannot be stored.
   */
  async updateSession(
    sessionId: string,
    patch: SessionPatch,
    options?: SessionStoreOptions,
  ): Promise<SessionInfo> {
    requireId(sessionId, 'sessionId');
    const copy = requirePatch(patch);
    const commit = await this.#called(options).write((transaction) =>
      updateSession(transaction, sessionId, copy),
    );
    return sessionInfo(commit!.session);
  }

  /** A snapshot as lists show it, without its state; `undefined` if there is none. */
  async getSnapshotInfo(
    snapshotId: string,
    options?: SessionStoreOptions,
  ): Promise<SnapshotInfo | undefined> {
    return this.#show('snapshotId', snapshotId, options, readInfo);
  }

  /** Lists a session's snapshots by `createdAt`. Errors: `INVALID_ARGUMENT` for a bad limit or cursor. */
  async listSnapshots(options: ListSnapshotsOptions): Promise<SnapshotPage> {
    const page = taken(sessionListShape, options);
    requireId(page.sessionId, 'sessionId');
    return this.#tenants
      .find(page)
      .readWithLiveness((transaction, applyExpiry) => listSnapshots(transaction, page, applyExpiry));
  }

  /**
   * The snapshots from the root to this one. If a parent was deleted or never saved, the history begins after it.
   * Errors: `NOT_FOUND`; `FAILED_PRECONDITION` if the history is cyclic.
   */
  async getHistory(snapshotId: string, options?: SessionStoreOptions): Promise<SnapshotInfo[]> {
    return this.#show('snapshotId', snapshotId, options, readHistory);
  }

  /** All snapshots of a session as a tree; an empty one if there is no such session. */
  async getTree(sessionId: string, options?: SessionStoreOptions): Promise<SessionTree> {
    return this.#show('sessionId', sessionId, options, readTree);
  }

  /** The session's leaves, newest first: one for each branch. */
  async getLeaves(sessionId: string, options?: SessionStoreOptions): Promise<SnapshotInfo[]> {
    return this.#show('sessionId', sessionId, options, readLeaves);
  }

  /**
   * Makes this snapshot the one that its session reopens on, in every tab and after a reload. Saving a child of it
   * moves the selection to the child; deleting it moves it to the nearest ancestor that is left. `getSnapshot({
   * sessionId })` still returns the latest leaf. Errors: `NOT_FOUND`; `FAILED_PRECONDITION` if the snapshot belongs to
   * no session.
   */
  async selectBranch(snapshotId: string, options?: SessionStoreOptions): Promise<SessionInfo> {
    requireId(snapshotId, 'snapshotId');
    const commit = await this.#called(options).write((transaction) => selectBranch(transaction, snapshotId));
    return sessionInfo(commit!.session);
  }

  /** The snapshot that a session reopens on: the selected one, otherwise the latest leaf. */
  async getHead(sessionId: string, options?: SessionStoreOptions): Promise<SnapshotInfo | undefined> {
    return this.#show('sessionId', sessionId, options, readHead);
  }

  /**
   * Finds the messages whose text contains all words of the query, the newest first: by `createdAt` of the snapshot that
   * brought them. Width of letters, case and accents do not count, and a word also matches inside of another, so that
   * languages without spaces need none. Each stored message is found once, however many snapshots have it.
   *
   * Text is what Genkit's parts have as `text` in `content`, and, as other frameworks have it, a `content` that is a
   * string, and `parts` instead of `content`; not reasoning, tool calls, data, artifacts or titles. Snapshots without a
   * session and what cannot be read are left out. A page may have fewer hits than `limit` although more follow: only
   * one without a cursor is the last. Reads in small steps, so the page stays responsive, and what is saved meanwhile
   * may be found or not. Errors: `INVALID_ARGUMENT`; the signal's reason.
   */
  async searchText(query: string, options: SearchOptions = {}): Promise<SearchPage> {
    return this.#upkeep('searchText', searchShape, options, query);
  }

  /**
   * Deletes a snapshot; resolves to the number of snapshots deleted, 0 if there was none. Errors:
   * `FAILED_PRECONDITION` if others continue it and `subtree` is not set.
   */
  async deleteSnapshot(snapshotId: string, options: DeleteSnapshotOptions = {}): Promise<number> {
    requireId(snapshotId, 'snapshotId');
    const call = taken(subtreeShape, options);
    const removal = await this.#tenants
      .find(call)
      .write((transaction) => removeSnapshot(transaction, snapshotId, call.subtree ?? false));
    return removal?.removed ?? 0;
  }

  /**
   * Deletes a session with all its snapshots; resolves to their number, 0 if there was no such session. With `undoable` it
   * is hidden first, and deleted for good when that time is over, by whichever tab is open then or opens next; that needs
   * room on the disk, and a session whose row can be read (`DATA_LOSS`).
   */
  async deleteSession(sessionId: string, options: DeleteSessionOptions = {}): Promise<number> {
    requireId(sessionId, 'sessionId');
    const call = taken(undoableShape, options);
    if (call.undoable !== undefined) return this.#upkeep('hideSession', undoableShape, call, sessionId);
    const removal = await this.#tenants
      .find(call)
      .remove((transaction, begin) => removeSession(transaction, sessionId, begin));
    return removal?.removed ?? 0;
  }

  /** Brings back a session that was deleted with `undoable`, as it was. Resolves to whether there was one. */
  async restoreSession(sessionId: string, options: SessionStoreOptions = {}): Promise<boolean> {
    requireId(sessionId, 'sessionId');
    return this.#upkeep('restoreSession', callShape, options, sessionId);
  }

  /** Deletes everything of the tenant and keeps its database. */
  async clear(options?: SessionStoreOptions): Promise<void> {
    await this.#called(options).remove(removeAll);
  }

  /**
   * Deletes the tenant's database. Other tabs close their connections; the next call from any tab creates an empty one.
   */
  async deleteDatabase(options?: SessionStoreOptions): Promise<void> {
    await this.#called(options).deleteDatabase();
  }

  /** Calls back after every committed change of the session, from any tab. Returns a function that unsubscribes. */
  onSessionChange(
    sessionId: string,
    callback: (change: SessionChange) => void,
    options?: SessionStoreOptions,
  ): () => void {
    requireId(sessionId, 'sessionId');
    requireValid(callable, callback, 'callback');
    return this.#called(options).subscriptions.watchSessions(
      sessionId,
      callback as (change: SessionsChange) => void,
    );
  }

  /** Calls back after every committed change of any session, from any tab. Returns a function that unsubscribes. */
  onSessionsChange(callback: (change: SessionsChange) => void, options?: SessionStoreOptions): () => void {
    requireValid(callable, callback, 'callback');
    return this.#called(options).subscriptions.watchSessions(ALL, callback);
  }

  /**
   * Checks the tenant's whole database and reports what is inconsistent: unreadable rows, entries that are missing or
   * not referenced, wrong counts and clocks. Changes nothing, unless `repair` is set: then broken rows are moved to the
   * quarantine, and derived values are computed again, all in one transaction. Nothing is deleted, and everything that
   * could be read before reads as before.
   */
  async check(options: CheckOptions = {}): Promise<CheckReport> {
    return this.#upkeep('check', repairShape, options);
  }

  /**
   * Reports how much is stored and how much room there is. Reads the tenant's whole database; `usage`, `quota` and
   * `persisted` are those of the whole origin.
   */
  async storage(options: SessionStoreOptions = {}): Promise<StorageReport> {
    return this.#upkeep('storage', callShape, options);
  }

  /**
   * Asks the browser not to evict the origin's storage; some browsers ask the user. Resolves to whether it agreed,
   * `false` where it cannot.
   */
  async persist(): Promise<boolean> {
    return (await persistStorage()) ?? false;
  }

  /**
   * Runs compaction now instead of in idle time: merges small rows of logs into large ones. If the signal is aborted,
   * rejects with its reason; nothing is lost at any point.
   */
  async compact(options: SessionStoreOptions & { signal?: AbortSignal } = {}): Promise<void> {
    const call = taken(signalShape, options);
    const compaction = await this.#tenants.find(call).background.compaction();
    await compaction.run(call.signal);
  }

  /**
   * Deletes now what a policy does not keep, and reports what was freed and what had to stay. The option `retention`
   * does the same in idle time and on a full disk. Errors: `INVALID_ARGUMENT` for an invalid policy; the signal's
   * reason when it is aborted; whatever `keep` throws.
   */
  async retain(policy: RetentionPolicy, options: RetainOptions = {}): Promise<RetentionReport> {
    const limits = requirePolicy(policy, 'policy');
    return this.#upkeep('retain', progressShape, options, limits);
  }

  /**
   * Exports all sessions of the tenant, or those named, as JSON Lines in UTF-8 (docs/export-format.md). The stream is
   * produced while it is read, one session at a time, each consistent in itself; sessions saved meanwhile may be
   * included or not. Unreadable rows are left out and named in the last line.
   *
   * The stream fails with `INVALID_ARGUMENT` for bad options, with `FAILED_PRECONDITION` for a stored value that the
   * format cannot hold, and with the signal's reason.
   */
  exportSessions(options: ExportOptions = {}): ReadableStream<Uint8Array> {
    let call: ExportOptions;
    try {
      call = exportOptions(options);
    } catch (error) {
      return failedStream(error);
    }
    this.#tenants.find(call);
    return streamOf(() => this.#upkeep('exportSessions', exportShape, call));
  }

  /**
   * Imports a file of `exportSessions`. A session is written in one transaction after all of it has been read and its
   * digest verified, or not at all; so an import that ended early can be run again. Other tabs are notified.
   *
   * Rejects with a {@link SessionImportError}, which has the report so far: `DATA_LOSS` if the file is cut off or was
   * changed, `INVALID_ARGUMENT` with the line in `path` for content that no export has, `FAILED_PRECONDITION` for a
   * file of a newer version; and with the signal's reason. A session whose ids are taken is `failed` in the report
   * instead.
   */
  async importSessions(
    stream: Blob | ReadableStream<Uint8Array>,
    options: ImportOptions = {},
  ): Promise<ImportReport> {
    return this.#upkeep('importSessions', importShape, options, stream, this.#newId);
  }

  /**
   * Imports the snapshots of one directory of Genkit's `FileSessionStore` (by default its `global`), each session in
   * one transaction. All files are checked before anything is written: `INVALID_ARGUMENT` with the file in `path`.
   */
  async importGenkitFiles(files: GenkitFiles, options: ImportOptions = {}): Promise<ImportReport> {
    return this.#upkeep('importGenkitFiles', importShape, options, files, this.#newId);
  }

  /**
   * Runs the rotation of keys now instead of in idle time: if `encryption.previousKeys` are still in use, encrypts
   * everything again under `encryption.key`. Afterwards the previous keys are not needed any more, and a store that has
   * only those gets `PERMISSION_DENIED`. If the signal is aborted, rejects with its reason; the next rotation continues
   * where it stopped, and nothing is lost at any point. Errors: `FAILED_PRECONDITION` if the store has no encryption.
   */
  async rekey(options: SessionStoreOptions & RekeyOptions = {}): Promise<void> {
    return this.#upkeep('rekey', progressShape, options);
  }

  /**
   * Whether the database is encrypted, and with this key; default the store's own. Reads a few rows, decrypts nothing of
   * them but what proves a key, and is not refused, whatever the store's key is. Errors: `INVALID_ARGUMENT` for what is no key.
   */
  async probeKey(key?: CryptoKey | null, options: SessionStoreOptions = {}): Promise<KeyProbe> {
    requireValid(optional(encryptionKey), key, 'key');
    return this.#upkeep('probeKey', callShape, options, key);
  }

  /** Waits for running operations, then releases everything. Calling it again does nothing. */
  async close(): Promise<void> {
    await this.#tenants.close();
  }

  /**
   * Finds the tenant for methods that Genkit does not define, and refuses unknown options; frameworks add options to
   * their own methods.
   */
  #called(options: SessionStoreOptions | undefined): Tenant<S> {
    return this.#tenants.find(options && taken(callShape, options));
  }

  /** Runs a rare operation with code that is loaded on demand. */
  async #upkeep<Name extends keyof typeof Upkeep>(
    name: Name,
    shape: Shape,
    options: Parameters<(typeof Upkeep)[Name]>[1],
    ...more: More<Name>
  ): Promise<Awaited<ReturnType<(typeof Upkeep)[Name]>>> {
    const call = taken(shape, options);
    const find = () => this.#tenants.find(call as SessionStoreOptions);
    // An operation that began before `close()` finishes on the tenant that it began with.
    const at = { tenant: find(), find };
    const upkeep = await load('rare operations', () => import('./upkeep.js'));
    return (upkeep[name] as (...all: unknown[]) => any)(at, call, ...more);
  }

  /** Reads what is shown of one session or snapshot. */
  async #show<T>(
    kind: 'sessionId' | 'snapshotId',
    id: string,
    options: SessionStoreOptions | undefined,
    work: (
      transaction: ReadTransaction,
      id: string,
      applyExpiry: ApplyExpiry,
      recent: SnapshotCache,
    ) => Promise<T>,
  ): Promise<T> {
    requireId(id, kind);
    const tenant = this.#called(options);
    return tenant.readWithLiveness((transaction, applyExpiry) =>
      work(transaction, id, applyExpiry, tenant.recent),
    );
  }
}
