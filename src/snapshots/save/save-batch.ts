import type { WriteTransaction } from '../../database/schema.js';
import { Refusal } from '../../database/transaction.js';
import { SessionStoreError } from '../../errors.js';
import { UnitOfWork, WRONG_GUESS } from './unit-of-work.js';
import type { Commit } from '../commit.js';
import { draftSave, type Known } from './draft.js';
import { draftExtension } from './extension.js';
import type { SnapshotCache } from '../cache.js';
import { type Client, type SaveRequest, saveSnapshot } from './save-snapshot.js';

export interface SavedUnit {
  commit: Commit;
  /** The outcome of each request. */
  results: PromiseSettledResult<string | null>[];
  /** Updates the cache; to be called once the transaction has committed. */
  remember: () => void;
}

/**
 * Does saves one by one in one transaction. A refused save writes nothing, and the others go on, unless `isAtomic`: then
 * nothing is stored.
 *
 * `mayGuess`: if nobody else wrote lately and no mutator can see what is stored, everything is written while the clock
 * that proves it is still on its way; if somebody did, nothing is stored, and all of it is done once more with the clock
 * read first.
 *
 * `announce` is called when all is requested and nothing is left to be proven.
 */
export async function saveBatch<S>(
  write: <T>(work: (transaction: WriteTransaction) => Promise<T>, isProven: boolean) => Promise<T>,
  recent: SnapshotCache,
  requests: SaveRequest<S>[],
  client: Client,
  mayGuess: boolean,
  isAtomic: boolean | undefined,
  announce: (commit: Commit) => unknown,
): Promise<SavedUnit> {
  const ids = requests.flatMap(({ snapshotId }) => snapshotId ?? []);
  const saving = (how: 'guess' | 'begin') =>
    write(async (transaction) => {
      const begun = UnitOfWork[how](transaction, recent, ids);
      const saved = await saveIn(begun, recent, requests, client, isAtomic);
      announce(saved.commit);
      return saved;
    }, how === 'guess');
  const isKnown = requests.every(
    ({ snapshotId, extension, isBlind }) =>
      snapshotId === undefined || ((extension || isBlind) && recent.recall(snapshotId)),
  );
  if (!mayGuess || !isKnown || !recent.isAlone || recent.clock <= 0) return saving('begin');
  try {
    return await saving('guess');
  } catch (error) {
    if (error !== WRONG_GUESS) throw error;
    return saving('begin');
  }
}

async function saveIn<S>(
  begun: UnitOfWork | Promise<UnitOfWork>,
  recent: SnapshotCache,
  requests: SaveRequest<S>[],
  client: Client,
  isAtomic: boolean | undefined,
): Promise<SavedUnit> {
  const draft = (request: SaveRequest<S>, stored: Known | undefined, from: Pick<UnitOfWork, 'recall'>) =>
    draftSave(request.mutator!, stored, (id) => from.recall(id), request);
  // Saves whose mutator sees nothing that is stored are drafted while rows are read. Mutators are still called in order.
  for (const request of requests) {
    const { snapshotId, isBlind } = request;
    if (!isBlind) break;
    const known = snapshotId === undefined ? undefined : recent.recall(snapshotId);
    request.drafted ??= attempt(() => draft(request, known, recent));
  }

  const batch = await begun;
  const saved = async (request: SaveRequest<S>): Promise<string | null> => {
    const { snapshotId, extension } = request;
    const stored = snapshotId === undefined ? undefined : await batch.known(snapshotId);
    if (extension) {
      const drafted = await draftExtension(batch, extension, snapshotId);
      return drafted && saveSnapshot(batch, request, drafted, stored?.row, client);
    }
    const made = request.drafted ?? attempt(() => draft(request, stored, batch));
    if (request.isBlind) request.drafted = made;
    const result = made();
    return result && saveSnapshot(batch, request, result, stored?.row, client);
  };
  const results: PromiseSettledResult<string | null>[] = [];
  try {
    for (const request of requests) {
      try {
        results.push({ status: 'fulfilled', value: await saved(request) });
      } catch (error) {
        if (isAtomic || !(error instanceof Refusal || error instanceof SessionStoreError)) throw error;
        results.push({ status: 'rejected', reason: error instanceof Refusal ? error.reason : error });
      }
    }
    batch.finish();
  } finally {
    // After a wrong guess, whatever else failed says nothing.
    await batch.proven;
  }
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
