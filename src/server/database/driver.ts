import { SessionStoreError } from '../../errors.js';
import { DatabaseFault } from './fault.js';
import { retried } from './retry.js';

export type Parameter = string | number | Uint8Array | null;
export type Row = Record<string, unknown>;

/** What statements are sent through: a database, or a transaction in it. */
export interface Session {
  query(text: string, parameters: Parameter[]): Promise<Row[]>;
}

/** What conflicts with others is done again: each statement outside of a transaction, and each transaction. */
export interface Database extends Session {
  transaction<Result>(work: (session: Session) => Promise<Result>): Promise<Result>;
}

type Answer = Row[] | { rows: Row[] };
interface Queryable {
  query(text: string, parameters: any[]): PromiseLike<Answer>;
}

/** An object of the app's, and PGlite. */
export interface TransactingDatabase extends Queryable {
  transaction(work: (transaction: Queryable) => Promise<any>): PromiseLike<any>;
}

/** The Pool of `pg`, and Neon's. */
export interface PoolDatabase extends Queryable {
  connect(): PromiseLike<Queryable & { release(destroy?: any): void }>;
}

/** A client of the package `postgres`. */
export interface PostgresDatabase {
  reserve(): PromiseLike<{
    unsafe(text: string, parameters?: any[]): PromiseLike<Iterable<any>>;
    release(): void;
  }>;
}

export type SyncDatabase = TransactingDatabase | PoolDatabase | PostgresDatabase;

const rowsOf = (answer: Answer): Row[] => (Array.isArray(answer) ? answer : answer.rows);

const sessionOf = (queryable: Queryable): Session => ({
  query: async (text, parameters) => {
    try {
      return rowsOf(await queryable.query(text, parameters));
    } catch (error) {
      throw new DatabaseFault(error);
    }
  },
});

async function connecting<Connection>(connection: PromiseLike<Connection>): Promise<Connection> {
  try {
    return await connection;
  } catch (error) {
    throw new DatabaseFault(error);
  }
}

/** What the work threw is thrown as it is; what the driver threw, as its fault. */
async function around<Result>(
  run: (work: (queryable: Queryable) => Promise<void>) => PromiseLike<unknown>,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  let outcome: { result: Result } | undefined;
  let thrown: { error: unknown } | undefined;
  try {
    await run(async (queryable) => {
      try {
        outcome = { result: await work(sessionOf(queryable)) };
      } catch (error) {
        thrown = { error };
        throw error;
      }
    });
  } catch (error) {
    if (thrown) throw thrown.error;
    throw new DatabaseFault(error);
  }
  return outcome!.result;
}

const transacting = (database: TransactingDatabase): Database => ({
  ...sessionOf(database),
  transaction: async (work) => around((inside) => database.transaction(inside), work),
});

/** A connection that nobody else uses until it is released. */
interface Reserved {
  session: Session;
  release(isBroken: boolean): void;
}

async function inTransaction<Result>(
  { session, release }: Reserved,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  let isBroken = false;
  try {
    await session.query('BEGIN', []);
    const result = await work(session);
    await session.query('COMMIT', []);
    return result;
  } catch (error) {
    // A connection that cannot even roll back is not given to anybody else.
    await session.query('ROLLBACK', []).catch(() => (isBroken = true));
    throw error;
  } finally {
    release(isBroken);
  }
}

const pooled = (pool: PoolDatabase): Database => ({
  ...sessionOf(pool),
  transaction: async (work) => {
    const client = await connecting(pool.connect());
    if (typeof client?.release !== 'function') throw notADatabase(client);
    return inTransaction(
      { session: sessionOf(client), release: (isBroken) => client.release(isBroken) },
      work,
    );
  },
});

/**
 * Everything on connections of its own: left alone, `postgres` sends statements, and `begin` as well, behind others whose
 * answers have not come, and PgBouncer then gives the connection away in between. Transactions were lost so.
 */
function ofPostgres(client: PostgresDatabase): Database {
  const reserve = async (): Promise<Reserved> => {
    const reserved = await connecting(client.reserve());
    return {
      session: sessionOf({
        query: async (text, parameters) => [...(await reserved.unsafe(text, parameters))],
      }),
      release: () => reserved.release(),
    };
  };
  return {
    query: async (text, parameters) => {
      const { session, release } = await reserve();
      try {
        return await session.query(text, parameters);
      } finally {
        release(false);
      }
    },
    transaction: async (work) => inTransaction(await reserve(), work),
  };
}

const notADatabase = (value: unknown) =>
  new SessionStoreError(
    'INVALID_ARGUMENT',
    `database must be a Pool of pg or Neon, a client of postgres, a PGlite, or an object with query(text, parameters) and transaction(work); got ${value === null ? 'null' : typeof value}`,
    'database',
  );

const has = (value: any, ...methods: string[]): boolean =>
  methods.every((method) => typeof value?.[method] === 'function');

const known = new WeakMap<object, Database>();

/** The database behind one of the drivers, which are recognised by their methods. */
export function databaseOf(driver: SyncDatabase): Database {
  const found = driver && known.get(driver);
  if (found) return found;
  let database: Database;
  // A client of `postgres` is a function that has everything; an app's object may have `connect` as well.
  if (has(driver, 'unsafe', 'reserve')) database = ofPostgres(driver as PostgresDatabase);
  else if (has(driver, 'query', 'transaction')) database = transacting(driver as TransactingDatabase);
  else if (has(driver, 'query', 'connect')) database = pooled(driver as PoolDatabase);
  else throw notADatabase(driver);
  const patient: Database = {
    query: async (text, parameters) => retried(async () => database.query(text, parameters)),
    transaction: async (work) => retried(async () => database.transaction(work)),
  };
  known.set(driver, patient);
  return patient;
}
