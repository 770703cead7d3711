import type { SessionRow, WriteTransaction } from '../../database/schema.js';
import { beginCommit, type Commit, NO_SESSION, noteLoose, readClock } from '../../snapshots/commit.js';
import { Gathering, type Limits } from './gather.js';
import type { Item } from './items.js';
import { putStanding, readStanding } from './known.js';

interface Gathered {
  items: Item[];
  push: number;
  /** The rows of sessions as they were named. */
  named: SessionRow[];
}

/** Finds what is to be pushed, and names it, in one transaction. */
export async function gathered(
  transaction: WriteTransaction,
  limits: Limits,
): Promise<{ commit: Commit | null; result: Gathered }> {
  await readClock(transaction);
  const standing = await readStanding(transaction);
  // It is turned on again by whoever begins.
  if (!standing || !transaction.syncs) return { commit: null, result: { items: [], push: 0, named: [] } };
  const gathering = new Gathering(transaction, standing, limits);
  await gathering.run();
  const { items, changed } = gathering;
  const push = standing.push + 1;
  if (items.length > 0) await putStanding(transaction, { ...standing, push });
  const result = { items, push, named: [...changed.values()] };
  if (changed.size === 0) return { commit: null, result };
  const commit = await beginCommit(transaction);
  for (const row of changed.values()) await transaction.objectStore('sessions').put(row);
  await noteLoose(transaction, NO_SESSION, [commit]);
  return { commit, result };
}

const ORDER = ['delete-session', 'session', 'delete-snapshot'];

/** Sessions first, then entries and snapshots as they were found. */
export function ordered(items: readonly Item[]): Item[] {
  const place = ({ kind }: Item) => (ORDER.includes(kind) ? ORDER.indexOf(kind) : ORDER.length);
  return [...items].sort((a, b) => place(a) - place(b));
}
