import type { SessionsChange } from '../contract/session.js';
import type { SessionSnapshot } from '../contract/snapshot.js';
import { Connection } from '../database/connection.js';
import type { ReadTransaction, SessionRow, WriteTransaction } from '../database/schema.js';
import { readClock, type Commit } from '../history/commit.js';
import { readSession, readSnapshot } from '../history/read.js';
import { removeAll } from '../history/remove.js';
import { sessionInfo } from '../history/rows.js';
import { withExpiry } from '../liveness/expiry.js';
import { openChannel, type ChangeChannel, type ChangeMessage } from '../tabs/channel.js';
import { ALL, Watchers, type Versioned } from '../tabs/watchers.js';

/** One tenant's database, and everybody in this tab who watches it. */
export class Tenant<S> {
  readonly snapshots: Watchers<SessionSnapshot<S>>;
  readonly sessions: Watchers<SessionsChange>;
  readonly #connection: Connection;
  readonly #channel: ChangeChannel;
  /** The last operation begun; the next one waits for it, so that a delete wins over the saves before it. */
  #tail: Promise<unknown> = Promise.resolve();
  readonly #reads = new Set<Promise<unknown>>();

  constructor(
    databaseName: string,
    durability: IDBTransactionDurability,
    readonly heartbeatTimeoutMs: number,
  ) {
    this.#connection = new Connection(databaseName, durability);
    this.#channel = openChannel(databaseName, (message) => this.#receive(message));
    this.snapshots = new Watchers((id) =>
      this.read(async (transaction) => {
        const stored = await readSnapshot<S>(transaction, id);
        return stored && this.#snapshot(stored.row.version, stored.snapshot);
      }),
    );
    this.sessions = new Watchers((id) =>
      this.read(async (transaction) => {
        const row = await readSession(transaction, id);
        return sessionChange(row?.version ?? (await readClock(transaction)), id, row);
      }),
    );
  }

  /** Reads what all operations begun before have left. */
  async read<T>(work: (transaction: ReadTransaction) => Promise<T>): Promise<T> {
    await this.#tail;
    const result = this.#connection.read(work);
    this.#reads.add(result);
    return result.finally(() => this.#reads.delete(result));
  }

  /** Writes after all operations begun before, and tells everybody before it resolves. */
  write<C extends Commit>(work: (transaction: WriteTransaction) => Promise<C | null>): Promise<C | null> {
    return this.#enqueue(async () => {
      const commit = await this.#connection.write(work);
      if (commit) this.#publish(commit);
      return commit;
    });
  }

  deleteDatabase(): Promise<void> {
    return this.#enqueue(async () => {
      const commit = await this.#connection.write(removeAll);
      // Later than anything in this database, earlier than anything in the next.
      const version = Date.now() * 1000;
      try {
        await this.#connection.delete();
        commit.version = version;
      } finally {
        // What it held is gone, even if others do not let go of the database itself.
        this.#publish(commit);
      }
    });
  }

  async close(): Promise<void> {
    this.snapshots.clear();
    this.sessions.clear();
    await this.#tail;
    await Promise.allSettled(this.#reads);
    this.#channel.close();
    await this.#connection.close();
  }

  #enqueue<T>(operation: () => Promise<T>): Promise<T> {
    const done = this.#tail.then(operation);
    this.#tail = done.catch(() => {});
    return done;
  }

  #publish({ version, snapshots, sessions, cleared }: Commit): void {
    this.#channel.send({
      version,
      snapshots: snapshots.map(({ snapshotId }) => snapshotId),
      sessions: [...sessions.keys()],
      cleared,
    });
    for (const snapshot of snapshots as SessionSnapshot<S>[]) {
      this.snapshots.deliver(snapshot.snapshotId, this.#snapshot(version, snapshot));
    }
    for (const [id, row] of sessions) this.sessions.deliver(id, sessionChange(version, id, row));
    if (cleared) this.#reset(version);
  }

  #receive({ version, snapshots, sessions, cleared }: ChangeMessage): void {
    for (const id of snapshots) void this.snapshots.refresh(id);
    for (const id of sessions) void this.sessions.refresh(id);
    if (cleared) this.#reset(version);
  }

  #reset(version: number): void {
    this.sessions.deliver(ALL, { version, value: { type: 'reset' }, gone: false });
    for (const id of this.sessions.keys()) this.sessions.deliver(id, sessionChange(version, id), [id]);
  }

  #snapshot(version: number, snapshot: SessionSnapshot<S>): Versioned<SessionSnapshot<S>> {
    return { version, value: withExpiry(snapshot, this.heartbeatTimeoutMs), gone: false };
  }
}

function sessionChange(version: number, sessionId: string, row?: SessionRow): Versioned<SessionsChange> {
  return row
    ? { version, value: { type: 'changed', sessionId, session: sessionInfo(row) }, gone: false }
    : { version, value: { type: 'deleted', sessionId }, gone: true };
}
