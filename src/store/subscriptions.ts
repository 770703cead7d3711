import type { DatabaseAccess } from '../snapshots/database-access.js';
import type { SessionsChange } from '../types/session.js';
import type { SessionSnapshot } from '../types/snapshot.js';
import type { Connection } from '../database/connection.js';
import type { ReadTransaction, SessionRow } from '../database/schema.js';
import { SessionStoreError } from '../errors.js';
import { type Commit, EVERYTHING, isStretch, NO_SESSION, readClock, readLoose } from '../snapshots/commit.js';
import { readSession, readSnapshot } from '../snapshots/read/snapshots.js';
import type { SnapshotCache } from '../snapshots/cache.js';
import {
  sessionInfo,
  snapshotInfo,
  snapshotOf,
  type StoredSnapshot,
  type ApplyExpiry,
} from '../snapshots/stored-snapshot.js';
import { lookAgainIn, type Presence } from '../tabs/presence.js';
import { MOST_IDS } from '../tabs/channel.js';
import { CatchUp, type Hints, type Note } from '../tabs/catch-up.js';
import { report } from '../platform/browser.js';
import { ALL, Watchers, type Versioned } from '../tabs/watchers.js';
import type { KeyNews } from './key-news.js';
import type { StoreOptions } from './options.js';

/** Where subscriptions get what they deliver. */
export interface Source extends Pick<DatabaseAccess, 'read' | 'readWithLiveness'> {
  readonly connection: Pick<Connection, 'asked' | 'name' | 'expectDeletion'>;
  readonly presence: Pick<Presence, 'awaitEnd'>;
  readonly recent: SnapshotCache;
  readonly keyNews: KeyNews;
  readonly applyExpiry: ApplyExpiry;
  readonly settings: Pick<StoreOptions, 'frozen' | 'heartbeatTimeoutMs'>;
}

/** This tab's watchers of one database, called for commits of any tab. */
export class Subscriptions<S> {
  readonly #snapshots: Watchers<SessionSnapshot<S>>;
  readonly #sessions: Watchers<SessionsChange>;
  readonly #sync: CatchUp;

  /** The clock's reading at which everything is known to be deleted. */
  #resetAt = 0;

  constructor(readonly source: Source) {
    const failed = reporter(source.keyNews);
    this.#snapshots = new Watchers(async (id, hasChanged) => {
      const change = await source.readWithLiveness(async (transaction, applyExpiry) => {
        const stored = await readSnapshot(transaction, source.recent, id, hasChanged);
        return stored && snapshotChange<S>(stored, applyExpiry, source.settings);
      }, true);
      if (change?.client && !change.ended) {
        source.presence.awaitEnd(change.client, () => this.#snapshots.refreshAll());
      }
      return change;
    }, failed);
    this.#sessions = new Watchers((id) => source.read((transaction) => readChange(transaction, id)), failed);
    this.#sync = new CatchUp(source.connection.asked, {
      isWatched: () => !this.#snapshots.isEmpty || !this.#sessions.isEmpty,
      database: () => source.connection.name,
      rekeyed: () => source.keyNews.hear(),
      readClock: () => source.read(readClock),
      hear: (hints, note, later) => this.#hear(hints, note, later),
      missed: (clock) => {
        this.#snapshots.refreshAll();
        this.#refreshSessions(clock, 0);
      },
      replaced: (version) => this.#refreshSessions(version),
    });
  }

  watchSnapshot(id: string, callback: (snapshot: SessionSnapshot<S>) => void): () => void {
    const end = this.#snapshots.watch(id, callback);
    this.#sync.begin(false);
    void this.#snapshots.refresh(id);
    return end;
  }

  /** `ALL` for every session. */
  watchSessions(id: string, callback: (change: SessionsChange) => void): () => void {
    // Commits of other tabs are tracked only while sessions are watched.
    const isFirst = this.#sessions.isEmpty;
    const end = this.#sessions.watch(id, callback);
    this.#sync.begin(isFirst);
    return end;
  }

  /**
   * Tells other tabs of a commit of this tab. It may be about to come: what they read waits for a transaction that has
   * begun, so that they have it as soon as it is there; if it fails, they find nothing new.
   */
  announce({ since, version, snapshots, sessions, cleared }: Commit): void {
    if (version === since) return;
    const ids = [...sessions.keys()];
    const isLoose = ids.length === 0 || snapshots.some(({ row }) => row.sessionId === '');
    const message = {
      database: this.source.connection.name,
      snapshots: [...new Set(snapshots.map(({ row }) => row.id))].slice(0, MOST_IDS),
      // One more than the limit tells the receiver that there are more.
      sessions: [...(isLoose ? [NO_SESSION] : []), ...ids].slice(0, MOST_IDS + 1),
      cleared,
    };
    this.#sync.tell(message);
  }

  /** Delivers a commit of this tab to its watchers. */
  publish({ since, version, snapshots, sessions, cleared }: Commit): void {
    if (version === since) return;
    this.#sync.note({ since, version });
    for (const stored of snapshots) {
      this.#snapshots.deliver(
        stored.row.id,
        snapshotChange(stored, this.source.applyExpiry, this.source.settings),
      );
    }
    for (const [id, row] of sessions) this.#sessions.deliver(id, sessionChange(version, id, row));
    if (cleared) this.#reset(version);
  }

  /** This tab has changed the keys of encryption. */
  tellKeys(): void {
    this.#sync.tellKeys();
    this.source.keyNews.hear();
  }

  /** The snapshots that somebody in this tab watches. */
  get watched(): readonly string[] {
    return this.#snapshots.keys();
  }

  /** The database was deleted. */
  forget(): void {
    this.#sync.forget();
  }

  /** Stops listening to other tabs. */
  leave(): void {
    this.#sync.putDown();
  }

  /** Listens again, and finds out what was missed. */
  comeBack(): void {
    this.#sync.takeUp();
    this.catchUp();
    this.source.keyNews.hear(true);
    // A tab that died meanwhile has not advanced the clock, but its `pending` snapshots are now `expired`.
    this.#snapshots.refreshAll();
  }

  /** Finds out what was missed. */
  catchUp(): void {
    void this.#sync.catchUp();
  }

  clear(): void {
    this.#snapshots.clear();
    this.#sessions.clear();
  }

  async #hear(hints: Hints, note: Note, later: number): Promise<void> {
    // Reading the database would create it anew. The browser confirms that somebody deletes it, so it was on purpose.
    if (hints.cleared && this.source.connection.expectDeletion()) {
      this.#sync.forget();
      return this.#reset(later);
    }
    const sessions = this.#hearOfSessions(hints, note).catch((error: unknown) => {
      this.#sessions.failed(error);
      throw error;
    });
    await Promise.all([this.#hearOfSnapshots(hints), sessions]);
  }

  /** A hint does not rule out other writes, so every watched snapshot is read; those named in the hint first. */
  async #hearOfSnapshots({ snapshots }: Hints): Promise<void> {
    const watched = this.#snapshots.keys();
    for (const hasChanged of [true, false]) {
      for (const id of watched) {
        if (snapshots.has(id) === hasChanged) await this.#snapshots.refresh(id, hasChanged);
      }
    }
  }

  async #hearOfSessions({ sessions, cleared }: Hints, note: Note): Promise<void> {
    if (this.#sessions.isEmpty) return;
    const ids = cleared ? [EVERYTHING, ...sessions] : [...sessions];
    const changes = await this.source.read(async (transaction) => {
      let noted: ReturnType<typeof readLoose> | undefined;
      const read: [string, Versioned<SessionsChange> | undefined, error?: SessionStoreError][] = [];
      for (const id of ids) {
        try {
          const change = await readChange(transaction, id, true, () => (noted ??= readLoose(transaction)));
          read.push([id, change]);
        } catch (error) {
          // A transaction that fell is replayed.
          if (!(error instanceof SessionStoreError)) throw error;
          read.push([id, undefined, error]);
        }
      }
      return read;
    });
    for (const [id, change, error] of changes) {
      // Only now: what a rehearsal cannot decrypt yet is no error.
      if (error) {
        this.#sessions.failed(error);
        continue;
      }
      // Without noted stretches, it was written without room, or it is another database by now.
      const isNews = note(change?.written);
      if (!change) continue;
      if (id.trim()) this.#sessions.deliver(id, change);
      if (id !== EVERYTHING) continue;
      if (isNews) this.#reset(change.version);
      // A watcher that began meanwhile may have read a value from before, and the clock from after.
      else if ((change.written?.at(-1)?.version ?? 0) > this.#resetAt) {
        this.#resetAt = change.version;
        this.#refreshSessions(change.version);
      }
    }
  }

  #reset(version: number): void {
    this.#resetAt = version;
    this.#tellAll(version);
    for (const id of this.#sessions.keys()) this.#sessions.deliver(id, sessionChange(version, id), [id]);
  }

  #refreshSessions(version: number, goneAt = version): void {
    this.#sessions.refreshAll(goneAt);
    this.#tellAll(version);
  }

  #tellAll(version: number): void {
    this.#sessions.deliver(ALL, { version, value: () => ({ type: 'reset' }), gone: false });
  }
}

