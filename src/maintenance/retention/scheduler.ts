import type { HealthEvent } from '../../types/health.js';
import type { RetentionPolicy } from '../../types/retention.js';
import type { WillBeDeleted } from '../../types/transfer.js';
import { SessionStoreError } from '../../errors.js';
import type { DeletingAccess } from '../../snapshots/database-access.js';
import { foresee, retain } from './apply-policy.js';
import { report } from '../../platform/browser.js';
import { alone, whenIdle, withoutOthers } from '../../runtime/idle.js';

/** How long it is left alone after it was done, in ms: everything may have to be read for it. */
const PAUSE_MS = 5 * 60_000;

/** The database that a policy is for. */
export interface Kept {
  database: string;
  tell: (event: HealthEvent) => void;
  /** Its work waits for its turn. */
  access: DeletingAccess;
}

/**
 * Applies a policy when there is nothing better to do, in one tab at a time, and when the disk is full. Loaded when
 * there is one.
 */
export class Retention {
  readonly #stopping = new AbortController();
  #scheduled = false;
  #running: Promise<unknown> = Promise.resolve();
  #last = -Infinity;
  /** What imports are bringing, which stays until they have told what becomes of it. */
  readonly #imports = new Set<ReadonlySet<string>>();

  constructor(
    readonly policy: RetentionPolicy,
    readonly kept: Kept,
  ) {}

  /** Some time soon, unless it was done a short while ago. */
  schedule(): void {
    if (this.#scheduled || performance.now() - this.#last < PAUSE_MS) return;
    this.#scheduled = true;
    whenIdle(() => {
      this.#scheduled = false;
      if (!this.#stopping.signal.aborted && this.#imports.size === 0) this.#running = this.#runAlone();
    });
  }

  /** Now. Resolves to whether that has deleted anything. */
  async run(access: DeletingAccess): Promise<boolean> {
    this.#last = performance.now();
    const isImported = (id: string) => [...this.#imports].some((ids) => ids.has(id));
    const { keep } = this.policy;
    const policy: RetentionPolicy = {
      ...this.policy,
      keep: (session) => isImported(session.sessionId) || keep?.(session),
    };
    const freed = await retain(access, policy, { signal: this.#stopping.signal });
    if (freed.snapshots.length === 0) return false;
    this.kept.tell({ type: 'freed', database: this.kept.database, ...freed });
    return true;
  }

  /** Runs an import whose sessions are not to go before it has ended, nor by themselves soon afterwards. */
  async whileImporting<T>(work: (ids: Set<string>) => Promise<T>): Promise<T> {
    const ids = new Set<string>();
    this.#imports.add(ids);
    try {
      return await withoutOthers(this.#lock, () => work(ids));
    } finally {
      this.#imports.delete(ids);
      this.#last = performance.now();
    }
  }

  /** What it would delete if it ran now. A policy that throws deletes nothing. */
  async foresee(signal: AbortSignal | undefined): Promise<ReadonlyMap<string, WillBeDeleted>> {
    return foresee(this.kept.access, this.policy, signal).catch((error: unknown) => {
      if (isDatabases(error) || signal?.aborted) throw error;
      return new Map();
    });
  }

  /** For good. Resolves when nothing is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  get #lock(): string {
    return `offshoot:${this.kept.database}:retain`;
  }

  #runAlone(): Promise<void> {
    return alone(this.#lock, async () => void (await this.run(this.kept.access))).catch((error) => {
      // What is wrong with the database is told to whoever uses it next; what is wrong with `keep`, to nobody else.
      if (!isDatabases(error) && !this.#stopping.signal.aborted) report(error);
    });
  }
}

const isDatabases = (error: unknown): boolean =>
  error instanceof SessionStoreError && error.status !== 'INVALID_ARGUMENT';
