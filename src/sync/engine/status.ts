import { callSafely, channelNamed } from '../../platform/browser.js';
import type { SessionStoreError } from '../../errors.js';
import type { SyncEvent } from '../local/events.js';

/**
 * - `idle`: nothing to do; what others change arrives by itself.
 * - `syncing`: something is being sent or fetched.
 * - `offline`: the server cannot be reached, or asks for patience; tried again by itself.
 * - `needs-auth`: nobody is signed in on the server. What was saved is queued.
 * - `blocked`: nothing is sent, since something must be done first; `error` says what: another person is signed in, or the app is
 *   too old.
 * - `stopped`: by `stop()` or `signOut()`, or never begun; see `error`.
 */
export type SyncState = 'idle' | 'syncing' | 'offline' | 'needs-auth' | 'blocked' | 'stopped';

export interface SyncStatus {
  readonly state: SyncState;
  /** What was saved here and is not on the server yet: rows, and about how many bytes. */
  readonly queued: { readonly rows: number; readonly bytes: number };
  /** When the server and this device last had the same, by this device's clock; RFC 3339. */
  readonly agreedAt?: string | undefined;
  /** Why the last attempt failed; absent after one that did not. */
  readonly error?: Pick<SessionStoreError, 'status' | 'message'> | undefined;
}

type Message = { status: SyncStatus } | { events: SyncEvent[] } | { ask: true };

/** What is shown of syncing, in all tabs: the one that syncs tells the others. */
export class StatusBoard {
  #status: SyncStatus = { state: 'syncing', queued: { rows: 0, bytes: 0 } };
  readonly #statusCallbacks = new Set<(status: SyncStatus) => void>();
  readonly #eventCallbacks = new Set<(event: SyncEvent) => void>();
  #channel: BroadcastChannel | undefined;

  get status(): SyncStatus {
    return this.#status;
  }

  /** Hears other tabs of this database, and is heard by them. */
  join(database: string): void {
    this.leave();
    this.#channel = channelNamed(`offshoot:sync:${database}`);
    if (!this.#channel) return;
    this.#channel.onmessage = ({ data }: MessageEvent<Message>) => {
      if ('events' in data) this.#deliver(data.events);
      else if ('status' in data) this.#show(data.status);
      else if (this.#status.state !== 'stopped') this.#send({ status: this.#status });
    };
    (this.#channel as { unref?: () => void }).unref?.();
    this.#send({ ask: true });
  }

  leave(): void {
    this.#channel?.close();
    this.#channel = undefined;
  }

  set(change: Partial<SyncStatus>): void {
    const { queued } = this.#status;
    const isSame = Object.entries(change).every(
      ([key, value]) => JSON.stringify(this.#status[key as keyof SyncStatus]) === JSON.stringify(value),
    );
    if (isSame) return;
    this.#show({ ...this.#status, queued, ...change });
    if (this.#status.state !== 'stopped') this.#send({ status: this.#status });
  }

  tell(events: SyncEvent[]): void {
    if (events.length === 0) return;
    this.#deliver(events);
    this.#send({ events });
  }

  onStatus(callback: (status: SyncStatus) => void): () => void {
    return added(this.#statusCallbacks, callback);
  }

  onEvent(callback: (event: SyncEvent) => void): () => void {
    return added(this.#eventCallbacks, callback);
  }

  #show(status: SyncStatus): void {
    // What was stopped here stays so, whatever other tabs do.
    if (this.#status.state === 'stopped') return;
    this.#status = status;
    for (const callback of [...this.#statusCallbacks]) callSafely(callback, status);
  }

  #deliver(events: SyncEvent[]): void {
    for (const event of events) for (const callback of [...this.#eventCallbacks]) callSafely(callback, event);
  }

  #send(message: Message): void {
    // An error is no plain object: only what is shown of it crosses.
    this.#channel?.postMessage(JSON.parse(JSON.stringify(message)));
  }
}

function added<T>(callbacks: Set<(value: T) => void>, callback: (value: T) => void): () => void {
  // The same function may be given twice.
  const own = (value: T) => callback(value);
  callbacks.add(own);
  return () => callbacks.delete(own);
}
