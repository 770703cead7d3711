import { whenIdle } from '../../runtime/idle.js';
import type { DatabaseAccess } from '../../snapshots/database-access.js';
import { type Due, dueIn, purgeDue, readDue } from '../../snapshots/delete/hide.js';

/** The longest time that a timer takes. */
const LONGEST_MS = 2 ** 31 - 1;

/** Deletes hidden sessions for good, in idle time after they are due, in whichever tab. Loaded when there are some. */
export class Purging {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<unknown> = Promise.resolve();
  #isStopped = false;

  constructor(
    readonly access: Pick<DatabaseAccess, 'read' | 'remove'>,
    /** A connection that was closed stays closed; when it is opened again, what is due is told again. */
    readonly connection: { readonly isOpen: boolean },
  ) {}

  /** `noted`: what the database notes of hidden sessions. */
  schedule(noted: unknown): void {
    const due = dueIn(noted);
    clearTimeout(this.#timer);
    if (this.#isStopped || due.size === 0) return;
    let first = Infinity;
    for (const at of due.values()) first = Math.min(first, at);
    const wait = first - Date.now();
    this.#timer = setTimeout(
      () => whenIdle(() => (this.#running = this.#run())),
      Math.min(LONGEST_MS, Math.max(0, wait)),
    );
    (this.#timer as { unref?: () => void }).unref?.();
  }

  /** Waits for a deletion that is under way; no more follow. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    if (this.#isStopped || !this.connection.isOpen) return;
    try {
      await this.access.remove((transaction, begin) => purgeDue(transaction, Date.now(), begin));
      const left: Due = await this.access.read(readDue);
      this.schedule([...left]);
    } catch {
      // Best effort: whoever opens the database next tries again.
    }
  }
}
