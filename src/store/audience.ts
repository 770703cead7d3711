import type { SessionsChange } from '../contract/session.js';
import type { SessionSnapshot } from '../contract/snapshot.js';
import type { ReadTransaction, SessionRow } from '../database/schema.js';
import { readClock, type Commit } from '../history/commit.js';
import { readSession, readSnapshot } from '../history/read.js';
import type { Recent } from '../history/recent.js';
import { sessionInfo, snapshotInfo, snapshotOf, type StoredSnapshot, type Surface } from '../history/rows.js';
import { Sync } from '../tabs/sync.js';
import { ALL, Watchers, type Versioned } from '../tabs/watchers.js';

/** Where those who watch get what they are told. */
export interface Source {
  readonly recent: Recent;
  readonly surface: Surface;
  read<T>(work: (transaction: ReadTransaction) => Promise<T>): Promise<T>;
  show<T>(work: (transaction: ReadTransaction, surface: Surface) => Promise<T>): Promise<T>;
  /** The database that is used. */
  database(): string;
  /** Another tab has deleted everything. */
  cleared(): void;
  /** Calls back when the tab that works at a pending snapshot is gone. */
  awaitEnd(client: string, gone: () => void): void;
}

/** Everybody in this tab who watches a database, and what they are told, whichever tab wrote it. */
export class Audience<S> {
  readonly #snapshots: Watchers<SessionSnapshot<S>>;
  readonly #sessions: Watchers<SessionsChange>;
  readonly #sync: Sync;

  constructor(
    databaseName: string,
    readonly source: Source,
  ) {
    this.#snapshots = new Watchers(async (id, hasChanged) => {
      const found = await source.show(async (transaction, surface) => {
        const stored = await readSnapshot(transaction, source.recent, id, hasChanged);
        return stored && { client: stored.row.client, change: snapshotChange<S>(stored, surface) };
      });
      if (found?.client && !found.change.ended) source.awaitEnd(found.client, () => this.#refreshSnapshots());
      return found?.change;
    });
    this.#sessions = new Watchers((id) =>
      source.read(async (transaction) => {
        const row = await readSession(transaction, id);
        return sessionChange(row?.version ?? (await readClock(transaction)), id, row);
      }),
    );
    this.#sync = new Sync(databaseName, {
      isWatched: () => !this.#snapshots.isEmpty || !this.#sessions.isEmpty,
      readClock: () => source.read(readClock),
      hear: ({ database, version, snapshots, sessions, cleared }) => {
        if (database !== source.database()) return;
        for (const id of snapshots) void this.#snapshots.refresh(id, true);
        for (const id of sessions) void this.#sessions.refresh(id);
        if (!cleared) return;
        source.cleared();
        this.#reset(version);
      },
      missed: (clock) => {
        this.#refreshSnapshots();
        for (const id of this.#sessions.keys()) void this.#sessions.refresh(id);
        this.#tellAll(clock);
      },
      replaced: (version) => this.#reset(version),
    });
  }

  watchSnapshot(id: string, callback: (snapshot: SessionSnapshot<S>) => void): () => void {
    const end = this.#snapshots.watch(id, callback);
    this.#sync.begin();
    void this.#snapshots.refresh(id);
    return end;
  }

  /** `ALL` for every session. */
  watchSessions(id: string, callback: (change: SessionsChange) => void): () => void {
    const end = this.#sessions.watch(id, callback);
    this.#sync.begin();
    return end;
  }

  /** Tells everybody, in all tabs, what was written here. */
  publish({ since, version, snapshots, sessions, cleared }: Commit): void {
    if (version === since) return;
    this.#sync.tell({
      database: this.source.database(),
      since,
      version,
      snapshots: [...new Set(snapshots.map(({ row }) => row.id))],
      sessions: [...sessions.keys()],
      cleared,
    });
    for (const stored of snapshots) {
      this.#snapshots.deliver(stored.row.id, snapshotChange(stored, this.source.surface));
    }
    for (const [id, row] of sessions) this.#sessions.deliver(id, sessionChange(version, id, row));
    if (cleared) this.#reset(version);
  }

  /** Hears nothing from now on. */
  leave(): void {
    this.#sync.putDown();
  }

  /** Hears again, and finds out what was missed. */
  comeBack(): void {
    this.#sync.takeUp();
    this.catchUp();
    // A tab that was lost meanwhile has advanced no clock.
    this.#refreshSnapshots();
  }

  /** Finds out what was missed. */
  catchUp(): void {
    void this.#sync.catchUp();
  }

  clear(): void {
    this.#snapshots.clear();
    this.#sessions.clear();
  }

  #refreshSnapshots(): void {
    for (const id of this.#snapshots.keys()) void this.#snapshots.refresh(id);
  }

  #reset(version: number): void {
    this.#tellAll(version);
    for (const id of this.#sessions.keys()) this.#sessions.deliver(id, sessionChange(version, id), [id]);
  }

  #tellAll(version: number): void {
    this.#sessions.deliver(ALL, { version, value: () => ({ type: 'reset' }), gone: false });
  }
}

function snapshotChange<S>(stored: StoredSnapshot, surface: Surface): Versioned<SessionSnapshot<S>> {
  const { row } = stored;
  return {
    version: row.version,
    value: () => surface(snapshotOf<S>(stored), row),
    gone: false,
    ended: surface(snapshotInfo(row), row).status === 'expired',
  };
}

function sessionChange(version: number, sessionId: string, row?: SessionRow): Versioned<SessionsChange> {
  const value = (): SessionsChange =>
    row ? { type: 'changed', sessionId, session: sessionInfo(row) } : { type: 'deleted', sessionId };
  return { version, value, gone: !row };
}
