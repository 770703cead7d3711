// Listing sessions by values of their metadata. Loaded on demand.
import { indexedBy, labelOf } from '../../database/entries.js';
import { behind, between, startingWith } from '../../database/key-order.js';
import { isSessionRow, sortOut } from '../../database/rows.js';
import type { ReadTransaction, SessionRow, WriteTransaction } from '../../database/schema.js';
import { requestAll } from '../../database/transaction.js';
import type { SessionStoreError } from '../../errors.js';
import type { ListSessionsOptions, SessionPage } from '../../types/session.js';
import { requireValid, taken } from '../../values/arguments.js';
import { anything, hasAll, ownOf, satisfying } from '../../values/schema.js';
import { beginCommit, type Commit, NO_SESSION, noteLoose } from '../commit.js';
import type { DatabaseAccess } from '../database-access.js';
import { sessionInfo } from '../stored-snapshot.js';
import { cursorAt, readPage } from './page.js';

const scalar = satisfying(
  (value) => typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value),
  'a string, a number or a boolean',
);

/** Checks and copies the values that a list of sessions is asked for. `declared`: the keys that it may be asked for. */
function requireWhere(given: ListSessionsOptions['where'], declared: readonly string[]): Where {
  const where = taken(
    Object.fromEntries(declared.map((key) => [key, anything])),
    given!,
    'options.where',
    "key of the store's option `indexed`",
  );
  for (const key of Object.keys(where)) requireValid(scalar, where[key], 'options.where', key);
  return where;
}

type Where = NonNullable<ListSessionsOptions['where']>;

type Access = Pick<DatabaseAccess, 'read' | 'rearrange'>;

/** How many rows are read at once where not all may be asked for, or are written at once to index them. */
const MOST_ROWS = 500;

/** How often sessions that others save meanwhile are indexed, before all are looked through instead. */
const ATTEMPTS = 3;

/** The list whose cursors these are: the place in it is the same, whichever index found it. */
const LIST = 'updatedMs';

/**
 * Lists the sessions whose metadata has all of these values, in the order of the list of all sessions. Those that are not
 * indexed by all declared keys, because whoever saved them did not declare these, are indexed first.
 */
export async function listSessionsWhere(
  access: Access,
  given: ListSessionsOptions,
  declared: readonly string[],
): Promise<SessionPage> {
  const options = { ...given, where: requireWhere(given.where, declared) };
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const page = await access.read(async (transaction) => {
      if (transaction.isScattered) return lookThrough(transaction, options);
      return (await isComplete(transaction, declared)) ? find(transaction, options) : undefined;
    });
    if (page) return page;
    try {
      await indexAll(access, declared);
    } catch (error) {
      // The disk is full, or others write all the time. What else is wrong shows when all is looked through, too.
      if (!/^(?:RESOURCE_EXHAUSTED|ABORTED)$/.test((error as SessionStoreError).status)) throw error;
      break;
    }
  }
  return access.read((transaction) => lookThrough(transaction, options));
}

/** Whether the index has all sessions by all of these keys. */
async function isComplete(transaction: ReadTransaction, declared: readonly string[]): Promise<boolean> {
  const [unfiled, incomplete] = await requestAll(
    () => transaction.objectStore('meta').get('unfiled'),
    () => incompleteRows(transaction, declared, 1),
  );
  return unfiled === undefined && incomplete.length === 0;
}

/** Some rows that are not indexed by all of these keys. */
async function incompleteRows(
  transaction: ReadTransaction,
  declared: readonly string[],
  most: number,
): Promise<SessionRow[]> {
  const index = transaction.objectStore('sessions').index('where');
  const lacks = (row: SessionRow) => !declared.every((key) => indexedBy(row).includes(key));
  // Sessions that are indexed by the same keys stand together, so the first of them tells of all.
  for (let at: unknown = [0]; ;) {
    const next = await index.openKeyCursor(between(at, [0, []], true));
    if (!next) return [];
    at = next.key;
    const first: unknown = await index.get(next.key);
    if (isSessionRow(first) && !lacks(first)) continue;
    const rows = await index.getAll(next.key, isSessionRow(first) ? most : undefined);
    const found = rows.filter((row) => isSessionRow(row) && lacks(row));
    if (found.length > 0) return found.slice(0, most);
  }
}

