// Rare operations on a whole database. Loaded for the first of these; each then loads what it needs.
import type { CheckOptions, CheckReport } from '../types/check.js';
import type { RetainOptions, RetentionPolicy, RetentionReport } from '../types/retention.js';
import type { DeleteSessionOptions, ListSessionsOptions, SessionPage } from '../types/session.js';
import type { SessionStoreOptions } from '../types/snapshot.js';
import type { SearchOptions, SearchPage } from '../types/search.js';
import type { KeyProbe } from '../types/health.js';
import type { StorageReport } from '../types/storage.js';
import type { ExportOptions, GenkitFiles, ImportOptions, ImportReport } from '../types/transfer.js';
import type { RekeyOptions } from '../encryption/rotation.js';
import { SessionStoreError } from '../errors.js';
import { load } from '../runtime/load.js';
import type { DatabaseAccess } from '../snapshots/database-access.js';
import type { Target } from '../transfer/import/target.js';
import type { Duplication } from '../session/duplicate.js';
import type { Tenant } from './tenant.js';

/** The tenant of an operation; transfers and searches ask for it at each of their steps, which throws once the store is closed. */
export interface At {
  tenant: Tenant<any>;
  find: () => Tenant<any>;
}

/** The amount of data is not ours to limit, so reads and writes have no time limit as long as the database answers. */
const unhurried = (find: At['find']): Pick<DatabaseAccess, 'read' | 'write'> => ({
  read: async (work) => find().read(work, Infinity),
  write: async (work) => find().write(work, Infinity),
});

export async function check({ tenant }: At, { repair = false, signal }: CheckOptions): Promise<CheckReport> {
  const { checkDatabase } = await load('integrity checks', () => import('../maintenance/integrity/check.js'));
  await (await tenant.encrypted?.database())?.prepareCheck(repair, signal);
  return checkDatabase(
    unhurried(() => tenant),
    repair,
    signal,
  );
}

export async function duplicate({ tenant }: At, _: SessionStoreOptions, options: Duplication): Promise<void> {
  const { duplicateSession } = await load('copies of sessions', () => import('../session/duplicate.js'));
  await unhurried(() => tenant).write((transaction) => duplicateSession(transaction, options));
}

export async function storage({ tenant }: At, _: SessionStoreOptions): Promise<StorageReport> {
  const { readStorage } = await load('usage', () => import('../maintenance/quota/retry-when-full.js'));
  return readStorage(unhurried(() => tenant).read);
}

export async function retain(
  { tenant }: At,
  options: RetainOptions,
  policy: RetentionPolicy,
): Promise<RetentionReport> {
  const { retain } = await load(
    'deletion by policy',
    () => import('../maintenance/retention/apply-policy.js'),
  );
  return retain(tenant.unhurried, policy, options);
}

export async function rekey({ tenant: { encrypted } }: At, options: RekeyOptions): Promise<void> {
  if (!encrypted) {
    throw new SessionStoreError(
      'FAILED_PRECONDITION',
      'this store has no encryption. Construct one with encryption: { key, previousKeys }',
      'options.encryption',
    );
  }
  await (await encrypted.database()).rotation.run(options);
}

export async function probeKey(
  { tenant: { connection, settings } }: At,
  _: SessionStoreOptions,
  key: CryptoKey | null | undefined,
): Promise<KeyProbe> {
  const { key: own = null, previousKeys = [] } = settings.encryption ?? {};
  const { probe } = await load('probing keys', () => import('../encryption/probe.js'));
  return probe(connection, key === undefined ? [own, ...previousKeys] : [key]);
}

export async function hideSession(
  { tenant }: At,
  { undoable }: DeleteSessionOptions,
  sessionId: string,
): Promise<number> {
  const { hideSession } = await load('undoing', () => import('../snapshots/delete/hide.js'));
  const until = Date.now() + undoable!;
  const removal = await tenant.write((transaction) => hideSession(transaction, sessionId, until));
  if (removal) tenant.connection.hides([...removal.due]);
  return removal?.removed ?? 0;
}

export async function restoreSession(
  { tenant }: At,
  _: SessionStoreOptions,
  sessionId: string,
): Promise<boolean> {
  const { restoreSession } = await load('undoing', () => import('../snapshots/delete/hide.js'));
  return !!(await tenant.write((transaction) => restoreSession(transaction, sessionId)));
}

export async function listSessionsWhere({ tenant }: At, options: ListSessionsOptions): Promise<SessionPage> {
  const { listSessionsWhere } = await load('filters', () => import('../snapshots/read/where.js'));
  return listSessionsWhere(tenant, options, tenant.settings.indexed ?? []);
}

export async function searchText(
  { tenant, find }: At,
  options: SearchOptions,
  query: string,
): Promise<SearchPage> {
  const { searchText } = await load('searches', () => import('../search/search-text.js'));
  return searchText(unhurried(find).read, query, options, !!tenant.encrypted);
}

export async function exportSessions(
  { find }: At,
  options: ExportOptions,
): Promise<AsyncGenerator<Uint8Array, void>> {
  const { exportSessions } = await load(
    'export files',
    () => import('../transfer/export/export-sessions.js'),
  );
  return exportSessions(unhurried(find).read, options);
}

const targetOf = (find: At['find'], generateId: Target['generateId']): Target => ({
  ...unhurried(find),
  retention: async () => find().background.retention(),
  generateId,
});

export async function importSessions(
  { find }: At,
  options: ImportOptions,
  source: Blob | ReadableStream<Uint8Array>,
  generateId: Target['generateId'],
): Promise<ImportReport> {
  const { importSessions } = await load(
    'import files',
    () => import('../transfer/import/import-sessions.js'),
  );
  return importSessions(targetOf(find, generateId), source, options);
}

export async function importGenkitFiles(
  { find }: At,
  options: ImportOptions,
  files: GenkitFiles,
  generateId: Target['generateId'],
): Promise<ImportReport> {
  const { importGenkitFiles } = await load(
    "Genkit's files",
    () => import('../transfer/genkit/import-genkit.js'),
  );
  return importGenkitFiles(targetOf(find, generateId), files, options);
}
