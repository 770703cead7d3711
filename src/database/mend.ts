import { SessionStoreError } from '../errors.js';
import { within } from '../runtime/timeout.js';
import { createSchema, SCHEMA_VERSION, STORES } from './schema.js';
import { isWhole, firstMismatch, storesOf } from './structure.js';

/** How many of our object stores identify a database as ours; fewer may be a coincidence. */
const ENOUGH = 3;

/** After how many ms an answer of the browser that the database is newer is believed. */
const LOOKING_MS = 2000;

/** How often mending is tried again after another tab has upgraded the database first. */
const ATTEMPTS = 5;

/** The name of an empty object store that records the schema version where the database's version differs from it. */
const SIGN = /^schema (\d+)$/;

export type Upgrade = (database: IDBDatabase, transaction: IDBTransaction, from: number) => void;

/** Opens the given version of the database, or the current one. */
export type Ask = (version: number | undefined, upgrade: Upgrade) => Promise<IDBDatabase>;

/**
 * Adds missing stores and indexes under the next version, with a store whose name says that the schema is not newer.
 * So are databases of an earlier schema brought up to date. Loaded only when there is something to mend. `newer`: the browser's error for a database of a newer version.
 */
export async function mend(name: string, ask: Ask, newer: unknown): Promise<IDBDatabase> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const database = await look(ask, newer);
    const { version } = database;
    const schema = schemaOf(database);
    const isNewer = schema > SCHEMA_VERSION && storesOf(database).length >= ENOUGH;
    if (schema === SCHEMA_VERSION && isWhole(database)) return database;
    const refusal = isNewer ? newer : whyForeign(name, database);
    database.close();
    if (refusal) throw refusal;
    try {
      const mended = await ask(version + 1, upgrade);
      if (isWhole(mended)) return mended;
      mended.close();
    } catch (error) {
      if ((error as Error).name !== 'VersionError') throw error;
    }
  }
  throw foreign(name, 'is changed by others all the time');
}

/** Opens the current version. After Firefox has refused an older version, this may take long. */
function look(ask: Ask, newer: unknown): Promise<IDBDatabase> {
  const opening = ask(undefined, upgrade);
  // `within` cannot be used without a limit: a browser's timer with an infinite delay fires at once.
  if (newer === undefined) return opening;
  return within(opening, LOOKING_MS, () => {
    opening.then(
      (tooLate) => tooLate.close(),
      () => {},
    );
    return newer as Error;
  });
}

const upgrade: Upgrade = (database, transaction) => {
  const signs = [...database.objectStoreNames].filter((each) => SIGN.test(each));
  for (const sign of signs) database.deleteObjectStore(sign);
  createSchema(database, transaction);
  if (database.version !== SCHEMA_VERSION) database.createObjectStore(`schema ${SCHEMA_VERSION}`);
};

function schemaOf({ version, objectStoreNames }: IDBDatabase): number {
  const sign = [...objectStoreNames].find((each) => SIGN.test(each));
  return sign === undefined ? version : Number(SIGN.exec(sign)![1]);
}

/** The error for a database that should be left alone, or `undefined`. */
function whyForeign(name: string, database: IDBDatabase): SessionStoreError | undefined {
  const stores = [...database.objectStoreNames];
  const ours = storesOf(database);
  const odd = firstMismatch(database, ours, false);
  if (odd) return foreign(name, `has another object store "${odd}"`);
  if (stores.length > 0 && ours.length < ENOUGH) return foreign(name, `has ${listed(stores)}`);
  if (!Number.isSafeInteger(database.version + 1)) return foreign(name, 'has the highest version there is');
  return undefined;
}

const listed = (stores: string[]) =>
  stores
    .slice(0, STORES.length)
    .map((each) => `"${each}"`)
    .join(', ');

const foreign = (name: string, what: string) =>
  new SessionStoreError(
    'FAILED_PRECONDITION',
    `the database "${name}" is none of Offshoot's: it ${what}. Nothing in it was touched. Choose another name, or delete it with deleteDatabase()`,
    'options.name',
  );
