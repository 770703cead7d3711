import { PGlite } from '@electric-sql/pglite';
import { createSyncHandler, migrate } from '../../../src/server/index.js';

export interface TestHandler {
  handler: (request: Request) => Promise<Response>;
  database: PGlite;
  close: () => Promise<void>;
}

/** The real handler over an embedded Postgres; whoever asks says which tenant it is. */
export async function openHandler(): Promise<TestHandler> {
  const database = await PGlite.create();
  await migrate(database);
  const handler = createSyncHandler({
    database,
    authorize: (request) => ({ tenant: request.headers.get('authorization')! }),
    // A sequence takes no minute.
    limits: { requestsPerMinute: 1_000_000 },
  });
  return { handler, database, close: () => database.close() };
}
