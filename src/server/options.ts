import { SessionStoreError } from '../errors.js';
import { LIMITS, type Limits } from '../sync/protocol/index.js';
import type { SyncDatabase } from './database/driver.js';

export interface SyncHandlerOptions {
  /**
   * Where the rows are: a Pool of `pg` or Neon, a client of `postgres`, a PGlite, or an object with `query(text, parameters)`
   * and `transaction(work)`. As a function, the one of a tenant: every statement is about one tenant, so tenants can be
   * spread over any number of databases.
   */
  database: SyncDatabase | ((tenant: string) => SyncDatabase | Promise<SyncDatabase>);
  /**
   * Says whose request it is, or throws. `tenant` is whatever names a person or a workspace here; it never comes from the
   * client. A `SessionStoreError` with `PERMISSION_DENIED` or `UNAVAILABLE` becomes 403 or 503, anything else 401.
   */
  authorize: (request: Request) => { tenant: string } | Promise<{ tenant: string }>;
  /** What a request and a tenant may hold; what is not named stays at its default. */
  limits?: Partial<Limits>;
  /** Origins of pages that may ask from elsewhere, such as `https://app.example.com`. */
  origins?: readonly string[];
  /** How many days back a device may ask for changes, before it has to compare all. 180 by default. */
  horizonDays?: number;
}

const OPTIONS = ['database', 'authorize', 'limits', 'origins', 'horizonDays'];

const refuse = (path: string, message: string): never => {
  throw new SessionStoreError('INVALID_ARGUMENT', `${path} ${message}`, path);
};

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) > 0;

export function checkOptions(options: SyncHandlerOptions): void {
  for (const name of Object.keys(options)) {
    if (!OPTIONS.includes(name))
      refuse(name, `is not an option of createSyncHandler; it knows ${OPTIONS.join(', ')}`);
  }
  const { database, authorize, limits = {}, origins = [], horizonDays = 180 } = options;
  if (!database)
    refuse('database', `must be a database or a function of the tenant; got ${String(database)}`);
  if (typeof authorize !== 'function') refuse('authorize', `must be a function; got ${typeof authorize}`);
  for (const [name, value] of Object.entries(limits)) {
    if (!(name in LIMITS))
      refuse(`limits.${name}`, `is not a limit; they are ${Object.keys(LIMITS).join(', ')}`);
    if (!isCount(value)) refuse(`limits.${name}`, `must be a positive integer; got ${String(value)}`);
  }
  for (const origin of origins) {
    if (!/^https?:\/\/[^/]+$/.test(origin)) {
      refuse('origins', `must be origins such as https://app.example.com, without a path; got ${origin}`);
    }
  }
  if (!isCount(horizonDays)) refuse('horizonDays', `must be a positive integer; got ${String(horizonDays)}`);
}
