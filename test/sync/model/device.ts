import { IndexedDBSessionStore, type SessionInfo, type SessionSnapshot } from '../../../src/index.js';
import { Rounds } from '../../../src/sync/engine/rounds.js';
import { StatusBoard } from '../../../src/sync/engine/status.js';
import type { SyncEvent } from '../../../src/sync/local/events.js';
import { openLocalSync } from '../../../src/sync/local/index.js';
import { SyncServer } from '../../../src/sync/wire/sync-server.js';
import { dumpDatabase, putBack } from '../../database/raw-database.js';
import { Network } from './network.js';

/** What a device shows of a session. */
export interface SessionView {
  title?: string | undefined;
  metadata?: Record<string, unknown> | undefined;
  snapshots: Record<string, SnapshotView>;
}

export interface SnapshotView {
  parentId: string | undefined;
  status: string | undefined;
  createdAt: string;
  /** The texts of its messages; of a pending one nothing, since its state does not travel. */
  texts: string[] | 'pending';
}

export type View = Record<string, SessionView>;

interface State {
  messages?: { content: { text?: string }[] }[];
}

const textsOf = (state: State | undefined): string[] =>
  (state?.messages ?? []).map(({ content }) => content[0]?.text ?? '');

/** One device of the person: its own database, and its own network. */
export class Device {
  store!: IndexedDBSessionStore<any>;
  rounds!: Rounds;
  readonly network: Network;
  readonly events: SyncEvent[] = [];

  private constructor(
    readonly name: string,
    handler: (request: Request) => Promise<Response>,
    tenant: string,
  ) {
    this.network = new Network(handler, tenant);
  }

  static async open(
    name: string,
    handler: (request: Request) => Promise<Response>,
    tenant: string,
  ): Promise<Device> {
    const device = new Device(name, handler, tenant);
    await device.start();
    return device;
  }

  async start(): Promise<void> {
    this.store = new IndexedDBSessionStore<any>({ name: this.name, compaction: false });
    // A database is made when it is first asked for something.
    await this.store.listSessions();
    this.rounds = await this.#opened();
  }

  async restart(): Promise<void> {
    await this.store.close();
    await this.start();
  }

  async close(): Promise<void> {
    await this.store.close();
    indexedDB.deleteDatabase(this.name);
  }

  kept: Awaited<ReturnType<Device['dump']>> | undefined;

  async dump() {
    return (await dumpDatabase(this.name))!;
  }

  /** Goes on with another content of its database. */
  async become(dump: NonNullable<Awaited<ReturnType<typeof dumpDatabase>>>): Promise<void> {
    await this.store.close();
    await putBack(this.name, dump);
    await this.start();
  }

  /** Another tab's rounds, over the same database. */
  otherTab(): Promise<Rounds> {
    return this.#opened();
  }

  /** Sends and fetches; resolves to how many rows the server would not have. */
  async sync(rounds: Rounds = this.rounds): Promise<number> {
    const { signal } = new AbortController();
    const refused = await rounds.run({ push: true, pull: true, again: true, signal });
    return refused.length;
  }

  async #opened(): Promise<Rounds> {
    const { local, database } = await openLocalSync(this.store);
    const board = new StatusBoard();
    board.onEvent((event) => this.events.push(event));
    const server = new SyncServer({ url: 'https://server', fetch: this.network.fetch });
    return new Rounds(database, local, server, board);
  }

  /** All that a person can see on this device. */
  async view(): Promise<View> {
    const view: View = {};
    for (const info of await this.sessions()) {
      const { title, metadata } = info;
      const snapshots = await this.snapshots(info.sessionId);
      view[info.sessionId] = {
        title,
        metadata: metadata && Object.keys(metadata).length > 0 ? sorted(metadata) : undefined,
        snapshots: sorted(
          Object.fromEntries(snapshots.map((snapshot) => [snapshot.snapshotId, shown(snapshot)])),
        ),
      };
    }
    return sorted(view);
  }

  async sessions(): Promise<SessionInfo[]> {
    const { sessions, damaged } = await this.store.listSessions({ limit: 1000 });
    if (damaged.length > 0) throw new Error(`damaged sessions: ${damaged.join()}`);
    return sessions.sort((one, other) => (one.sessionId < other.sessionId ? -1 : 1));
  }

  async snapshots(sessionId: string): Promise<SessionSnapshot<any>[]> {
    const { snapshots, damaged } = await this.store.listSnapshots({ sessionId, limit: 1000, order: 'asc' });
    if (damaged.length > 0) throw new Error(`damaged snapshots: ${damaged.join()}`);
    const whole: SessionSnapshot<any>[] = [];
    for (const { snapshotId } of snapshots) {
      const snapshot = await this.store.getSnapshot({ snapshotId });
      if (!snapshot) throw new Error(`${snapshotId} is listed and not there`);
      whole.push(snapshot);
    }
    return whole.sort((one, other) => (one.snapshotId < other.snapshotId ? -1 : 1));
  }
}

const isPending = (status: string | undefined) => status === 'pending' || status === 'expired';

function shown({ parentId, status, createdAt, state }: SessionSnapshot<any>): SnapshotView {
  return {
    parentId,
    status: isPending(status) ? 'pending' : status,
    createdAt: new Date(createdAt).toISOString(),
    texts: isPending(status) ? 'pending' : textsOf(state as State),
  };
}

const sorted = <T>(record: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1)));
