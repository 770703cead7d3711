import { nanoid } from 'nanoid';
import { queryLocks, requestLock } from '../platform/browser.js';

/** How long an answer is waited for that should come at once, in ms. */
const PATIENCE_MS = 2000;

const lockName = (client: string) => `offshoot:client:${client}`;

/**
 * Shows to other tabs that this one lives, and sees whether they do. The browser lets go of a tab's Web Locks when
 * the tab is closed, killed or crashes, within milliseconds; timers of hidden tabs run once a minute.
 */
export class Presence {
  /** Whose lock it is. Set while the lock is held. */
  client: string | undefined;
  readonly #own = nanoid();
  #taking: Promise<void> | undefined;
  #end = new AbortController();
  /** Those whose end is waited for. */
  #awaited = new Set<string>();

  /** Takes the lock, and resolves when it is held, or cannot be had. */
  take(): Promise<void> {
    this.#taking ??= new Promise((done) => {
      const { signal } = this.#end;
      // Without it a tab that dies is noticed by its heartbeats; a save need not wait for that.
      const timer = setTimeout(done, PATIENCE_MS);
      const resolve = () => {
        clearTimeout(timer);
        done();
      };
      const hold = () => {
        resolve();
        // Put down before it was had.
        if (signal.aborted) return undefined;
        this.client = this.#own;
        return new Promise<void>((release) => signal.addEventListener('abort', () => release()));
      };
      // Stolen, because a tab that waited for this one's end may have got it, and been frozen with it.
      requestLock(lockName(this.#own), { steal: true }, hold).catch(() => {
        // Somebody has stolen it from this tab, which lives: it is taken again before the next save.
        if (this.client && !signal.aborted) this.client = this.#taking = undefined;
        resolve();
      });
    });
    return this.#taking;
  }

  /** Puts the lock down, and stops waiting for others. Returns whether it had been taken. */
  putDown(): boolean {
    const wasTaken = this.#taking !== undefined;
    this.#end.abort();
    this.#end = new AbortController();
    this.#awaited = new Set();
    this.client = this.#taking = undefined;
    return wasTaken;
  }

  /** Calls back once when the tab of `client` is gone. Asked again meanwhile, it does nothing. */
  awaitEnd(client: string, gone: () => void): void {
    const [awaited, { signal }] = [this.#awaited, this.#end];
    if (client === this.#own || awaited.has(client)) return;
    awaited.add(client);
    const free = () => {
      awaited.delete(client);
      gone();
    };
    // Shared, so that all who wait are let in at once.
    requestLock(lockName(client), { mode: 'shared', signal }, free).catch(() => {});
  }

  /** Which of the clients live; of those that are not in the answer nothing can be known. */
  async alive(clients: Iterable<string>): Promise<Map<string, boolean>> {
    const state = await new Promise<LockManagerSnapshot | undefined>((resolve) => {
      const timer = setTimeout(resolve, PATIENCE_MS);
      const asked = queryLocks().catch(() => undefined);
      void asked.then(resolve).finally(() => clearTimeout(timer));
    });
    if (!state) return new Map();
    // Those who wait for a lock share it for a moment when it is free.
    const held = new Set(state.held?.filter(({ mode }) => mode === 'exclusive').map(({ name }) => name));
    return new Map([...clients].map((client) => [client, held.has(lockName(client))]));
  }
}
