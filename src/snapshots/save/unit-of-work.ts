import { startingWith } from '../../database/key-order.js';
import { putClock } from '../../database/receipt.js';
import { isSessionRow, isSnapshotRow, wholeSession, wholeSnapshot } from '../../database/rows.js';
import {
  logKey,
  type LogRow,
  type SessionRow,
  type SnapshotRow,
  type WriteTransaction,
} from '../../database/schema.js';
import { ofAll } from '../../database/of-all.js';
import { requestAll } from '../../database/transaction.js';
import { SessionStoreError } from '../../errors.js';
import { keepOnly } from '../../logs/garbage-collect.js';
import { loadState } from '../../logs/load.js';
import type { LoadedState } from '../../logs/state.js';
import { latestLog, readClock, tick } from '../commit.js';
import type { Known } from './draft.js';
import { countChildren, countLeaves, type Leaves } from '../leaves.js';
import type { SnapshotCache } from '../cache.js';

/**
 * The rows that saves in one transaction read and write, each once, however many saves there are. What the tab
 * remembers is used where the clock, or the row's version, proves that it is what is stored.
 */
export class UnitOfWork {
  readonly #rows = new Map<string, SnapshotRow | undefined>();
  readonly #sessions = new Map<string, SessionRow | undefined>();
  readonly #states = new Map<string, LoadedState | null | undefined>();
  readonly #tips = new Map<number, number>();
  readonly #childless = new Set<string>();
  readonly #changedRows = new Map<string, 'add' | 'put'>();
  readonly #changedSessions = new Set<string>();
  #logRows: { log: number; row: LogRow }[] = [];
  #forgetful = false;
  #latestLog: number | undefined;

  private constructor(
    readonly transaction: WriteTransaction,
    readonly recent: SnapshotCache,
    public clock: number,
  ) {}

