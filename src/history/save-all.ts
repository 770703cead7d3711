import type { WriteTransaction } from '../database/schema.js';
import { Refusal } from '../database/transaction.js';
import { SessionStoreError } from '../errors.js';
import { Batch } from './batch.js';
import type { Commit } from './commit.js';
import type { Recent } from './recent.js';
import { saveSnapshot, type SaveRequest } from './save.js';

export interface SavedBatch {
  commit: Commit;
  /** What became of each request. */
  results: PromiseSettledResult<string | null>[];
  /** To be called once the transaction has committed. */
  remember: () => void;
}

/** Does saves one after the other in one transaction. One that is refused leaves no trace and stops no other. */
export async function saveAll<S>(
  transaction: WriteTransaction,
  recent: Recent,
  requests: SaveRequest<S>[],
): Promise<SavedBatch> {
  const ids = requests.flatMap(({ snapshotId }) => snapshotId ?? []);
  const batch = await Batch.begin(transaction, recent, ids);
  const commit: Commit = { version: batch.clock, snapshots: [], sessions: new Map(), cleared: false };
  const results: PromiseSettledResult<string | null>[] = [];
  for (const request of requests) {
    try {
      results.push({ status: 'fulfilled', value: await saveSnapshot(batch, commit, request) });
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof SessionStoreError)) throw error;
      results.push({ status: 'rejected', reason: error instanceof Refusal ? error.reason : error });
    }
  }
  batch.flush();
  return { commit, results, remember: () => batch.remember() };
}
