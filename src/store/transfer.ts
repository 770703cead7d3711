import type { ExportOptions, GenkitFiles, ImportOptions, ImportReport } from '../contract/transfer.js';
import type { ReadTransaction, WriteTransaction } from '../database/schema.js';
import type { Commit } from '../history/commit.js';
import { callSafely } from '../tabs/report.js';

/** What is exported from, and imported to. Refuses once the store is closed. */
export interface TransferPort {
  read<T>(work: (transaction: ReadTransaction) => Promise<T>): Promise<T>;
  write(work: (transaction: WriteTransaction) => Promise<Commit | null>): Promise<Commit | null>;
  generateId(): string;
}

/** The options as they are at the call; what the application does when it is told is its own affair. */
function taken<O extends ExportOptions | ImportOptions>(options: O): O {
  const { onProgress } = options;
  if (typeof onProgress !== 'function') return { ...options };
  return { ...options, onProgress: (progress) => callSafely(onProgress, progress) };
}

/** Pulled by its reader, with nothing made ahead. */
export function exportStream(port: TransferPort, options: ExportOptions): ReadableStream<Uint8Array> {
  const copy = taken(options);
  if (Array.isArray(copy.sessionIds)) copy.sessionIds = [...copy.sessionIds];
  let bytes: AsyncGenerator<Uint8Array, void> | undefined;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        bytes ??= (await import('../transfer/export-sessions.js')).exportSessions(port.read, copy);
        const { done, value } = await bytes.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await bytes?.return();
      },
    },
    { highWaterMark: 0 },
  );
}

export async function importStream(
  port: TransferPort,
  stream: ReadableStream<Uint8Array>,
  options: ImportOptions,
): Promise<ImportReport> {
  const copy = taken(options);
  return (await import('../transfer/import-sessions.js')).importSessions(port, stream, copy);
}

export async function importFiles(
  port: TransferPort,
  files: GenkitFiles,
  options: ImportOptions,
): Promise<ImportReport> {
  const copy = taken(options);
  return (await import('../transfer/import-genkit.js')).importGenkitFiles(port, files, copy);
}
