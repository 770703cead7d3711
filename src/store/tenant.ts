import type { SessionsChange } from '../contract/session.js';
import type { SessionSnapshot } from '../contract/snapshot.js';
import { Connection } from '../database/connection.js';
import type { ReadTransaction, SessionRow, WriteTransaction } from '../database/schema.js';
import { readClock, UNSEALED, type Commit } from '../history/commit.js';
import { readSession, readSnapshot } from '../history/read.js';
import { Recent } from '../history/recent.js';
import { removeAll } from '../history/remove.js';
import { sessionInfo, snapshotOf } from '../history/rows.js';
import type { SaveRequest } from '../history/save.js';
import { saveAll } from '../history/save-all.js';
import { withExpiry } from '../liveness/expiry.js';
import { openChannel, type ChangeChannel, type ChangeMessage } from '../tabs/channel.js';
import { ALL, Watchers, type Versioned } from '../tabs/watchers.js';
import type { Compaction } from './compaction.js';
import { SaveQueue } from './save-queue.js';

/** One tenant's database, and everybody in this tab who watches it. */
export class Tenant<S> {
  readonly recent = new Recent();
  readonly snapshots: Watchers<SessionSnapshot<S>>;
  readonly sessions: Watchers<SessionsChange>;
  readonly #connection: Connection;
  readonly #channel: ChangeChannel;
  /** The last operation begun; the next one waits for it, so that a delete wins over the saves before it. */
  #tail: Promise<unknown> = Promise.resolve();
  #compaction: Promise<Compaction> | undefined;
  readonly #saves: SaveQueue<SaveRequest<S>, string | null>;
  readonly #reads = new Set<Promise<unknown>>();

  constructor(
    readonly databaseName: string,
    durability: IDBTransactionDurability,
    readonly heartbeatTimeoutMs: number,
    /** Whether to seal logs in idle time. */
    readonly compacts: boolean,
  ) {
    this.#connection = new Connection(databaseName, durability);
    this.#channel = openChannel(databaseName, (message) => this.#receive(message));
    this.#saves = new SaveQueue(
      (run) => this.#enqueue(run),
      (requests) => this.#save(requests),
    );
    this.snapshots = new Watchers((id) =>
      this.read(async (transaction) => {
        const stored = await readSnapshot(transaction, this.recent, id);
        return stored && this.#change(stored.row.version, () => snapshotOf(stored.row, stored.state));
      }),
    );
    this.sessions = new Watchers((id) =>
      this.read(async (transaction) => {
        const row = await readSession(transaction, id);
        return sessionChange(row?.version ?? (await readClock(transaction)), id, row);
      }),
    );
  }

  /** Reads what all operations begun before have left, and nothing that is begun after. */
  async read<T>(work: (transaction: ReadTransaction) => Promise<T>): Promise<T> {
    this.#saves.close();
    await this.#tail;
    const result = this.#connection.read(work);
    this.#reads.add(result);
    return result.finally(() => this.#reads.delete(result));
  }

  /** Saves after all operations begun before; together with other saves, if they wait for the same. */
  save(request: SaveRequest<S>): Promise<string | null> {
    return this.#saves.add(request);
  }

  /** Writes after all operations begun before, and tells everybody before it resolves. */
  write<C extends Commit>(work: (transaction: WriteTransaction) => Promise<C | null>): Promise<C | null> {
    this.#saves.close();
    return this.#enqueue(async () => {
      const commit = await this.#connection.write(work);
      if (commit) this.#publish(commit);
      return commit;
    });
  }

  deleteDatabase(): Promise<void> {
    this.#saves.close();
    return this.#enqueue(async () => {
      const commit = await this.#connection.write(removeAll);
      try {
        await this.#connection.delete();
        // Later than what others still wrote meanwhile; the next database's clock starts later than that.
        commit.version += 1000;
      } finally {
        // What it held is gone, even if others do not let go of the database itself.
        this.#publish(commit);
      }
    });
  }

  compaction(): Promise<Compaction> {
    this.#compaction ??= import('./compaction.js').then(
      ({ Compaction }) =>
        new Compaction(`offshoot:${this.databaseName}:compact`, (work) => {
          this.#saves.close();
          return this.#enqueue(() => this.#connection.write(work));
        }),
    );
    // Loading may succeed another time, perhaps when the device is online again.
    this.#compaction.catch(() => (this.#compaction = undefined));
    return this.#compaction;
  }

  async close(): Promise<void> {
    (await this.#compaction?.catch(() => {}))?.stop();
    this.snapshots.clear();
    this.sessions.clear();
    await this.#tail;
    await Promise.allSettled(this.#reads);
    this.#channel.close();
    await this.#connection.close();
  }

  async #save(requests: SaveRequest<S>[]): Promise<PromiseSettledResult<string | null>[]> {
    const saved = await this.#connection.write((transaction) => saveAll(transaction, this.recent, requests));
    saved.remember();
    this.#publish(saved.commit);
    return saved.results;
  }

  #enqueue<T>(operation: () => Promise<T>): Promise<T> {
    const done = this.#tail.then(operation);
    this.#tail = done.catch(() => {});
    return done;
  }

  #publish({ version, snapshots, sessions, cleared }: Commit): void {
    if (snapshots.length === 0 && sessions.size === 0 && !cleared) return;
    this.#channel.send({
      version,
      snapshots: [...new Set(snapshots.map(({ id }) => id))],
      sessions: [...sessions.keys()],
      cleared,
    });
    for (const { id, version: written, snapshot } of snapshots) {
      this.snapshots.deliver(id, this.#change(written, snapshot as () => SessionSnapshot<S>));
    }
    for (const [id, row] of sessions) this.sessions.deliver(id, sessionChange(version, id, row));
    if (cleared) this.#reset(version);
    for (const [id, row] of sessions) {
      if (this.compacts && row && row.unsealed >= UNSEALED) void this.#compactLater(id);
    }
  }

  async #compactLater(sessionId: string): Promise<void> {
    // It is nobody's business if this fails: the next save that finds enough to do tries again.
    (await this.compaction().catch(() => {}))?.schedule(sessionId);
  }

  #receive({ version, snapshots, sessions, cleared }: ChangeMessage): void {
    for (const id of snapshots) void this.snapshots.refresh(id);
    for (const id of sessions) void this.sessions.refresh(id);
    if (cleared) this.#reset(version);
  }

  #reset(version: number): void {
    this.sessions.deliver(ALL, { version, value: () => ({ type: 'reset' }), gone: false });
    for (const id of this.sessions.keys()) this.sessions.deliver(id, sessionChange(version, id), [id]);
  }

  #change(version: number, snapshot: () => SessionSnapshot<S>): Versioned<SessionSnapshot<S>> {
    return { version, value: () => withExpiry(snapshot(), this.heartbeatTimeoutMs), gone: false };
  }
}

function sessionChange(version: number, sessionId: string, row?: SessionRow): Versioned<SessionsChange> {
  const value = (): SessionsChange =>
    row ? { type: 'changed', sessionId, session: sessionInfo(row) } : { type: 'deleted', sessionId };
  return { version, value, gone: !row };
}
