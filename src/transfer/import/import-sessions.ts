import type { ImportOptions, ImportReport, OnConflict } from '../../types/transfer.js';
import { Pace } from '../../database/pace.js';
import { SessionStoreError } from '../../errors.js';
import { ExportReader } from './read-export.js';
import { fork, requireNew } from './new-ids.js';
import type { Incoming } from './imported-session.js';
import { layOut, type LaidOut } from './to-rows.js';
import { openFile } from './open-file.js';
import { Report } from './report.js';
import { importSettings } from '../options.js';
import type { Target } from './target.js';
import { underPolicy } from './under-policy.js';
import { findPresent, writeSession } from './write-session.js';

/** Imports a file of `exportSessions`, each session in a transaction of its own. */
export async function importSessions(
  target: Target,
  source: Blob | ReadableStream<Uint8Array>,
  options: ImportOptions,
): Promise<ImportReport> {
  const { onConflict, maxLineBytes, maxBytes, signal, onProgress } = importSettings(options);
  const pace = new Pace(signal);
  const reader = new ExportReader();
  const report = new Report(onProgress);
  return underPolicy(target, report, signal, async (target) => {
    try {
      for await (const session of reader.read(openFile(source, maxBytes, signal), maxLineBytes, pace)) {
        await importSession(target, session, onConflict, report, { bytes: reader.bytes }, pace);
        signal?.throwIfAborted();
      }
    } finally {
      report.leftOut = reader.leftOut.list();
    }
    report.damaged = reader.end?.damaged ?? [];
  });
}

/** Imports one session, or nothing of it. */
export async function importSession(
  target: Target,
  session: Incoming,
  onConflict: OnConflict,
  report: Report,
  progress: { bytes: number; totalSessions?: number },
  pace: Pace,
): Promise<void> {
  const { signal } = pace;
  const laidOut = await layOut(session, pace);
  try {
    const outcome = await write(target, laidOut, onConflict === 'replace', signal).catch((error: unknown) => {
      if (onConflict === 'fork' && isTaken(error)) return 'skipped' as const;
      throw error;
    });
    if (outcome !== 'skipped' || onConflict !== 'fork') return report.add(session, outcome, {}, progress);
    const forked = await layOut(await fork(session, () => target.generateId(), pace), pace);
    const newId = forked.sessionId ?? forked.snapshots[0]!.id;
    requireNew((await write(target, forked, false, signal)) === 'imported', newId);
    report.add(session, 'forked', { newId }, progress);
  } catch (error) {
    if (!isTaken(error)) throw error;
    report.add(session, 'failed', { error }, progress);
  }
}

async function write(
  target: Target,
  session: LaidOut,
  replaces: boolean,
  signal: AbortSignal | undefined,
): Promise<'imported' | 'replaced' | 'skipped'> {
  let wasThere = false;
  if (session.sessionId !== undefined) target.arriving?.(session.sessionId);
  const commit = await target.write(async (transaction) => {
    const present = await findPresent(transaction, session, signal);
    wasThere = present.isThere;
    return wasThere && !replaces ? null : writeSession(transaction, session, present, signal);
  });
  if (!commit) return 'skipped';
  return wasThere ? 'replaced' : 'imported';
}

const isTaken = (error: unknown): error is SessionStoreError =>
  error instanceof SessionStoreError && error.status === 'ALREADY_EXISTS';