/** Indexes all sessions by these keys, in steps. */
async function indexAll(access: Access, declared: readonly string[]): Promise<void> {
  const unfiled = await access.read((transaction) => transaction.objectStore('meta').get('unfiled'));
  if (unfiled !== undefined) {
    let last: SessionRow | undefined;
    do {
      const range = last && behind(last.id);
      last = await putAgain(access, (transaction) =>
        transaction.objectStore('sessions').getAll(range, MOST_ROWS),
      );
    } while (last);
    await access.rearrange(async (transaction) => {
      await transaction.objectStore('meta').delete('unfiled');
      return looseCommit(transaction);
    });
  }
  while (await putAgain(access, (transaction) => incompleteRows(transaction, declared, MOST_ROWS)));
}

/** Puts rows once more, which indexes them. Resolves to the last one. */
async function putAgain(
  access: Access,
  read: (transaction: WriteTransaction) => Promise<SessionRow[]>,
): Promise<SessionRow | undefined> {
  const done = await access.rearrange(async (transaction) => {
    const rows = await read(transaction);
    const last = rows.at(-1);
    if (!last) return null;
    const commit = await looseCommit(transaction);
    for (const row of rows) if (isSessionRow(row)) await transaction.objectStore('sessions').put(row);
    return { ...commit, last };
  });
  return done?.last;
}

/** Advances the clock, so that tabs which remember the rows do not put the old ones back. */
async function looseCommit(transaction: WriteTransaction): Promise<Commit> {
  const commit = await beginCommit(transaction);
  await noteLoose(transaction, NO_SESSION, [commit]);
  return commit;
}

/** Reads one condition's sessions; of several, those of the condition that the fewest meet, and looks through them. */
async function find(
  transaction: ReadTransaction,
  options: ListSessionsOptions & { where: Where },
): Promise<SessionPage> {
  const labels = Object.entries(options.where).map(([key, value]) => labelOf(key, value)!);
  if (labels.length === 0) return lookThrough(transaction, options);
  const index = transaction.objectStore('sessions').index('where');
  const counts =
    labels.length === 1 ? [0] : await Promise.all(labels.map((label) => index.count(startingWith(label))));
  const rarest = labels[counts.reduce((least, count, n) => (count < counts[least]! ? n : least), 0)]!;
  const read: ReadPage = (page) => readPage(index, [rarest], page, LIST);
  return pageOf(read, options, labels.length === 1 ? options.limit : MOST_ROWS);
}

/** Looks through all sessions. */
function lookThrough(transaction: ReadTransaction, options: ListSessionsOptions): Promise<SessionPage> {
  const index = transaction.objectStore('sessions').index('updatedMs');
  return pageOf((page) => readPage(index, [], page), options, MOST_ROWS);
}

type ReadPage = (options: ListSessionsOptions) => Promise<{ rows: SessionRow[]; cursor: string | undefined }>;

async function pageOf(
  read: ReadPage,
  { where = {}, limit = 50, cursor: begin, order }: ListSessionsOptions,
  most: number | undefined,
): Promise<SessionPage> {
  const page: SessionPage = { sessions: [], cursor: begin, damaged: [] };
  do {
    const { rows, cursor } = await read({ order, cursor: page.cursor, limit: most });
    page.cursor = cursor;
    const { whole, damaged } = sortOut(rows, isSessionRow);
    for (const id of damaged) page.damaged.push(id);
    const found = whole.filter((row) => hasAll(ownOf(row, 'metadata') ?? {}, where));
    const left = limit - page.sessions.length;
    const last = found[left - 1];
    for (const row of found.slice(0, left)) page.sessions.push(sessionInfo(row));
    if (last && (cursor !== undefined || last !== rows.at(-1))) {
      page.cursor = cursorAt(LIST, [last.updatedMs, last.id]);
      break;
    }
  } while (page.cursor !== undefined && page.sessions.length < limit);
  return page;
}
