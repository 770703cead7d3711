import type { Connection, ConnectionOptions } from '../database/connection.js';
import { isConnectionFault, isNewer } from '../database/faults.js';
import type { ReadTransaction, WriteTransaction } from '../database/schema.js';
import { SessionStoreError } from '../errors.js';
import { beginCommit, beginCommitWithoutRoom, type Commit, commitFrom, tick } from '../snapshots/commit.js';
import { SnapshotCache } from '../snapshots/cache.js';
import { type Given, readSnapshot } from '../snapshots/read/snapshots.js';
import { removeAll } from '../snapshots/delete/delete.js';
import type { DatabaseAccess, DeletingAccess } from '../snapshots/database-access.js';
import type { ApplyExpiry } from '../snapshots/stored-snapshot.js';
import type { SaveRequest } from '../snapshots/save/save-snapshot.js';
import { saveBatch } from '../snapshots/save/save-batch.js';
import { Presence, withExpiry } from '../tabs/presence.js';
import { whenIdle } from '../runtime/idle.js';
import { followLifecycle } from '../tabs/page-lifecycle.js';
import { Subscriptions } from './subscriptions.js';
import { Background } from './background.js';
import { LazyEncryptedDatabase } from '../encryption/lazy-encrypted-database.js';
import { OperationQueue } from './operation-queue.js';
import { KeyNews } from './key-news.js';
import type { StoreOptions } from './options.js';
import { UnencryptedConnection } from './unencrypted-connection.js';

/** Under which a store has its tenants for `offshoot/sync`, which may be of another bundle. */
export const TENANT: symbol = Symbol.for('offshoot:tenant');

/** The settings that all tenants of a store share. */
export type TenantSettings = StoreOptions & ConnectionOptions;

/** Allows deleting a database whose rows cannot be read, unless its connection failed or it is of a newer version. */
function unseenRemoval(error: unknown): Commit {
  if (!(error instanceof SessionStoreError) || isConnectionFault(error) || isNewer(error)) throw error;
  return { ...commitFrom(0, tick(0)), cleared: true };
}

/** One tenant's database. */
export class Tenant<S> implements DatabaseAccess {
  readonly recent = new SnapshotCache();
  readonly subscriptions: Subscriptions<S>;
  readonly given: Given | undefined;
  readonly encrypted: LazyEncryptedDatabase | undefined;
  /** Rows as if they were not encrypted. */
  readonly #rows: Pick<UnencryptedConnection, 'read' | 'write'>;
  readonly presence = new Presence();
  readonly keyNews: KeyNews;
  /** Shows expiry without asking the lock manager which clients live. */
  readonly applyExpiry = this.#expiryBy(new Map());
  readonly #endLifecycle: () => void;
  readonly #queue = new OperationQueue((requests: SaveRequest<S>[]) => this.#save(requests));
  readonly background: Background;
  readonly #reads = new Set<Promise<unknown>>();

  /** `connection` opens while all this is made. */
  constructor(
    readonly connection: Connection,
    readonly settings: TenantSettings,
  ) {
    const { encryption, frozen } = settings;
    // Frozen objects are shared.
    if (!frozen) this.given = { id: undefined };
    this.encrypted = encryption && new LazyEncryptedDatabase(connection, encryption);
    this.#rows = this.encrypted ?? new UnencryptedConnection(connection);
    this.keyNews = new KeyNews(connection, settings);
    this.subscriptions = new Subscriptions(this);
    connection.rekeyed = () => this.subscriptions.tellKeys();
    this.#endLifecycle = this.#followLifecycle();
    const read: DatabaseAccess['read'] = (work) => this.#rows.read(work, Infinity);
    this.background = new Background(connection, settings, this, this.unhurried, {
      read,
      readWithLiveness: (work) => this.#show(work, false, read),
      remove: (work) => this.#remove(work),
    });
    void this.background.scheduleRetention();
  }

