import type { GenkitFiles, ImportOptions, ImportReport } from '../../types/transfer.js';
import { encodeState } from '../../logs/append.js';
import { planState } from '../../logs/diff.js';
import type { LoadedState } from '../../logs/state.js';
import { invalid } from '../../values/arguments.js';
import { instantOf } from '../../values/schema.js';
import { pathOf, readSnapshotFile, snapshotFiles, type GenkitSnapshot } from './files.js';
import { Pace } from '../../database/pace.js';
import { Allowance } from '../import/allowance.js';
import { importSession } from '../import/import-sessions.js';
import type { Incoming, IncomingSnapshot } from '../import/imported-session.js';
import { MemoryLogs } from './memory-logs.js';
import { Report } from '../import/report.js';
import { importSettings } from '../options.js';
import type { Target } from '../import/target.js';
import { underPolicy } from '../import/under-policy.js';

/** A file with what is needed to put its snapshot into the tree. */
interface GenkitFile extends Pick<GenkitSnapshot, 'snapshotId' | 'parentId'> {
  file: File;
  createdMs: number;
}

/**
 * Imports a directory of Genkit's `FileSessionStore`. Every file holds a whole state, so files are read twice: first
 * all of them, to validate them and to find their sessions; then session by session, each state after its parent's, to
 * share what they have in common.
 */
export async function importGenkitFiles(
  target: Target,
  files: GenkitFiles,
  options: ImportOptions,
): Promise<ImportReport> {
  const { onConflict, maxLineBytes, signal, onProgress } = importSettings(options);
  const report = new Report(onProgress);
  const pace = new Pace(signal);
  return underPolicy(target, report, signal, async (target) => {
    signal?.throwIfAborted();
    const sessions = await sortFiles(files, maxLineBytes, pace);
    let bytes = 0;
    for (const { sessionId, genkitFiles } of sessions) {
      signal?.throwIfAborted();
      const session = await readSession(sessionId, genkitFiles, maxLineBytes, pace);
      bytes += genkitFiles.reduce((sum, { file }) => sum + file.size, 0);
      const progress = { bytes, totalSessions: sessions.length };
      await importSession(target, session, onConflict, report, progress, pace);
    }
  });
}

async function sortFiles(
  files: GenkitFiles,
  maxBytes: number,
  pace: Pace,
): Promise<{ sessionId: string | undefined; genkitFiles: GenkitFile[] }[]> {
  const known = new Map<string, string>();
  const sessions = new Map<string, GenkitFile[]>();
  const alone: GenkitFile[] = [];
  for await (const file of snapshotFiles(files)) {
    await pace.rest();
    const snapshot = await readSnapshotFile(file, maxBytes, pace);
    if (!snapshot) continue;
    const { snapshotId, parentId, createdAt } = snapshot;
    const where = pathOf(file);
    const other = known.get(snapshotId);
    if (other !== undefined) {
      throw invalid(
        `${where}.snapshotId`,
        `is that of ${other}. Import the directories of tenants one by one`,
      );
    }
    known.set(snapshotId, where);
    const owner = ownerOf(snapshot);
    const genkitFiles = owner === undefined ? alone : (sessions.get(owner) ?? []);
    if (owner !== undefined) sessions.set(owner, genkitFiles);
    genkitFiles.push({ file, snapshotId, parentId, createdMs: instantOf(createdAt) });
  }
  return [
    ...[...sessions].map(([sessionId, genkitFiles]) => ({
      sessionId,
      genkitFiles: parentsFirst(genkitFiles),
    })),
    ...alone.map((genkitFile) => ({ sessionId: undefined, genkitFiles: [genkitFile] })),
  ];
}

const ownerOf = ({ sessionId, state }: GenkitSnapshot): string | undefined =>
  sessionId ?? (state?.['sessionId'] as string | undefined);

/** By age, and parents before their children. */
function parentsFirst(genkitFiles: readonly GenkitFile[]): GenkitFile[] {
  const byId = new Map(genkitFiles.map((genkitFile) => [genkitFile.snapshotId, genkitFile]));
  const sorted = new Set<GenkitFile>();
  for (const genkitFile of [...genkitFiles].sort((a, b) => a.createdMs - b.createdMs)) {
    const line = new Set<GenkitFile>();
    let next: GenkitFile | undefined = genkitFile;
    while (next && !sorted.has(next) && !line.has(next)) {
      line.add(next);
      next = byId.get(next.parentId ?? '');
    }
    for (const each of [...line].reverse()) sorted.add(each);
  }
  return [...sorted];
}

async function readSession(
  sessionId: string | undefined,
  genkitFiles: readonly GenkitFile[],
  maxBytes: number,
  pace: Pace,
): Promise<Incoming> {
  const where = sessionId === undefined ? pathOf(genkitFiles[0]!.file) : `session "${sessionId}"`;
  const logs = new MemoryLogs(where);
  const states = new ParentStates(genkitFiles);
  const snapshots: IncomingSnapshot[] = [];
  const times: number[] = [];
  const allowance = new Allowance();
  for (const { file, snapshotId } of genkitFiles) {
    await pace.rest();
    const read = await readSnapshotFile(file, maxBytes, pace);
    if (read?.snapshotId !== snapshotId || ownerOf(read) !== sessionId) {
      throw invalid(pathOf(file), 'was changed while it was imported. Try again');
    }
    allowance.bytes += file.size;
    const { snapshotId: id, state, parentId, ...info } = read;
    // Genkit names a snapshot as its own parent when a detached turn ends; the real parent is lost.
    const parent = parentId === id ? undefined : parentId;
    const base = parent === undefined ? undefined : states.take(parent);
    const encoded = state && (await encodeState(planState(state, base), base, logs));
    if (encoded) states.keep(id, encoded.loaded);
    snapshots.push({
      id,
      info: { ...info, ...(parent !== undefined && { parentId: parent }) } as IncomingSnapshot['info'],
      ...(encoded && { fields: encoded.stored.fields }),
      where: pathOf(file),
    });
    times.push(instantOf(read.createdAt), instantOf(read.updatedAt ?? read.createdAt));
  }
  return {
    sessionId,
    title: undefined,
    metadata: undefined,
    createdMs: times.reduce((a, b) => Math.min(a, b)),
    updatedMs: times.reduce((a, b) => Math.max(a, b)),
    selected: undefined,
    entries: logs.entries,
    snapshots,
    allowance,
    where,
  };
}

/** The states of snapshots whose children are still to come. */
class ParentStates {
  readonly #states = new Map<string, LoadedState>();
  readonly #children = new Map<string, number>();

  constructor(genkitFiles: readonly GenkitFile[]) {
    for (const { parentId = '' } of genkitFiles) {
      this.#children.set(parentId, (this.#children.get(parentId) ?? 0) + 1);
    }
  }

  keep(id: string, state: LoadedState): void {
    if (this.#children.has(id)) this.#states.set(id, state);
  }

  take(id: string): LoadedState | undefined {
    const state = this.#states.get(id);
    const left = this.#children.get(id)! - 1;
    this.#children.set(id, left);
    if (left === 0) this.#states.delete(id);
    return state;
  }
}
