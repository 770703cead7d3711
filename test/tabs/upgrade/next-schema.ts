import type * as schema from '../../../src/database/schema.js';

/** The schema module of the Offshoot that comes after this one: its databases have one more object store. */
export const nextSchema = (current: typeof schema): typeof schema => ({
  ...current,
  SCHEMA_VERSION: (current.SCHEMA_VERSION + 1) as typeof current.SCHEMA_VERSION,
  createSchema(database: IDBDatabase, transaction: IDBTransaction) {
    current.createSchema(database, transaction);
    database.createObjectStore('later');
  },
});
