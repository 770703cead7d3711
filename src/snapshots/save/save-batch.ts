import type { WriteTransaction } from '../../database/schema.js';
import { Refusal } from '../../database/transaction.js';
import { SessionStoreError } from '../../errors.js';
import { UnitOfWork } from './unit-of-work.js';
import type { Commit } from '../commit.js';
import { draftSave, type Known } from './draft.js';
import type { SnapshotCache } from '../cache.js';
import { saveSnapshot, type Client, type SaveRequest } from './save-snapshot.js';

export interface SavedUnit {
  commit: Commit;
  /** The outcome of each request. */
  results: PromiseSettledResult<string | null>[];
  /** Updates the cache; to be called once the transaction has committed. */
  remember: () => void;
}

/** Does saves one by one in one transaction. A refused save writes nothing, and the others go on. */
export async function saveBatch<S>(
  transaction: WriteTransaction,
  recent: SnapshotCache,
  requests: SaveRequest<S>[],
  client: Client,
): Promise<SavedUnit> {
  const ids = requests.flatMap(({ snapshotId }) => snapshotId ?? []);
  const begun = UnitOfWork.begin(transaction, recent, ids);
  const draft = (request: SaveRequest<S>, stored: Known | undefined, from: Pick<UnitOfWork, 'recall'>) =>
    draftSave(request.mutator, stored, (id) => from.recall(id), request.frozen);
  // Saves without an id are drafted while rows are read. Mutators are still called in order.
  const fromFirstId = requests.findIndex(({ snapshotId }) => snapshotId !== undefined);
  const early = requests
    .slice(0, fromFirstId === -1 ? undefined : fromFirstId)
    .map((request) => attempt(() => draft(request, undefined, recent)));

  const batch = await begun;
  const results: PromiseSettledResult<string | null>[] = [];
  let index = -1;
  for (const request of requests) {
    index++;
    try {
      const stored = request.snapshotId === undefined ? undefined : await batch.known(request.snapshotId);
      const drafted = early[index] ? early[index]!() : draft(request, stored, batch);
      const value = drafted && (await saveSnapshot(batch, request, drafted, stored?.row, client));
      results.push({ status: 'fulfilled', value });
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof SessionStoreError)) throw error;
      results.push({ status: 'rejected', reason: error instanceof Refusal ? error.reason : error });
    }
  }
  batch.flush();
  return { commit: batch.commit, results, remember: () => batch.remember() };
}

/** Runs `work` now; the function that it returns gives the result or throws the error. */
function attempt<T>(work: () => T): () => T {
  try {
    const result = work();
    return () => result;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