  /** Access without a time limit, for work on the whole database. */
  get unhurried(): DeletingAccess {
    return {
      read: (work) => this.read(work, Infinity),
      readWithLiveness: (work) => this.readWithLiveness(work),
      remove: (work) => this.remove(work),
    };
  }

  /** Reads the result of all operations called before, and of none called after. */
  async read<T>(work: (transaction: ReadTransaction) => Promise<T>, limitMs?: number): Promise<T> {
    await this.#queue.done();
    return this.#untilClosed(this.#rows.read(work, limitMs));
  }

  /**
   * Reads what is shown to the application. The lock manager cannot be asked inside a transaction; if its answer is
   * needed, everything is read again afterwards, since a worker may have finished before its tab went. A watcher
   * does not ask for a client whose end is awaited, since it will be told of that.
   */
  readWithLiveness<T>(
    work: (transaction: ReadTransaction, applyExpiry: ApplyExpiry) => Promise<T>,
    isWatcher?: boolean,
  ): Promise<T> {
    return this.#untilClosed(this.#show(work, isWatcher));
  }

  /** Saves after all operations called before, in a batch with other waiting saves. */
  save(request: SaveRequest<S>): Promise<string | null> {
    return this.#queue.add(request);
  }

  /** Saves all or none, in one transaction, after all operations called before. */
  async saveAll(requests: SaveRequest<S>[]): Promise<(string | null)[]> {
    const results = await this.#queue.enqueue(() => this.#save(requests, true));
    return results.map((result) => (result as PromiseFulfilledResult<string | null>).value);
  }

  /** Writes after all operations called before, and calls this tab's watchers before it resolves. */
  write<C extends Commit>(
    work: (transaction: WriteTransaction) => Promise<C | null>,
    limitMs?: number,
  ): Promise<C | null> {
    return this.#committed(() => this.background.withRoom(() => this.#rows.write(work, limitMs)));
  }

  /** Deletes like `write`, and also works on a full disk. */
  remove<C extends Commit>(
    work: (transaction: WriteTransaction, begin: typeof beginCommit) => Promise<C | null>,
  ): Promise<C | null> {
    return this.#queue.enqueue(() => this.#remove(work));
  }

  rearrange<C extends Commit>(work: (transaction: WriteTransaction) => Promise<C | null>): Promise<C | null> {
    return this.#committed(() => this.#rows.write(work));
  }

