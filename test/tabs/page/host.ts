import {
  IndexedDBSessionStore,
  type HealthEvent,
  type ImportReport,
  type IndexedDBSessionStoreOptions,
  type QuotaExceeded,
  type SessionStoreError,
  type SessionSnapshotInput,
  type SessionChange,
  type SessionsChange,
  type SnapshotInfo,
} from '../../../src/index.js';
import { dumpDatabase, settled, withRaw } from '../../database/raw-database.js';
import { stopAt } from './stop-at.js';

/** What a watcher was told, and what it then found in IndexedDB, if it looked. */
export interface Told<T> {
  told: T;
  found?: T;
}

/** What is left of an error that is sent to the test. */
export type Failure = Pick<SessionStoreError, 'status' | 'message' | 'room'> & {
  /** The name of the browser's own error. */
  cause: string | undefined;
};

/** All that the watchers of a host were told, in order. */
export interface CommitGaps {
  /** What the watched snapshot counts. */
  counts: Told<number>[];
  session: Told<SessionChange>[];
  sessions: SessionsChange[];
  /** The states of the watched snapshot. */
  statuses: (string | undefined)[];
  health: HealthEvent[];
}

/** Whether a snapshot's worker is at it, and its last sign of life. */
export type Pulse = Pick<SnapshotInfo, 'status' | 'heartbeatAt'>;

const nothing = (): CommitGaps => ({ counts: [], session: [], sessions: [], statuses: [], health: [] });

type Method = Exclude<keyof IndexedDBSessionStore, symbol>;

/** A place that has a store: a tab or a worker. Everything it does can be asked for by message. */
export class Host {
  #options: IndexedDBSessionStoreOptions = {};
  #heard = nothing();
  #store = this.#newStore();

  /** Opens another store instead. `freeing`: deletes the largest session when the disk is full. */
  async open(options: IndexedDBSessionStoreOptions, { freeing = false } = {}): Promise<void> {
    await this.#store.close();
    const free = async ({ sessions, free }: QuotaExceeded) => {
      await free([sessions[0]!.sessionId]);
    };
    this.#options = { ...options, ...(freeing && { onQuotaExceeded: free }) };
    this.#heard = nothing();
    this.#store = this.#newStore();
  }

