import type { HealthEvent } from '../../types/health.js';
import type { RetentionPolicy } from '../../types/retention.js';
import type { WillBeDeleted } from '../../types/transfer.js';
import { SessionStoreError } from '../../errors.js';
import type { DeletingAccess } from '../../snapshots/database-access.js';
import { foresee, retain } from './apply-policy.js';
import { report } from '../../platform/browser.js';
import { alone, inTurn, whenIdle } from '../../runtime/idle.js';
import { SerialQueue } from '../../runtime/queue.js';

/** The least time between two runs in ms, since a run may have to read everything. */
const PAUSE_MS = 5 * 60_000;

/** The database that a policy applies to. */
export interface Kept {
  database: string;
  tell: (event: HealthEvent) => void;
  /** Access by way of the queue. */
  access: DeletingAccess;
}

/** Applies a policy in idle time, in one tab at a time, and on a full disk. Loaded when there is one. */
export class Retention {
  readonly #stopping = new AbortController();
  #scheduled = false;
  readonly #queue = new SerialQueue();
  #last = -Infinity;
  /** Session ids of running imports, which stay until the import's report. */
  readonly #imports = new Set<ReadonlySet<string>>();

  constructor(
    readonly policy: RetentionPolicy,
    readonly kept: Kept,
  ) {}

  /** Runs in idle time, unless it ran a short while ago. */
  schedule(): void {
    if (this.#scheduled || this.#isEarly) return;
    this.#scheduled = true;
    whenIdle(() => {
      this.#scheduled = false;
      // An import may have begun, or ended, since.
      if (this.#stopping.signal.aborted || this.#imports.size > 0 || this.#isEarly) return;
      void this.#queue.run(() => this.#runAlone());
    });
  }

  get #isEarly(): boolean {
    return performance.now() - this.#last < PAUSE_MS;
  }

  /** Runs at once. Resolves to whether anything was deleted. */
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

  /** Runs an import. Its sessions are not deleted before it has ended, nor automatically soon afterwards. */
  async whileImporting<T>(work: (ids: Set<string>) => Promise<T>): Promise<T> {
    const ids = new Set<string>();
    this.#imports.add(ids);
    try {
      return await inTurn(this.#lock, () => work(ids), 'shared');
    } finally {
      this.#imports.delete(ids);
      this.#last = performance.now();
    }
  }

  /** What it would delete now; nothing if the policy throws. */
  async foresee(signal: AbortSignal | undefined): Promise<ReadonlyMap<string, WillBeDeleted>> {
    return foresee(this.kept.access, this.policy, signal).catch((error: unknown) => {
      if (isDatabases(error) || signal?.aborted) throw error;
      return new Map();
    });
  }

  /** Stops for good. Resolves when nothing is running. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#queue.done();
  }

  get #lock(): string {
    return `offshoot:${this.kept.database}:retain`;
  }

  #runAlone(): Promise<void> {
    return alone(this.#lock, async () => void (await this.run(this.kept.access))).catch((error) => {
      // The next call reports an error of the database; only this can report an error of `keep`.
      if (!isDatabases(error) && !this.#stopping.signal.aborted) report(error);
    });
  }
}

const isDatabases = (error: unknown): boolean =>
  error instanceof SessionStoreError && error.status !== 'INVALID_ARGUMENT';
