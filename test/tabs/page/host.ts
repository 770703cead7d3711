import {
  IndexedDBSessionStore,
  type IndexedDBSessionStoreOptions,
  type SessionSnapshotInput,
  type SessionChange,
  type SessionsChange,
} from '../../../src/index.js';
import { dumpDatabase } from '../../browser/raw-database.js';

/** What a watcher was told, and what it then found in IndexedDB, if it looked. */
export interface Told<T> {
  told: T;
  found?: T;
}

/** All that the watchers of a host were told, in order. */
export interface Heard {
  /** What the watched snapshot counts. */
  counts: Told<number>[];
  session: Told<SessionChange>[];
  sessions: SessionsChange[];
}

type Method = Exclude<keyof IndexedDBSessionStore, symbol>;

/** A place that has a store: a tab or a worker. Everything it does can be asked for by message. */
export class Host {
  #store = new IndexedDBSessionStore<number>();
  #options: IndexedDBSessionStoreOptions = {};
  #heard: Heard = { counts: [], session: [], sessions: [] };

  /** Opens another store instead. */
  async open(options: IndexedDBSessionStoreOptions): Promise<void> {
    await this.#store.close();
    this.#options = options;
    this.#store = new IndexedDBSessionStore(options);
    this.#heard = { counts: [], session: [], sessions: [] };
  }

  /** Calls the store. Only what can be sent may be passed. */
  async call(method: Method, ...args: unknown[]): Promise<unknown> {
    return (this.#store[method] as (...args: unknown[]) => unknown)(...args);
  }

  save(snapshotId: string, snapshot: SessionSnapshotInput<number>): Promise<string | null> {
    return this.#store.saveSnapshot(snapshotId, () => snapshot);
  }

  /** Adds one to what the snapshot counts, so many times, waiting for none before it begins the next. */
  async increment(snapshotId: string, times: number): Promise<void> {
    const saves = Array.from({ length: times }, () =>
      this.#store.saveSnapshot(snapshotId, (current) => ({
        sessionId: 's',
        createdAt: '2026-01-01T00:00:00Z',
        state: { custom: (current?.state?.custom ?? 0) + 1 },
      })),
    );
    await Promise.all(saves);
  }

  watch(snapshotId: string, sessionId: string): void {
    const { counts, session, sessions } = this.#heard;
    this.#store.onSnapshotStateChange(snapshotId, (snapshot) => counts.push({ told: countOf(snapshot) }));
    this.#store.onSessionChange(sessionId, (told) => session.push({ told }));
    this.#store.onSessionsChange((told) => sessions.push(told));
  }

  /** Like `watch`, and looks into IndexedDB from inside each callback, through a store that has heard of nothing. */
  watchAndLook(snapshotId: string, sessionId: string): void {
    const { counts, session } = this.#heard;
    const look = async <T>(entry: Told<T>, read: (store: IndexedDBSessionStore<number>) => Promise<T>) => {
      const store = new IndexedDBSessionStore<number>(this.#options);
      entry.found = await read(store);
      await store.close();
    };
    this.#store.onSnapshotStateChange(snapshotId, (snapshot) => {
      const entry: Told<number> = { told: countOf(snapshot) };
      counts.push(entry);
      void look(entry, async (store) => countOf(await store.getSnapshot({ snapshotId })));
    });
    this.#store.onSessionChange(sessionId, (told) => {
      const entry: Told<SessionChange> = { told };
      session.push(entry);
      void look(entry, async (store): Promise<SessionChange> => {
        const found = await store.getSession(sessionId);
        return found ? { type: 'changed', sessionId, session: found } : { type: 'deleted', sessionId };
      });
    });
  }

  heard(): Heard {
    return this.#heard;
  }

  /** Everything in the store's database. */
  dump(): ReturnType<typeof dumpDatabase> {
    return dumpDatabase(this.#options.name ?? 'offshoot');
  }
}

function countOf(snapshot: { state?: { custom?: number } } | undefined): number {
  return snapshot?.state?.custom ?? 0;
}

/** Lets others ask the host of this worker. */
export function answerMessages(): (event: MessageEvent) => void {
  const host = new Host();
  return ({ data, ports: [reply] }) => {
    const { action, args } = data as Request;
    const answering = (async () => (host[action] as (...args: unknown[]) => unknown)(...args))();
    answering.then(
      (value) => reply?.postMessage({ value }),
      (error: Error) => reply?.postMessage({ error: error.message }),
    );
  };
}

export interface Request {
  action: keyof Host;
  args: unknown[];
}

/** Asks the host behind a worker, a port or a service worker. */
export function ask(target: Pick<Worker, 'postMessage'>, request: Request): Promise<unknown> {
  const { port1, port2 } = new MessageChannel();
  target.postMessage(request, [port2]);
  return new Promise((resolve, reject) => {
    port1.onmessage = ({ data }: MessageEvent<{ value?: unknown; error?: string }>) => {
      port1.close();
      if (data.error === undefined) resolve(data.value);
      else reject(new Error(data.error));
    };
  });
}
