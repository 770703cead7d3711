import { startingWith } from '../../database/key-order.js';
import { putClock, Refusal, requestAll } from '../../database/transaction.js';
import { isHidden, isSessionRow, isSnapshotRow, wholeSession, wholeSnapshot } from '../../database/rows.js';
import type { SessionRow, SnapshotRow, WriteTransaction } from '../../database/schema.js';
import { send } from '../../database/object-store.js';
import { ofAll } from '../../database/pace.js';
import { SessionStoreError } from '../../errors.js';
import { assembleState, loadRows } from '../../logs/load.js';
import type { LoadedState } from '../../logs/state.js';
import { type Commit, commitFrom, latestLog, readClock, tick } from '../commit.js';
import type { Known } from './draft.js';
import { countChildren, countLeaves, type Leaves } from '../session-row.js';
import type { SnapshotCache } from '../cache.js';
import { note } from '../outbox.js';
import { LogWrites } from './log-writes.js';

/** Another tab has written, so that what was written on the strength of the cache has to be written anew. */
export const WRONG_GUESS = {};

/**
 * The rows that the saves of one transaction read and write, each once. Rows of the cache are used where the clock or
 * the row's version proves that they are current.
 */
export class UnitOfWork {
  readonly logs: LogWrites;
  readonly #rows = new Map<string, SnapshotRow | undefined>();
  readonly #sessions = new Map<string, SessionRow | undefined>();
  readonly #states = new Map<string, LoadedState | null | undefined>();
  readonly #childless = new Set<string>();
  readonly #changedRows = new Map<string, 'add' | 'put'>();
  readonly #changedSessions = new Set<string>();
  #forgetful = false;
  /** The latest new snapshot with a random id. */
  #random: string | undefined;
  /** The only snapshot that this transaction writes, if it adds it and nobody else can. */
  #added: string | undefined;
  #latestLog: number | undefined;