  /** Opens a store with a key of its own instead. */
  async openEncrypted(options: IndexedDBSessionStoreOptions): Promise<void> {
    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
      'encrypt',
      'decrypt',
    ]);
    await this.open({ ...options, encryption: { key } });
  }

  exportText(): Promise<string> {
    return new Response(this.#store.exportSessions()).text();
  }

  importText(text: string): Promise<ImportReport> {
    return this.#store.importSessions(new Blob([text]).stream());
  }

  /** Imports a file as Genkit's store of files writes it. */
  importGenkitText(text: string): Promise<ImportReport> {
    return this.#store.importGenkitFiles([new File([text], 'g.json')]);
  }

  /** Calls the store. Only what can be sent may be passed. */
  async call(method: Method, ...args: unknown[]): Promise<unknown> {
    return (this.#store[method] as (...args: unknown[]) => unknown)(...args);
  }

  save(snapshotId: string, snapshot: SessionSnapshotInput<number>): Promise<string | null> {
    return this.#store.saveSnapshot(snapshotId, () => snapshot);
  }

  /** Stays in the midst of the save for so many ms, and says on a channel when it is there. */
  saveSlowly(snapshotId: string, snapshot: SessionSnapshotInput<number>, ms: number): Promise<string | null> {
    return this.#store.saveSnapshot(snapshotId, () => {
      new BroadcastChannel('amid a save').postMessage(snapshotId);
      const end = Date.now() + ms;
      while (Date.now() < end);
      return snapshot;
    });
  }

  /** Calls the store; resolves to the error that it fails with. */
  async failureOf(method: Method, ...args: unknown[]): Promise<Failure | undefined> {
    return failureOf(() => this.call(method, ...args));
  }

  failureOfSaving(snapshotId: string, snapshot: SessionSnapshotInput<number>): Promise<Failure | undefined> {
    return failureOf(() => this.save(snapshotId, snapshot));
  }

  /**
   * Saves sessions of one snapshot, of about so many bytes each, until there is no more room; first the large ones,
   * then smaller ones into what is left. Resolves to their ids, and to what the last save failed with.
   */
  async fillUp(sizes: readonly number[]): Promise<{ saved: string[]; failure: Failure }> {
    const saved: string[] = [];
    let last: Failure | undefined;
    let bytes = 0;
    for (const size of sizes) {
      for (;;) {
        const id = crypto.randomUUID();
        last = await this.failureOfSaving(id, filler(id, size));
        if (last) break;
        saved.push(id);
        bytes += size;
        // Many small ones fit in when the browser frees something amid all this.
        if (bytes > 50_000_000) throw new Error('the quota is not observed');
      }
    }
    return { saved, failure: last! };
  }

  saveFiller(sessionId: string, size: number): Promise<string | null> {
    return this.save(sessionId, filler(sessionId, size));
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

  /**
   * Goes on from a snapshot as an application does that has the conversation in its hands: turn after turn, each the
   * child of the one before. Resolves to their ids.
   */
  async converse(parentId: string, texts: readonly string[]): Promise<string[]> {
    const state = { ...(await this.#store.getSnapshot({ snapshotId: parentId }))?.state };
    const ids = [parentId];
    for (const text of texts) {
      state.messages = [...(state.messages ?? []), { role: 'user', content: [{ text }] }];
      const createdAt = new Date().toISOString();
      const turn = { sessionId: 's', parentId: ids.at(-1)!, createdAt, status: 'completed' as const, state };
      ids.push(await this.#store.saveSnapshot(undefined, () => turn));
    }
    return ids.slice(1);
  }

  /** What is shown of a snapshot, which is the head and the latest leaf of its session, by every way to look at it. */
  async show(snapshotId: string, sessionId: string): Promise<Record<string, Pulse | undefined>> {
    const store = this.#store;
    const isIt = (snapshot: { snapshotId: string }) => snapshot.snapshotId === snapshotId;
    const shown: Record<string, Pulse | undefined> = {
      'getSnapshot by id': await store.getSnapshot({ snapshotId }),
      'getSnapshot by session': await store.getSnapshot({ sessionId }),
      listSnapshots: (await store.listSnapshots({ sessionId })).snapshots.find(isIt),
      getHistory: (await store.getHistory(snapshotId)).find(isIt),
      getTree: (await store.getTree(sessionId)).nodes.get(snapshotId),
      getLeaves: (await store.getLeaves(sessionId)).find(isIt),
      getHead: await store.getHead(sessionId),
    };
    return shown;
  }

  watch(snapshotId: string, sessionId: string): void {
    const { counts, session, sessions, statuses } = this.#heard;
    this.#store.onSnapshotStateChange(snapshotId, (snapshot) => {
      counts.push({ told: countOf(snapshot) });
      statuses.push(snapshot.status);
    });
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

  heard(): CommitGaps {
    return this.#heard;
  }

  /** Stops this worker for good at the `nth` time that it asks the browser for something, or is answered. */
  stopAt(nth: number): void {
    stopAt(nth);
  }

  #newStore(): IndexedDBSessionStore<number> {
    const { health } = this.#heard;
    return new IndexedDBSessionStore<number>({ ...this.#options, onHealth: (event) => health.push(event) });
  }

  /** How many bytes each row of messages has. */
  async sizesOfRows(): Promise<number[]> {
    const keys = await withRaw(this.#options.name ?? 'offshoot', (transaction) =>
      settled(transaction.objectStore('logs').getAllKeys()),
    );
    return (keys as number[][]).map((key) => key[3]!);
  }

  /** Everything in the store's database. */
  dump(): ReturnType<typeof dumpDatabase> {
    return dumpDatabase(this.#options.name ?? 'offshoot');
  }
}

/** A session of one message, which cannot be compressed. */
function filler(sessionId: string, size: number): SessionSnapshotInput<number> {
  const part = () => String.fromCharCode(...crypto.getRandomValues(new Uint8Array(1024)));
  const text = Array.from({ length: Math.ceil(size / 1024) }, part).join('');
  return {
    sessionId,
    createdAt: new Date().toISOString(),
    state: { custom: text.length, messages: [{ role: 'user', content: [{ text }] }] },
  };
}

async function failureOf(action: () => Promise<unknown>): Promise<Failure | undefined> {
  try {
    await action();
    return undefined;
  } catch (error) {
    const { status, message, room, cause } = error as SessionStoreError;
    return { status, message, room, cause: (cause as Error | undefined)?.name };
  }
}

function countOf(snapshot: { state?: { custom?: number } } | undefined): number {
  return snapshot?.state?.custom ?? 0;
}

export type Answering = (event: MessageEvent) => void;

/** Lets others ask the host of this worker. */
export function answerMessages(): Answering {
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
