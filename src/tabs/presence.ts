import { nanoid } from 'nanoid';
import { queryLocks, requestLock } from '../platform/browser.js';
import { instantOf } from '../values/schema.js';

/** How long to wait for the lock manager, which normally answers at once, in ms. */
const PATIENCE_MS = 2000;

const lockName = (client: string) => `offshoot:client:${client}`;

/**
 * Shows other tabs that this client lives, and finds out whether theirs do. The browser releases a tab's Web Locks
 * within milliseconds when the tab is closed, killed or crashes, while timers of hidden tabs run once a minute.
 */
export class Presence {
  /** The client whose lock is held; `undefined` while it is not. */
  client: string | undefined;
  readonly #own = nanoid();
  #taking: Promise<void> | undefined;
  #end = new AbortController();
  /** Clients whose end is awaited. */
  #awaited = new Set<string>();

  /** Takes the lock; resolves when it is held or cannot be had. */
  take(): Promise<void> {
    this.#taking ??= new Promise((done) => {
      const { signal } = this.#end;
      // A save does not wait for the lock: without it, heartbeats show that a tab is dead.
      const timer = setTimeout(done, PATIENCE_MS);
      const resolve = () => {
        clearTimeout(timer);
        done();
      };
      const hold = () => {
        resolve();
        // Released before it was granted.
        if (signal.aborted) return undefined;
        this.client = this.#own;
        return new Promise<void>((release) => signal.addEventListener('abort', () => release()));
      };
      // Stolen, because a tab that awaited this one's end may hold the lock, and be frozen.
      requestLock(lockName(this.#own), { steal: true }, hold).catch(() => {
        // Another tab has stolen the lock while this one lives: it is taken again before the next save.
        if (this.client && !signal.aborted) this.client = this.#taking = undefined;
        resolve();
      });
    });
    return this.#taking;
  }

  /** Releases the lock, and stops waiting for others. Returns whether it had been taken. */
  putDown(): boolean {
    const wasTaken = !!this.#taking;
    this.#end.abort();
    this.#end = new AbortController();
    this.#awaited = new Set();
    this.client = this.#taking = undefined;
    return wasTaken;
  }

  /** Calls back once when the tab of `client` is gone. Does nothing if that is already awaited. */
  awaitEnd(client: string, gone: () => void): void {
    const [awaited, { signal }] = [this.#awaited, this.#end];
    if (client === this.#own || awaited.has(client)) return;
    awaited.add(client);
    const free = () => {
      awaited.delete(client);
      gone();
    };
    // Shared, so that all who wait are granted it at once.
    requestLock(lockName(client), { mode: 'shared', signal }, free).catch(() => awaited.delete(client));
  }

  /** Whether the end of a client is awaited. */
  awaits(client: string): boolean {
    return this.#awaited.has(client);
  }

  /** Which of the clients live; a client that is missing in the answer is unknown. */
  async alive(clients: Iterable<string>): Promise<Map<string, boolean>> {
    const state = await new Promise<LockManagerSnapshot | undefined>((resolve) => {
      const timer = setTimeout(resolve, PATIENCE_MS);
      const asked = queryLocks().catch(() => undefined);
      void asked.then(resolve).finally(() => clearTimeout(timer));
    });
    // Tabs that await an end hold a free lock for a moment, in shared mode.
    const held = state?.held?.filter(({ mode }) => mode === 'exclusive').map(({ name }) => name) ?? [];
    return new Map(state && [...clients].map((client) => [client, held.includes(lockName(client))]));
  }
}

/** How long a worker may be silent by default. The same as in Genkit. */
export const HEARTBEAT_TIMEOUT_MS = 60_000;

/** How many timeouts a worker gets whose tab lives, since timers of hidden tabs run once a minute. */
const PATIENCE = 5;

interface Pulse {
  status?: string;
  heartbeatAt?: string;
}

/** How long a worker has been silent, in ms; 0 if it never gave a sign of life. */
const silence = ({ heartbeatAt }: Pulse) => Date.now() - instantOf(heartbeatAt) || 0;

/**
 * In how many ms to read a `pending` snapshot again, since nobody writes that its heartbeat has run out; 0 for others.
 * At least once a minute, because timers stand still while a computer sleeps.
 */
export const lookAgainIn = (snapshot: Pulse, timeoutMs: number): number =>
  snapshot.status === 'pending' ? Math.min(timeoutMs - silence(snapshot) + 1, HEARTBEAT_TIMEOUT_MS) : 0;

/**
 * Reports a `pending` snapshot whose worker is dead as `expired`. Computed on every read and never stored, so that a
 * worker that resumes is `pending` again.
 *
 * `lives` tells whether the worker's tab lives, if that is known. If it does, the snapshot reads with a recent
 * heartbeat, so that readers that judge by the heartbeat, as Genkit does, agree. Otherwise the stored heartbeat
 * decides; without one, the status stays as it is.
 */
export function withExpiry<T extends Pulse>(snapshot: T, timeoutMs: number, lives: boolean | undefined): T {
  if (snapshot.status !== 'pending') return snapshot;
  const silentMs = silence(snapshot);
  if (lives === false || silentMs > timeoutMs * (lives ? PATIENCE : 1))
    return { ...snapshot, status: 'expired' };
  if (!lives || silentMs <= Math.min(timeoutMs, HEARTBEAT_TIMEOUT_MS) / 2) return snapshot;
  return { ...snapshot, heartbeatAt: new Date().toISOString() };
}