  /** Fails if what was taken for current is not. */
  proven: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly transaction: WriteTransaction,
    readonly recent: SnapshotCache,
    /** What the saves write, for watchers; its `version` is the clock's reading. */
    readonly commit: Commit,
  ) {
    this.logs = new LogWrites(transaction, recent);
  }

  /** Reads in one go what saves of these snapshots will need. */
  static async begin(
    transaction: WriteTransaction,
    recent: SnapshotCache,
    ids: Iterable<string>,
  ): Promise<UnitOfWork> {
    const snapshots = transaction.objectStore('snapshots');
    const known = [...new Set(ids)];
    // The first save of a snapshot in this tab has to know whether others continue it.
    const strange = known.filter((id) => !recent.rows.has(id));
    const [clock, rows, children] = await requestAll(
      () => readClock(transaction),
      () => ofAll(known, (id) => snapshots.get(id)),
      () => ofAll(strange, (id) => snapshots.index('parentId').getKey(startingWith(id))),
    );
    recent.check(clock);
    recent.syncs = transaction.syncs;
    const batch = new UnitOfWork(transaction, recent, commitFrom(clock, clock));
    known.forEach((id, index) => {
      const read = rows[index];
      // What is remembered of this very row is what was planned with; a row that has been damaged since is read.
      batch.#rows.set(id, isSnapshotRow(read) ? (recent.rows.get(id) ?? read) : read);
    });
    strange.forEach((id, index) => children[index] === undefined && batch.#childless.add(id));
    return batch;
  }

  /**
   * Takes what this tab remembers for current, without waiting for the clock that proves it. `proven` has to be awaited
   * before the transaction may commit.
   */
  static guess(transaction: WriteTransaction, recent: SnapshotCache): UnitOfWork {
    const { clock } = recent;
    const batch = new UnitOfWork(transaction, recent, commitFrom(clock, clock));
    transaction.syncs = recent.syncs;
    batch.proven = readClock(transaction).then((read) => {
      if (read === clock) return;
      recent.check(read);
      throw new Refusal(WRONG_GUESS);
    });
    // Awaited when everything has been requested.
    batch.proven.catch(() => {});
    return batch;
  }

  get clock(): number {
    return this.commit.version;
  }

  nextVersion(): number {
    return (this.commit.version = tick(this.clock));
  }

  async row(id: string): Promise<SnapshotRow | undefined> {
    if (!this.#rows.has(id)) {
      const row = this.recent.rows.get(id) ?? (await this.transaction.objectStore('snapshots').get(id));
      this.#rows.set(id, row);
    }
    return wholeSnapshot(unhidden(this.#rows.get(id), id), id);
  }

  /** Whether a row of this id is known to exist; `false` if that is unknown. */
  has(id: string): boolean {
    return this.#rows.get(id) !== undefined;
  }

  /** The row of `id` if it is readable and belongs to the session. */
  async relative(id: string, sessionId: string): Promise<SnapshotRow | undefined> {
    const row = await this.row(id).catch(unlessUnreadable);
    return row?.sessionId === sessionId ? row : undefined;
  }

  async session(id: string): Promise<SessionRow | undefined> {
    if (!this.#sessions.has(id)) {
      const row = this.recent.sessions.get(id) ?? (await this.transaction.objectStore('sessions').get(id));
      this.#sessions.set(id, row);
    }
    return wholeSession(unhidden(this.#sessions.get(id), id), id);
  }

  async state(row: SnapshotRow): Promise<LoadedState | null | undefined> {
    if (this.#states.has(row.id)) return this.#states.get(row.id);
    const remembered = this.recent.state(row);
    const state = remembered ? remembered.state : assembleState(row, await loadRows(this.transaction, row));
    this.#states.set(row.id, state);
    return state;
  }

  /** A stored snapshot; `undefined` if there is none. */
  async known(id: string): Promise<Known | undefined> {
    const row = await this.row(id);
    return row && { row, state: await this.state(row) };
  }

  /** A row and its state, if they are known without a request. */
  recall(id: string): Known | undefined {
    const row = this.#rows.get(id) ?? this.recent.rows.get(id);
    if (!isSnapshotRow(row)) return undefined;
    if (this.#states.has(id)) return { row, state: this.#states.get(id) };
    const remembered = this.recent.state(row);
    return remembered && { row, state: remembered.state };
  }

  /** The state of a row; `undefined` if it is unreadable, so that its children store everything again. */
  stateIfWhole(row: SnapshotRow): Promise<LoadedState | null | undefined> {
    return this.state(row).catch(unlessUnreadable);
  }

  /** A number for a new log. */
  async newLog(): Promise<number> {
    this.#latestLog ??= await latestLog(this.transaction);
    this.commit.version = Math.max(this.clock, this.#latestLog);
    return this.nextVersion();
  }

  /** Whether a snapshot of the session names `id` as its parent. */
  async hasChildren(id: string, sessionId: string): Promise<boolean> {
    if (this.#childless.has(id)) return false;
    return (await this.countChildren(id, sessionId)) > 0;
  }

  /** Counts up to two. */
  countChildren(id: string, sessionId: string): Promise<number> {
    this.flush();
    return countChildren(this.transaction, id, sessionId);
  }

  putRow(row: SnapshotRow, state?: LoadedState | null, isNew = false): void {
    this.#rows.set(row.id, row);
    this.#states.set(row.id, state);
    // A row that this batch adds must still not exist in the database, however often it is put.
    if (this.#changedRows.get(row.id) !== 'add') this.#changedRows.set(row.id, isNew ? 'add' : 'put');
    const isOnly = isNew && this.commit.snapshots.length === 0;
    this.#added = isOnly && this.#random === row.id ? row.id : undefined;
    if (row.info.parentId !== undefined) this.#childless.delete(row.info.parentId);
  }

  /** Records that a new snapshot has a random id, so that nothing names it as its parent. */
  markRandom(id: string): void {
    this.#childless.add(id);
    this.#random = id;
  }

  /** Computes the leaves from all rows of a session. */
  count(sessionId: string): Promise<Leaves> {
    this.flush();
    return countLeaves(this.transaction, sessionId);
  }

  putSession(row: SessionRow): void {
    this.#sessions.set(row.id, row);
    this.#changedSessions.add(row.id);
    this.commit.sessions.set(row.id, row);
  }

  /** Runs work that writes in this transaction by itself, and then drops everything that was remembered. */
  async step<T>(work: () => Promise<T>): Promise<T> {
    this.flush();
    const result = await work();
    for (const known of [this.#rows, this.#sessions, this.#states, this.#childless]) known.clear();
    this.logs.forget();
    this.recent.check(-1);
    this.#forgetful = true;
    return result;
  }

  /** Requests all that is left to write, the clock and a receipt. */
  finish(): void {
    if (this.clock !== this.recent.clock || this.#forgetful) {
      const [sessionId] = this.#changedSessions;
      const session = sessionId === undefined ? undefined : this.#sessions.get(sessionId);
      putClock(this.transaction, this.clock, this.#added, session);
    }
    this.flush();
  }

  /** Requests the writes without waiting for them: the transaction's end tells whether they are stored. */
  flush(): void {
    const { transaction } = this;
    const snapshots = transaction.objectStore('snapshots');
    const sessions = transaction.objectStore('sessions');
    this.logs.flush();
    for (const [id, how] of this.#changedRows) {
      const row = this.#rows.get(id)!;
      send(snapshots, how, row);
      note(transaction, 'snapshot', id, row.version);
    }
    for (const id of this.#changedSessions) send(sessions, 'put', this.#sessions.get(id)!);
    this.#changedRows.clear();
    this.#changedSessions.clear();
  }

  /** Updates the cache after the transaction has committed. */
  remember(): void {
    const { recent } = this;
    if (this.#forgetful) return;
    recent.clock = this.clock;
    const made = new Set(this.commit.snapshots.map(({ row }) => row));
    for (const [id, row] of this.#rows) {
      // What was read may be damaged.
      if (recent.rows.get(id) !== row && !made.has(row!) && !isSnapshotRow(row)) continue;
      recent.rows.set(id, row!);
      if (this.#states.has(id)) recent.remember(row!, this.#states.get(id));
    }
    for (const [id, row] of this.#sessions)
      if (this.commit.sessions.get(id) === row || isSessionRow(row)) recent.sessions.set(id, row!);
    this.logs.remember();
  }
}

/** Refuses to save what was deleted and can be restored. */
function unhidden<Row>(row: Row, id: string): Row {
  if (!isHidden(row)) return row;
  throw new SessionStoreError('NOT_FOUND', `"${id}" was deleted. Call restoreSession() first`, id);
}

/** `undefined` for an unreadable row; rethrows errors of the database. */
function unlessUnreadable(error: unknown): undefined {
  if (!(error instanceof SessionStoreError)) throw error;
}