function snapshotChange<S>(
  stored: StoredSnapshot,
  applyExpiry: ApplyExpiry,
  { frozen, heartbeatTimeoutMs }: Source['settings'],
): Versioned<SessionSnapshot<S>> & { client: string | undefined } {
  const { row } = stored;
  const info = applyExpiry(snapshotInfo(row), row);
  return {
    version: row.version,
    value: () => applyExpiry(snapshotOf<S>(stored, frozen), row),
    gone: false,
    client: row.client,
    ended: info.status === 'expired',
    again: lookAgainIn(info, heartbeatTimeoutMs),
  };
}

/**
 * The change of a session as stored. For a missing session, the noted end of it; `undefined` if `isHint` and none is
 * noted.
 */
async function readChange(
  transaction: ReadTransaction,
  id: string,
  isHint = false,
  noted = () => readLoose(transaction),
): Promise<Versioned<SessionsChange> | undefined> {
  const row = await readSession(transaction, id);
  if (row) return sessionChange(row.version, id, row);
  const written = (await noted()).filter((each) => each.id === id);
  const end = written.at(-1)?.version;
  if (end === undefined && isHint) return undefined;
  return { ...sessionChange(end ?? (await readClock(transaction)), id), written };
}

function sessionChange(version: number, sessionId: string, row?: SessionRow): Versioned<SessionsChange> {
  const value = (): SessionsChange =>
    row ? { type: 'changed', sessionId, session: sessionInfo(row) } : { type: 'deleted', sessionId };
  return { version, value, gone: !row, written: row?.written?.filter(isStretch) };
}

/** How many reported errors are remembered. */
const MOST_CAUSES = 100;

/** Reports errors of watching with `reportError`: each once, for all watchers together. */
function reporter(keyNews: KeyNews): (error: unknown) => void {
  const told = new Set<string>();
  return async (error) => {
    const { cause, path } = error as SessionStoreError;
    // A newer version was already reported with an `outdated` event, and other keys with `keys`.
    if ((cause as Error | undefined)?.name === 'VersionError' || told.has(String(error))) return;
    if (told.size === MOST_CAUSES) told.clear();
    told.add(String(error));
    if (path === 'options.encryption') {
      await keyNews.heard;
      if (keyNews.hasTold) return;
    }
    report(error);
  };
}
