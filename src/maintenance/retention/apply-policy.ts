import type { RetainOptions, Retained, RetentionPolicy, RetentionReport } from '../../types/retention.js';
import type { WillBeDeleted } from '../../types/transfer.js';
import { isSessionRow } from '../../database/rows.js';
import type { SessionRow } from '../../database/schema.js';
import type { SessionStoreError } from '../../errors.js';
import { callSafely } from '../../platform/browser.js';
import { invalid, isUnexpectedPromise } from '../../values/arguments.js';
import { prunableBranches } from './prunable-branches.js';
import type { DeletingAccess } from '../../snapshots/database-access.js';
import { countedUntil } from './counted-until.js';
import { leavesIn } from '../../snapshots/session-row.js';
import { sessionInfo } from '../../snapshots/stored-snapshot.js';
import { readUsage } from '../quota/usage.js';
import { findSession, removeUnchanged, type Found } from './session-transactions.js';

/** How often a session is read again because it changed meanwhile. */
const ATTEMPTS = 3;

type Because = Retained['because'];

/** What to delete of a session, or why it stays; `undefined` if nothing has to be deleted. */
type Choice = { ids: string[] } | { because: Because } | undefined;

/** The outcome; `gone`: somebody else has deleted enough. */
type Outcome = 'deleted' | 'gone' | Because;

/** Applies a policy with a transaction for each session, so that others need not wait long. */
export async function retain(
  access: DeletingAccess,
  policy: RetentionPolicy,
  options: Pick<RetainOptions, 'signal' | 'onProgress'> = {},
): Promise<RetentionReport> {
  options.signal?.throwIfAborted();
  const retention = new Retention(access, policy, options);
  await retention.run();
  return retention.finish();
}

/**
 * What applying a policy now would delete, by session, including what stays only because the device's clock may be
 * wrong.
 */
export async function foresee(
  access: DeletingAccess,
  policy: RetentionPolicy,
  signal: AbortSignal | undefined,
): Promise<Map<string, WillBeDeleted>> {
  const foreseen = new Map<string, WillBeDeleted>();
  await new Retention(access, policy, { signal }, foreseen).run();
  return foreseen;
}

class Retention {
  readonly report: RetentionReport = { sessions: [], snapshots: [], bytes: 0, retained: [] };
  /** The size of each session before anything was deleted. */
  #before: Map<string, number> | undefined;
  #changed = new Set<string>();
  #done = 0;
  #total = 0;

  constructor(
    readonly access: DeletingAccess,
    readonly policy: RetentionPolicy,
    readonly options: Pick<RetainOptions, 'signal' | 'onProgress'>,
    /** If given, collects what would be deleted, and nothing is deleted. */
    readonly foreseen?: Map<string, WillBeDeleted>,
  ) {}

  async run(): Promise<void> {
    await this.deleteSessions();
    await this.deleteBranches();
    await this.makeRoom();
  }

