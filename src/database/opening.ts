import type { HealthEvent } from '../types/health.js';
import { isServer, requiredDatabases } from '../platform/browser.js';
import { load } from '../runtime/load.js';
import { SessionStoreError } from '../errors.js';
import { within } from '../runtime/timeout.js';
import type { Ask } from './mend.js';
import { answerTo, IndexedDBDatabase } from './indexeddb.js';
import { createSchema, SCHEMA_VERSION, type Database } from './schema.js';
import { isWhole } from './structure.js';

/** Opening and deleting have a time limit, since a frozen tab can block them without any event. */
const TIMEOUT_MS = 10_000;

/** Browsers call it blocked, too, if a connection is closing while its last transaction ends. */
const PASSING_MS = 250;

/** Receives the events of a connection. */
export interface OpeningListener {
  tell(event: HealthEvent): void;
  /** The connection was lost, or another tab needs the database for itself; `isDeleted`: to delete it. */
  release(isDeleted?: boolean): void;
  /** The browser ended the connection. */
  lost(): void;
  /** Another tab upgrades the database. */
  outdated(): void;
}

/** Opens a database of the browser and creates missing object stores and indexes. */
export async function openDatabase(name: string, listener: OpeningListener): Promise<Database> {
  // A server would keep the conversations of all users in one process's memory, so the error does not suggest that.
  if (isServer()) {
    throw new SessionStoreError(
      'UNAVAILABLE',
      'there is no IndexedDB here. Use the store in a page or a worker, not on a server',
    );
  }
  const ask: Ask = (version, upgrade) => {
    const { blocked, done, tooLong } = waiting(name, listener);
    const request = requiredDatabases().open(name, version);
    request.addEventListener('blocked', blocked);
    request.addEventListener('upgradeneeded', ({ oldVersion }) =>
      upgrade(request.result, request.transaction!, oldVersion),
    );
    let isTooLate = false;
    const opening = answerTo(request)
      .finally(done)
      .then((database) => {
        if (isTooLate) database.close();
        database.addEventListener('versionchange', ({ newVersion }) => {
          // Without a new version it is a deletion: the database is opened again when next needed.
          if (newVersion !== null) listener.outdated();
          listener.release(newVersion === null);
        });
        database.addEventListener('close', () => {
          listener.release();
          listener.lost();
        });
        return database;
      });
    return within(opening, TIMEOUT_MS, () => {
      isTooLate = true;
      return tooLong();
    });
  };
  let newer: unknown;
  let isOlder = false;
  try {
    const database = await ask(SCHEMA_VERSION, (database, transaction, from) => {
      // Nothing tells yet whether it is one of ours.
      if ((isOlder = from > 0)) transaction.abort();
      else createSchema(database, transaction);
    });
    if (isWhole(database)) return new IndexedDBDatabase(database);
    database.close();
  } catch (error) {
    if (!isOlder) {
      if ((error as Error).name !== 'VersionError') throw error;
      newer = error;
    }
  }
  // A new deployment may have removed this file while an old version of the app still runs.
  const { mend } = await load('mending a database', () => import('./mend.js')).catch((error: unknown) => {
    throw newer ?? error;
  });
  return new IndexedDBDatabase(await mend(name, ask, newer));
}

export async function deleteDatabase(name: string, listener: Pick<OpeningListener, 'tell'>): Promise<void> {
  const { blocked, done, tooLong } = waiting(name, listener);
  const request = requiredDatabases().deleteDatabase(name);
  request.addEventListener('blocked', blocked);
  await within(answerTo(request).finally(done), TIMEOUT_MS, tooLong);
}

/** Reports `blocked`, and builds the timeout's error from what is known of the cause. */
function waiting(database: string, { tell }: Pick<OpeningListener, 'tell'>) {
  let isBlocked = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    blocked: () => {
      isBlocked = true;
      timer = setTimeout(() => tell({ type: 'blocked', database }), PASSING_MS);
    },
    done: () => clearTimeout(timer),
    tooLong: () =>
      new SessionStoreError(
        'UNAVAILABLE',
        isBlocked
          ? `other tabs keep an older version of "${database}" open. Close or reload them, then try again`
          : `"${database}" did not answer within ${TIMEOUT_MS} ms: a tab that the browser has stopped may hold it. Close other tabs, then try again`,
      ),
  };
}