  deleteDatabase(): Promise<void> {
    return this.#queue.enqueue(async () => {
      const commit = await this.#rows.write(removeAll).catch(unseenRemoval);
      try {
        await this.connection.delete();
        // Later than anything that others still wrote meanwhile; the next database's clock starts later than that.
        commit.version += 1000;
      } finally {
        // Its content is gone, even if other tabs still block the deletion itself.
        this.#publish(commit);
        this.subscriptions.forget();
      }
    });
  }

  /**
   * A state was given away in the very objects that were read, since a copy takes about as long. The caller may change
   * them at any time, so it is read once more, in idle time: the next save probably continues it. This never opens the
   * database, which may have been deleted meanwhile.
   */
  readAgainLater(id: string): void {
    const given = this.given!;
    given.id = id;
    whenIdle(async () => {
      await this.#queue.done();
      if (given.id !== id || !this.connection.isOpen) return;
      const reading = this.#rows.read((transaction) => readSnapshot(transaction, this.recent, id));
      await this.#untilClosed(reading).catch(() => {});
    });
  }

  async close(): Promise<void> {
    await this.#endIdleWork();
    this.subscriptions.clear();
    this.#endLifecycle();
    await this.#queue.done();
    await Promise.allSettled([...this.#reads]);
    // Operations that were under way may have loaded and started idle work.
    await this.#endIdleWork();
    this.subscriptions.leave();
    this.presence.putDown();
    await this.connection.close();
  }

  async #endIdleWork(): Promise<void> {
    await this.encrypted?.stop();
    await this.background.stop();
  }

  async #show<T>(
    work: (transaction: ReadTransaction, applyExpiry: ApplyExpiry) => Promise<T>,
    isWatcher?: boolean,
    read: DatabaseAccess['read'] = (work) => this.read(work),
  ): Promise<T> {
    const unknown = new Set<string>();
    const first = await read((transaction) =>
      work(transaction, this.#expiryBy(new Map(), unknown, isWatcher)),
    );
    if (unknown.size === 0) return first;
    const alive = await this.presence.alive(unknown);
    return read((transaction) => work(transaction, this.#expiryBy(alive)));
  }

  #committed<C extends Commit>(write: () => Promise<C | null>): Promise<C | null> {
    return this.#queue.enqueue(async () => {
      const commit = await write();
      if (commit) this.#publish(commit);
      return commit;
    });
  }

  /** `unknown` collects the clients that the lock manager has to be asked about. */
  #expiryBy(alive: ReadonlyMap<string, boolean>, unknown?: Set<string>, isWatcher?: boolean): ApplyExpiry {
    return (snapshot, { client }) => {
      const lives =
        client === undefined
          ? undefined
          : client === this.presence.client ||
            (isWatcher && this.presence.awaits(client)) ||
            alive.get(client);
      if (client !== undefined && lives === undefined) unknown?.add(client);
      return withExpiry(snapshot, this.settings.heartbeatTimeoutMs, lives);
    };
  }

  async #save(
    requests: SaveRequest<S>[],
    isAtomic?: boolean,
  ): Promise<PromiseSettledResult<string | null>[]> {
    await this.presence.take();
    const saved = await this.background.withRoom(() =>
      saveBatch(
        (work, isProven) => this.#rows.write(work, undefined, isProven),
        this.recent,
        requests,
        this.presence.client,
        !this.encrypted,
        isAtomic,
        // A rehearsal is not the transaction that others have to wait for.
        (commit) => !this.encrypted && this.subscriptions.announce(commit),
      ),
    );
    saved.remember();
    this.#publish(saved.commit, !this.encrypted);
    return saved.results;
  }

  async #remove<C extends Commit>(
    work: (transaction: WriteTransaction, begin: typeof beginCommit) => Promise<C | null>,
  ): Promise<C | null> {
    const write = (begin: typeof beginCommit) => this.#rows.write((transaction) => work(transaction, begin));
    const commit = await write(beginCommit).catch((error: SessionStoreError) => {
      if (error.status !== 'RESOURCE_EXHAUSTED') throw error;
      return write(beginCommitWithoutRoom);
    });
    if (commit) this.#publish(commit);
    return commit;
  }

  /** Makes `close()` wait for a read. */
  #untilClosed<T>(reading: Promise<T>): Promise<T> {
    this.#reads.add(reading);
    return reading.finally(() => this.#reads.delete(reading));
  }

  #publish(commit: Commit, isAnnounced = false): void {
    this.connection.advance(commit.version);
    if (!isAnnounced) this.subscriptions.announce(commit);
    // What is remembered is of the time before a write that was no save.
    if (commit.version !== this.recent.clock) {
      this.recent.isAlone = false;
      this.recent.trees.clear();
    }
    this.subscriptions.publish(commit);
    this.background.follow(commit);
  }

  #followLifecycle(): () => void {
    let wasPresent = false;
    return followLifecycle({
      hidden: () => {
        wasPresent = this.presence.putDown();
        this.subscriptions.leave();
        void this.connection.close();
      },
      gone: () => this.connection.giveUpUnfinished(),
      frozen: () => {
        // A message would open the database, and a frozen tab would then block its deletion.
        this.subscriptions.leave();
        void this.connection.suspend();
      },
      back: () => {
        if (wasPresent) void this.presence.take();
        this.subscriptions.comeBack();
      },
    });
  }
}
