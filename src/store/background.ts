import type { Connection, ConnectionOptions } from '../database/connection.js';
import { SessionStoreError } from '../errors.js';
import { Part } from '../runtime/load.js';
import { type Commit, UNMERGED } from '../snapshots/commit.js';
import type { DatabaseAccess, DeletingAccess } from '../snapshots/database-access.js';
import type { UnloadedPart } from '../types/health.js';
import type { Compaction } from '../maintenance/compaction/scheduler.js';
import type { Purging } from '../maintenance/undo/scheduler.js';
import type { Retention } from '../maintenance/retention/scheduler.js';
import type { StoreOptions } from './options.js';

/**
 * What a tenant does unasked: compaction, retention, and making room on a full disk. Each part is loaded when it is first
 * needed. Nobody awaits it, so a failure to load it is told with an event.
 */
export class Background {
  readonly #compaction: Part<Compaction>;
  readonly #retention: Part<Retention>;
  readonly #purging: Part<Purging>;
  readonly #room = this.#part(
    'room',
    () => import('../maintenance/quota/retry-when-full.js'),
    (room) => room,
  );

  constructor(
    readonly connection: Connection,
    readonly settings: StoreOptions & Pick<ConnectionOptions, 'tell'>,
    rearranging: Pick<DatabaseAccess, 'read' | 'rearrange' | 'remove'>,
    access: DeletingAccess,
    /** Access without the queue, in which the write that needs room is under way. */
    readonly direct: DeletingAccess,
  ) {
    const { asked: database } = connection;
    const { retention, tell } = settings;
    this.#compaction = this.#part(
      'compaction',
      () => import('../maintenance/compaction/scheduler.js'),
      ({ Compaction }) => new Compaction(`offshoot:${database}:compact`, rearranging),
    );
    this.#purging = this.#part(
      'purging',
      () => import('../maintenance/undo/scheduler.js'),
      ({ Purging }) => new Purging(rearranging, connection),
    );
    connection.hides = async (noted) => (await this.#purging.getInBackground())?.schedule(noted);
    this.#retention = this.#part(
      'retention',
      () => import('../maintenance/retention/scheduler.js'),
      ({ Retention }) => new Retention(retention!, { database, tell, access }),
    );
  }

  compaction(): Promise<Compaction> {
    return this.#compaction.get();
  }

  /** Applies the store's own policy, if there is one. */
  async retention(): Promise<Retention | undefined> {
    if (!this.settings.retention) return undefined;
    return this.#retention.getInBackground();
  }

  async scheduleRetention(): Promise<void> {
    (await this.retention())?.schedule();
  }

  /** Schedules what a commit gives cause for. */
  follow(commit: Commit): void {
    for (const [id, row] of commit.sessions) {
      if (this.settings.compaction && row && row.unsealed >= UNMERGED)
        void this.#compaction.getInBackground().then((compaction) => compaction?.schedule(id));
    }
    void this.scheduleRetention();
  }

  /** Writes; if the disk is full, makes room and tries again. */
  async withRoom<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof SessionStoreError) || error.status !== 'RESOURCE_EXHAUSTED') throw error;
      const room = await this.#room.getInBackground();
      if (!room) throw error;
      const { onQuotaExceeded, tell } = this.settings;
      return room.writeWithRoom(error, write, {
        database: this.connection.name,
        tell,
        access: this.direct,
        retention: await this.#retention.made(),
        onQuotaExceeded,
      });
    }
  }

  /** Waits for a merge or a deletion that is under way; no more follow. */
  async stop(): Promise<void> {
    for (const part of [this.#compaction, this.#retention, this.#purging]) await (await part.made())?.stop();
  }

  #part<T, M>(part: UnloadedPart, importing: () => Promise<M>, make: (module: M) => T): Part<T> {
    return new Part(part, importing, make, () =>
      this.settings.tell({ type: 'unloaded', database: this.connection.asked, part }),
    );
  }
}