  /** Deletes sessions that are too old or too many. */
  async deleteSessions(): Promise<void> {
    const { maxAgeMs = Infinity, maxSessions = Infinity } = this.policy;
    const sessions = await this.#sessions();
    const isAged = maxAgeMs < Infinity && sessions.length > 0;
    const until = isAged ? await countedUntil(this.access, maxAgeMs) : Date.now();
    const olderThan = (ms: number) => sessions.filter(({ updatedMs }) => updatedMs < ms - maxAgeMs);
    const tooOld = olderThan(until);
    const tooMany = sessions.slice(0, Math.max(0, sessions.length - maxSessions));
    // Both lists are sorted alike, so the longer one contains the shorter.
    const excess = tooOld.length > tooMany.length ? tooOld : tooMany;
    this.#total += excess.length;
    let index = -1;
    for (const session of excess) {
      index++;
      const limit = index < tooOld.length ? 'maxAgeMs' : 'maxSessions';
      this.#note(session, limit, await this.#deleteSession(session, limit));
    }
    for (const session of olderThan(Date.now()).slice(excess.length)) {
      this.#note(session, 'maxAgeMs', 'clock');
      const { snapshots } = session;
      if (!this.#isPinned(session))
        this.foreseen?.set(session.id, { limit: 'maxAgeMs', what: 'session', snapshots });
    }
  }

  async deleteBranches(): Promise<void> {
    const { maxSnapshotsPerSession: most = Infinity } = this.policy;
    const sessions = (await this.#sessions()).filter(({ snapshots }) => snapshots > most);
    this.#total += sessions.length;
    for (const session of sessions) {
      let isEnough = false;
      const outcome = await this.#settle(
        session,
        'maxSnapshotsPerSession',
        ({ session: { selected }, rows, pending }) => {
          const heads = [selected, leavesIn(rows).latest?.id, ...pending].filter((id) => id !== undefined);
          const ids = [...prunableBranches(rows, heads, most)];
          isEnough = rows.length - ids.length <= most;
          if (ids.length > 0) return { ids };
          return isEnough ? undefined : { because: 'active' };
        },
      );
      this.#note(session, 'maxSnapshotsPerSession', outcome === 'deleted' && !isEnough ? 'active' : outcome);
    }
  }

  /** Deletes the least recently active sessions until the others are within the limit. */
  async makeRoom(): Promise<void> {
    const { maxBytes = Infinity } = this.policy;
    if (maxBytes === Infinity) return;
    const usage = await this.#measure();
    const sessions = await this.#sessions();
    let bytes = [...usage.values()].reduce((sum, size) => sum + size, 0);
    for (const [id, { what }] of this.foreseen ?? []) if (what === 'session') bytes -= usage.get(id) ?? 0;
    if (bytes <= maxBytes) return;
    this.#total += sessions.length - 1;
    const outcomes: [SessionRow, Outcome][] = [];
    let index = -1;
    for (const session of sessions) {
      index++;
      const isLast = index === sessions.length - 1;
      const outcome = isLast ? 'active' : await this.#deleteSession(session, 'maxBytes');
      outcomes.push([session, outcome]);
      if (outcome === 'deleted' || outcome === 'gone') bytes -= usage.get(session.id) ?? 0;
      if (bytes <= maxBytes) return;
    }
    for (const [session, outcome] of outcomes) this.#note(session, 'maxBytes', outcome);
  }

  async finish(): Promise<RetentionReport> {
    if (this.#changed.size === 0) return this.report;
    const after = await this.#measure();
    for (const id of this.#changed) {
      this.report.bytes += Math.max(0, (this.#before!.get(id) ?? 0) - (after.get(id) ?? 0));
    }
    return this.report;
  }

  /** Sessions, least recently active first. */
  async #sessions(): Promise<SessionRow[]> {
    const rows = await this.access.read((transaction) =>
      transaction.objectStore('sessions').index('updatedMs').getAll(),
    );
    return rows.filter((row) => isSessionRow(row) && this.foreseen?.get(row.id)?.what !== 'session');
  }

  async #deleteSession(listed: SessionRow, limit: Retained['limit']): Promise<Outcome> {
    const outcome = await this.#settle(listed, limit, ({ session, rows, pending }) =>
      // A session that was continued meanwhile is in use.
      pending.length > 0 || session.saved !== listed.saved
        ? { because: 'active' }
        : { ids: rows.map(({ id }) => id) },
    );
    if (outcome === 'deleted') this.report.sessions.push(listed.id);
    return outcome;
  }

  async #settle(
    { id }: SessionRow,
    limit: Retained['limit'],
    choose: (found: Found) => Choice,
  ): Promise<Outcome> {
    this.options.signal?.throwIfAborted();
    let outcome: Outcome | undefined;
    for (let attempt = 0; !outcome && attempt < ATTEMPTS; attempt++)
      outcome = await this.#attempt(id, limit, choose);
    this.#done++;
    const { onProgress } = this.options;
    if (onProgress) callSafely(onProgress, { done: this.#done, total: this.#total });
    return outcome ?? 'active';
  }

  /**
   * Deletes the chosen snapshots. Whether a worker lives cannot be asked in the transaction that deletes, so that
   * checks that the session is unchanged. `undefined` if it has changed.
   */
  async #attempt(
    id: string,
    limit: Retained['limit'],
    choose: (found: Found) => Choice,
  ): Promise<Outcome | undefined> {
    const found = await this.access.readWithLiveness((transaction, applyExpiry) =>
      findSession(transaction, id, applyExpiry, this.options.signal),
    );
    if (!found) return 'gone';
    const choice = this.#isPinned(found.session)
      ? ({ because: 'pinned' } as const)
      : found.isDamaged
        ? ({ because: 'damaged' } as const)
        : choose(found);
    if (!choice) return 'gone';
    if ('because' in choice) return choice.because;
    if (this.foreseen) {
      const { length: snapshots } = choice.ids;
      const what = snapshots === found.rows.length ? 'session' : 'branches';
      this.foreseen.set(id, { limit, what, snapshots });
      return 'deleted';
    }
    this.#before ??= await this.#measure();
    try {
      const removal = await this.access.remove((transaction, begin) =>
        removeUnchanged(transaction, begin, found.session, choice.ids, this.options.signal),
      );
      if (!removal) return undefined;
    } catch (error) {
      if ((error as SessionStoreError).status === 'RESOURCE_EXHAUSTED') return 'full';
      throw error;
    }
    this.#changed.add(id);
    for (const removed of choice.ids) this.report.snapshots.push(removed);
    return 'deleted';
  }

  #isPinned(session: SessionRow): boolean {
    const answer: unknown = this.policy.keep?.(sessionInfo(session));
    if (isUnexpectedPromise(answer)) {
      throw invalid('policy.keep', 'returned a promise. It must answer true or false');
    }
    return Boolean(answer);
  }

  #note({ id }: SessionRow, limit: Retained['limit'], outcome: Outcome): void {
    if (outcome === 'deleted' || outcome === 'gone') return;
    this.report.retained.push({ sessionId: id, limit, because: outcome });
  }

  /** The size of each session. Everything has to be read for it. */
  async #measure(): Promise<Map<string, number>> {
    const { sessions } = await this.access.read((transaction) => readUsage(transaction, this.options.signal));
    return new Map(sessions.map(({ sessionId, bytes }) => [sessionId, bytes]));
  }
}
