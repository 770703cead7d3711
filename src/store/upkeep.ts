// Rare operations on a whole database. Loaded for the first of these; each then loads what it needs.
import type { CheckOptions, CheckReport } from '../types/check.js';
import type { RetainOptions, RetentionPolicy, RetentionReport } from '../types/retention.js';
import type { StorageReport } from '../types/storage.js';
import type { ExportOptions, GenkitFiles, ImportOptions, ImportReport } from '../types/transfer.js';
import type { RekeyOptions } from '../encryption/rotation.js';
import { SessionStoreError } from '../errors.js';
import { load } from '../runtime/load.js';
import type { DatabaseAccess } from '../snapshots/database-access.js';
import type { Target } from '../transfer/import/target.js';
import type { Duplication } from '../session/duplicate.js';
import type { Tenant } from './tenant.js';

/** The tenant of a transfer, asked for at each of its steps. Throws once the store is closed. */
export type Find = () => Tenant<any>;

/** The amount of data is not ours to limit, so reads and writes have no time limit as long as the database answers. */
const unhurried = (find: Find): Pick<DatabaseAccess, 'read' | 'write'> => ({
  read: async (work) => find().read(work, Infinity),
  write: async (work) => find().write(work, Infinity),
});

export async function check(
  tenant: Tenant<any>,
  { repair = false, signal }: CheckOptions,
): Promise<CheckReport> {
  const { checkDatabase } = await load('integrity checks', () => import('../maintenance/integrity/check.js'));
  await (await tenant.encrypted?.database())?.prepareCheck(repair, signal);
  return checkDatabase(
    unhurried(() => tenant),
    repair,
    signal,
  );
}

export async function duplicate(tenant: Tenant<any>, options: Duplication): Promise<void> {
  const { duplicateSession } = await load('copies of sessions', () => import('../session/duplicate.js'));
  await unhurried(() => tenant).write((transaction) => duplicateSession(transaction, options));
}

export async function storage(tenant: Tenant<any>): Promise<StorageReport> {
  const { readStorage } = await load('usage', () => import('../maintenance/quota/retry-when-full.js'));
  return readStorage(unhurried(() => tenant).read);
}

export async function retain(
  tenant: Tenant<any>,
  policy: RetentionPolicy,
  options: RetainOptions,
): Promise<RetentionReport> {
  const { retain } = await load(
    'deletion by policy',
    () => import('../maintenance/retention/apply-policy.js'),
  );
  return retain(tenant.unhurried, policy, options);
}

export async function rekey({ encrypted }: Tenant<any>, options: RekeyOptions): Promise<void> {
  if (!encrypted) {
    throw new SessionStoreError(
      'FAILED_PRECONDITION',
      'this store has no encryption. Construct one with encryption: { key, previousKeys }',
      'options.encryption',
    );
  }
  await (await encrypted.database()).rotation.run(options);
}

export async function exportSessions(
  find: Find,
  options: ExportOptions,
): Promise<AsyncGenerator<Uint8Array, void>> {
  const { exportSessions } = await load(
    'export files',
    () => import('../transfer/export/export-sessions.js'),
  );
  return exportSessions(unhurried(find).read, options);
}

const targetOf = (find: Find, generateId: Target['generateId']): Target => ({
  ...unhurried(find),
  retention: async () => find().background.retention(),
  generateId,
});

export async function importSessions(
  find: Find,
  source: Blob | ReadableStream<Uint8Array>,
  options: ImportOptions,
  generateId: Target['generateId'],
): Promise<ImportReport> {
  const { importSessions } = await load(
    'import files',
    () => import('../transfer/import/import-sessions.js'),
  );
  return importSessions(targetOf(find, generateId), source, options);
}

export async function importGenkitFiles(
  find: Find,
  files: GenkitFiles,
  options: ImportOptions,
  generateId: Target['generateId'],
): Promise<ImportReport> {
  const { importGenkitFiles } = await load(
    "Genkit's files",
    () => import('../transfer/genkit/import-genkit.js'),
  );
  return importGenkitFiles(targetOf(find, generateId), files, options);
}
