import type * as schema from '../../src/database/schema.js';

/** The schema module of the Offshoot that comes after this one: its databases have one more object store. */
export const nextSchema = (current: typeof schema): typeof schema => ({
  ...current,
  SCHEMA_VERSION: (current.SCHEMA_VERSION + 1) as typeof current.SCHEMA_VERSION,
  createSchema(database: schema.Database, oldVersion = 0) {
    if (oldVersion < current.SCHEMA_VERSION) current.createSchema(database);
    database.createObjectStore('later' as 'meta');
  },
});
