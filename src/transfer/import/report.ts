import type {
  ImportedSession,
  ImportReport,
  SessionImportError,
  TransferProgress,
} from '../../types/transfer.js';
import { SessionStoreError } from '../../errors.js';
import { callSafely } from '../../platform/browser.js';
import type { Incoming } from './imported-session.js';
import type { Policy } from './target.js';

/** What an import has done so far. */
export class Report implements ImportReport {
  complete = false;
  readonly sessions: ImportedSession[] = [];
  readonly totals = { imported: 0, skipped: 0, forked: 0, replaced: 0, failed: 0 };
  snapshots = 0;
  damaged: ImportReport['damaged'] = [];
  leftOut: ImportReport['leftOut'] = [];
  #entries = 0;

  constructor(readonly tell: ((progress: TransferProgress) => void) | undefined) {}

  add(
    session: Incoming,
    outcome: ImportedSession['outcome'],
    more: Pick<ImportedSession, 'newId' | 'error'>,
    progress: Pick<TransferProgress, 'bytes' | 'totalSessions'>,
  ): void {
    const { sessionId, entries } = session;
    this.sessions.push({
      sessionId,
      ...(sessionId === undefined && { snapshotId: session.snapshots[0]?.id }),
      outcome,
      ...more,
    });
    this.totals[outcome]++;
    const isWritten = outcome !== 'skipped' && outcome !== 'failed';
    if (isWritten) this.snapshots += session.snapshots.length;
    if (isWritten) this.#entries += entries.length;
    const { snapshots } = this;
    const so = { sessions: this.sessions.length, snapshots, entries: this.#entries, ...progress };
    if (this.tell) callSafely(this.tell, so);
  }

  /** Adds what a policy is going to delete of the imported sessions. */
  async foresee(policy: Policy, signal: AbortSignal | undefined): Promise<void> {
    const cameIn = this.sessions.filter(
      ({ sessionId, outcome }) => sessionId !== undefined && outcome !== 'skipped' && outcome !== 'failed',
    );
    if (cameIn.length === 0) return;
    const foreseen = await policy.foresee(signal);
    for (const session of cameIn) {
      const willBeDeleted = foreseen.get(session.newId ?? session.sessionId!);
      if (willBeDeleted) session.willBeDeleted = willBeDeleted;
    }
  }

  plain(): ImportReport {
    const { complete, sessions, totals, snapshots, damaged, leftOut } = this;
    return { complete, sessions, totals, snapshots, damaged, leftOut };
  }

  /** Attaches the report to an error of the store. */
  attachTo(error: unknown): unknown {
    if (!(error instanceof SessionStoreError)) return error;
    const ended: SessionImportError = Object.assign(error, { report: this.plain() });
    return ended;
  }
}