  /** Fetches in one go what saves of these snapshots will ask for. */
  static async begin(
    transaction: WriteTransaction,
    recent: SnapshotCache,
    ids: Iterable<string>,
  ): Promise<UnitOfWork> {
    const snapshots = transaction.objectStore('snapshots');
    const known = [...new Set(ids)];
    // Whoever is the first to save a snapshot will want to know whether it has been continued all the same.
    const strange = known.filter((id) => !recent.rows.has(id));
    const [clock, rows, children] = await requestAll(
      () => readClock(transaction),
      () => ofAll(known, (id) => snapshots.get(id)),
      () => ofAll(strange, (id) => snapshots.index('parentId').getKey(startingWith(id))),
    );
    recent.check(clock);
    const batch = new UnitOfWork(transaction, recent, clock);
    known.forEach((id, index) => batch.#rows.set(id, rows[index]));
    strange.forEach((id, index) => children[index] === undefined && batch.#childless.add(id));
    return batch;
  }

  nextVersion(): number {
    return (this.clock = tick(this.clock));
  }

  async row(id: string): Promise<SnapshotRow | undefined> {
    if (!this.#rows.has(id)) {
      const row = this.recent.rows.get(id) ?? (await this.transaction.objectStore('snapshots').get(id));
      this.#rows.set(id, row);
    }
    return wholeSnapshot(this.#rows.get(id), id);
  }

  /** Whether it is known that there is a row of this id; if not, there may be one all the same. */
  has(id: string): boolean {
    return this.#rows.get(id) !== undefined;
  }

  /** The row of `id` if it is one of the session that can be read. */
  async relative(id: string, sessionId: string): Promise<SnapshotRow | undefined> {
    const row = await this.row(id).catch(unlessUnreadable);
    return row?.sessionId === sessionId ? row : undefined;
  }

  async session(id: string): Promise<SessionRow | undefined> {
    if (!this.#sessions.has(id)) {
      const row = this.recent.sessions.get(id) ?? (await this.transaction.objectStore('sessions').get(id));
      this.#sessions.set(id, row);
    }
    return wholeSession(this.#sessions.get(id), id);
  }

  async state(row: SnapshotRow): Promise<LoadedState | null | undefined> {
    if (this.#states.has(row.id)) return this.#states.get(row.id);
    const remembered = this.recent.state(row);
    const state = remembered ? remembered.state : await loadState(this.transaction, row);
    this.#states.set(row.id, state);
    return state;
  }

  /** A row and its state, if they are known without asking the database. */
  recall(id: string): Known | undefined {
    const row = this.#rows.get(id) ?? this.recent.rows.get(id);
    if (!isSnapshotRow(row)) return undefined;
    if (this.#states.has(id)) return { row, state: this.#states.get(id) };
    const remembered = this.recent.state(row);
    return remembered && { row, state: remembered.state };
  }

  /** What a row that cannot be read had is stored again by those who continue it. */
  stateIfWhole(row: SnapshotRow): Promise<LoadedState | null | undefined> {
    return this.state(row).catch(unlessUnreadable);
  }

  /** Where a log ends. */
  async tip(log: number): Promise<number> {
    const known = this.#tips.get(log) ?? this.recent.tips.get(log);
    if (known !== undefined) return known;
    const last = await this.transaction.objectStore('logs').openKeyCursor(startingWith(log), 'prev');
    const tip = last ? last.key[1] : 0;
    this.#tips.set(log, tip);
    return tip;
  }

  /** The number of a new log. */
  async newLog(): Promise<number> {
    this.#latestLog ??= await latestLog(this.transaction);
    this.clock = Math.max(this.clock, this.#latestLog);
    return this.nextVersion();
  }

  /** Whether a snapshot of the session names `id` as its parent. */
  async hasChildren(id: string, sessionId: string): Promise<boolean> {
    if (this.#childless.has(id)) return false;
    return (await this.countChildren(id, sessionId)) > 0;
  }

  /** Two, if there are more. */
  countChildren(id: string, sessionId: string): Promise<number> {
    this.flush();
    return countChildren(this.transaction, id, sessionId);
  }

  putRow(row: SnapshotRow, state?: LoadedState | null, isNew = false): void {
    this.#rows.set(row.id, row);
    this.#states.set(row.id, state);
    // What was stored anew in this batch still must not have been there before.
    if (this.#changedRows.get(row.id) !== 'add') this.#changedRows.set(row.id, isNew ? 'add' : 'put');
    if (row.info.parentId !== undefined) this.#childless.delete(row.info.parentId);
  }

  /** Nothing names this id as its parent. */
  markChildless(id: string): void {
    this.#childless.add(id);
  }

  /** Goes through all of a session to see what its leaves are. */
  count(sessionId: string): Promise<Leaves> {
    this.flush();
    return countLeaves(this.transaction, sessionId);
  }

  /** Deletes what a log has from a position on. */
  async cut(log: number, end: number): Promise<void> {
    this.flush();
    await keepOnly(this.transaction, log, [[0, end]], end);
    this.#tips.set(log, end);
  }

  putSession(row: SessionRow): void {
    this.#sessions.set(row.id, row);
    this.#changedSessions.add(row.id);
  }

  putLogRow(log: number, row: LogRow): void {
    this.#logRows.push({ log, row });
    this.#tips.set(log, row.at + row.entries.length);
  }

  /** Something else is going to write in this transaction: nothing that is known can be relied on afterwards. */
  async step<T>(work: () => Promise<T>): Promise<T> {
    this.flush();
    const result = await work();
    for (const known of [this.#rows, this.#sessions, this.#states, this.#tips, this.#childless])
      known.clear();
    this.recent.check(-1);
    this.#forgetful = true;
    return result;
  }

  /** Sends what was changed to the database, without waiting for the last word: that is the transaction's. */
  flush(): void {
    const { transaction } = this;
    const snapshots = transaction.objectStore('snapshots');
    const sessions = transaction.objectStore('sessions');
    const logs = transaction.objectStore('logs');
    const send = (request: Promise<unknown>) => void request.catch(() => {});
    if (this.clock !== this.recent.clock || this.#forgetful) {
      send(putClock(transaction, this.clock));
    }
    for (const { log, row } of this.#logRows) send(logs.put(row, logKey(log, row)));
    for (const [id, how] of this.#changedRows) send(snapshots[how](this.#rows.get(id)!));
    for (const id of this.#changedSessions) send(sessions.put(this.#sessions.get(id)!));
    this.#logRows = [];
    this.#changedRows.clear();
    this.#changedSessions.clear();
  }

  /** After the transaction has committed. */
  remember(): void {
    const { recent } = this;
    if (this.#forgetful) return;
    recent.clock = this.clock;
    for (const [id, row] of this.#rows) {
      if (!isSnapshotRow(row)) continue;
      recent.rows.set(id, row);
      if (this.#states.has(id)) recent.remember(row, this.#states.get(id));
    }
    for (const [id, row] of this.#sessions) if (isSessionRow(row)) recent.sessions.set(id, row);
    for (const [log, tip] of this.#tips) recent.tips.set(log, tip);
  }
}

/** Does without a row that cannot be read; a database that cannot be read is another matter. */
function unlessUnreadable(error: unknown): undefined {
  if (!(error instanceof SessionStoreError)) throw error;
}
