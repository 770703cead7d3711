import { startingWith } from '../../database/key-order.js';
import { ofAll } from '../../database/pace.js';
import { isSessionRow, isSnapshotRow } from '../../database/rows.js';
import type { Noted, OutboxKey, SessionRow, SnapshotRow, WriteTransaction } from '../../database/schema.js';
import { spansOf } from '../../database/spans.js';
import { putClock } from '../../database/transaction.js';
import { freeUnreached } from '../../logs/garbage-collect.js';
import {
  beginCommit,
  type Commit,
  latestLog,
  NO_SESSION,
  noteLoose,
  withWritten,
} from '../../snapshots/commit.js';
import { selectionWithout } from '../../snapshots/selection.js';
import { leavesIn } from '../../snapshots/session-row.js';
import { Known } from './known.js';

/** What sync changes in one transaction: rows of sessions are put at its end, once the clock stands still. */
export class Changing {
  readonly known: Known;
  #commit: Commit | undefined;
  #latest: number | undefined;
  readonly #sessions = new Map<string, SessionRow | undefined>();
  /** Those whose change is shown, and those of which only sync sees one. */
  readonly #shown = new Set<string>();
  readonly #quiet = new Set<string>();
  readonly #ended = new Map<string, SessionRow>();
  readonly #notes = new Map<string, Noted | undefined>();

  constructor(readonly transaction: WriteTransaction) {
    this.known = new Known(transaction);
  }

  async commit(): Promise<Commit> {
    return (this.#commit ??= await beginCommit(this.transaction));
  }

  /** A number that nobody has, for a log or the version of a row. */
  async number(): Promise<number> {
    const commit = await this.commit();
    this.#latest ??= await latestLog(this.transaction);
    return (commit.version = Math.max(commit.version, this.#latest) + 1);
  }

  /** The row of a session that is here and can be read. */
  async session(id: string): Promise<SessionRow | undefined> {
    if (!this.#sessions.has(id)) {
      const row: unknown = await this.transaction.objectStore('sessions').get(id);
      this.#sessions.set(id, isSessionRow(row) ? row : undefined);
    }
    return this.#sessions.get(id);
  }

  /** The session that has an incarnation here. */
  async incarnated(incarnation: string, id: string | undefined): Promise<SessionRow | undefined> {
    const row = id === undefined ? undefined : await this.session(id);
    return row?.incarnation === incarnation ? row : undefined;
  }

  put(row: SessionRow, isShown = true): void {
    this.#sessions.set(row.id, row);
    this.#ended.delete(row.id);
    (isShown ? this.#shown : this.#quiet).add(row.id);
  }

  /** The session is not here any more. */
  end(row: SessionRow): void {
    this.#sessions.set(row.id, undefined);
    this.#ended.set(row.id, row);
  }

  /** The row as it follows from the session's snapshots. */
  async recounted(row: SessionRow, gone: readonly SnapshotRow[] = []): Promise<SessionRow> {
    const rows = await this.snapshotsOf(row.id);
    const { latest: _, selected, ...rest } = row;
    const byId = new Map([...gone, ...rows].map((each) => [each.id, each]));
    const there = new Set(rows);
    const nearest =
      selected !== undefined &&
      (await selectionWithout(
        selected,
        (id) => byId.get(id),
        (each) => there.has(each),
      ));
    return {
      ...rest,
      ...leavesIn(rows),
      snapshots: rows.length,
      ...(nearest && { selected: nearest }),
    };
  }

  async snapshotsOf(sessionId: string): Promise<SnapshotRow[]> {
    const index = this.transaction.objectStore('snapshots').index('sessionId');
    return (await index.getAll(startingWith(sessionId))).filter(isSnapshotRow);
  }

  async snapshot(id: string): Promise<SnapshotRow | undefined> {
    const row: unknown = await this.transaction.objectStore('snapshots').get(id);
    return isSnapshotRow(row) ? row : undefined;
  }

  /** Deletes snapshots of one session, of which others or none are left, and frees what they alone reached. */
  async remove(sessionId: string, rows: readonly SnapshotRow[]): Promise<void> {
    if (rows.length === 0) return;
    await this.commit();
    const snapshots = this.transaction.objectStore('snapshots');
    await ofAll(rows, ({ id }) => snapshots.delete(id));
    await ofAll(rows, ({ id }) => this.unnote('snapshot', id));
    await freeUnreached(this.transaction, sessionId, rows.flatMap(spansOf));
  }

  /** What the outbox says, with what this transaction wrote there. */
  async noted(kind: OutboxKey[0], id: string): Promise<Noted | undefined> {
    const name = `${kind} ${id}`;
    if (!this.#notes.has(name))
      this.#notes.set(name, await this.transaction.objectStore('outbox').get([kind, id]));
    return this.#notes.get(name);
  }

  note(kind: OutboxKey[0], id: string, what: Noted): Promise<unknown> {
    this.#notes.set(`${kind} ${id}`, what);
    return this.transaction.objectStore('outbox').put(what, [kind, id]);
  }

  unnote(kind: OutboxKey[0], id: string): Promise<unknown> {
    this.#notes.set(`${kind} ${id}`, undefined);
    return this.transaction.objectStore('outbox').delete([kind, id]);
  }

  /** Puts what is left to put. Resolves to what watchers are told; `null` if nobody could have remembered what changed. */
  async finish(): Promise<Commit | null> {
    if (this.#shown.size + this.#quiet.size + this.#ended.size > 0) await this.commit();
    const commit = this.#commit;
    if (!commit) return null;
    const sessions = this.transaction.objectStore('sessions');
    let isLoose = this.#shown.size + this.#ended.size === 0;
    for (const id of new Set([...this.#shown, ...this.#quiet])) {
      const row = this.#sessions.get(id);
      if (!row) continue;
      const { version } = commit;
      const put = this.#shown.has(id) ? { ...row, version, written: withWritten(row.written, commit) } : row;
      await sessions.put(put);
      if (put === row) isLoose = true;
      else commit.sessions.set(id, put);
    }
    for (const [id, row] of this.#ended) {
      await sessions.delete(id);
      commit.sessions.set(id, undefined);
      await noteLoose(this.transaction, id, withWritten(row.written, commit));
    }
    if (isLoose) await noteLoose(this.transaction, NO_SESSION, [commit]);
    putClock(this.transaction, commit.version);
    return commit;
  }
}
