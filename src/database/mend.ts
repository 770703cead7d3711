import { SessionStoreError } from '../errors.js';
import { within } from '../runtime/timeout.js';
import { createSchema, SCHEMA_VERSION, STORES } from './schema.js';
import { isWhole, misfit, storesOf } from './structure.js';

/** So many of our object stores make a database ours, and a lesser number may be anybody's. */
const ENOUGH = 3;

/** After so many ms, what the browser calls newer is taken to be so. */
const LOOKING_MS = 2000;

/** How often it is looked at anew because others were first to mend it. */
const ATTEMPTS = 5;

/** The name of an object store, without rows: which schema a database has whose version says another. */
const SIGN = /^schema (\d+)$/;

export type Upgrade = (database: IDBDatabase, transaction: IDBTransaction) => void;

/** Opens a version of the database, or whatever is there. */
export type Ask = (version: number | undefined, upgrade: Upgrade) => Promise<IDBDatabase>;

/**
 * Makes what a database of ours lacks, under the next version and with a sign that this is no newer schema. Loaded
 * when there is something to mend. `newer`: what the browser says of a database of a newer Offshoot.
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

/** Opens what is there. After it has refused an older version, Firefox may not answer that for long. */
function look(ask: Ask, newer: unknown): Promise<IDBDatabase> {
  const opening = ask(undefined, upgrade);
  // No timer waits for ever: a browser's is over at once.
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

/** Why it is better left as it is. */
function whyForeign(name: string, database: IDBDatabase): SessionStoreError | undefined {
  const stores = [...database.objectStoreNames];
  const ours = storesOf(database);
  const odd = misfit(database, ours, false);
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
