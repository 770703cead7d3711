import type { ImportReport } from '../../types/transfer.js';
import { readClock } from '../../snapshots/commit.js';
import type { Report } from './report.js';
import type { Target } from './target.js';

/** Runs an import. Its report names what the store's own policy is going to delete, before that happens. */
export async function underPolicy(
  target: Target,
  report: Report,
  signal: AbortSignal | undefined,
  work: (target: Target) => Promise<void>,
): Promise<ImportReport> {
  const policy = await target.retention();
  const run = async (to: Target) => {
    try {
      await work(to);
      // Throws if the key is missing, which an import without a write would not notice.
      await target.read(readClock);
      report.complete = true;
      if (policy) await report.foresee(policy, signal);
    } catch (error) {
      // Sessions that were imported before an early end stay, so the report covers them too.
      if (policy && !report.complete && !signal?.aborted)
        await report.foresee(policy, signal).catch(() => {});
      throw report.attachTo(error);
    }
    return report.plain();
  };
  if (!policy) return run(target);
  return policy.whileImporting((ids) => run({ ...target, arriving: (id) => ids.add(id) }));
}
