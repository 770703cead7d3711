import type { ExportOptions, GenkitFiles, ImportOptions, ImportReport } from '../contract/transfer.js';
import type { ReadTransaction, WriteTransaction } from '../database/schema.js';
import type { Commit } from '../history/commit.js';
import type { Retention } from './retention.js';
import { load } from '../platform/load.js';
import { requireValid } from '../validation/argument.js';
import { taken } from '../validation/options.js';
import { bare } from '../validation/property.js';
import { anything, callable, optional, satisfying } from '../validation/schema.js';
import { progressShape } from './options.js';

/** What is exported from, and imported to. Refuses once the store is closed. */
export interface TransferPort {
  read<T>(work: (transaction: ReadTransaction) => Promise<T>): Promise<T>;
  write(work: (transaction: WriteTransaction) => Promise<Commit | null>): Promise<Commit | null>;
  retention(): Promise<Retention | undefined>;
  generateId(): string;
}

/** What the values have to be is checked when the rest is loaded. */
const exportShape = { ...progressShape, sessionIds: anything, onDamaged: optional(callable) };
const importShape = { ...progressShape, onConflict: anything, maxLineBytes: anything, maxBytes: anything };

export function exportOptions(options: ExportOptions): ExportOptions {
  const call = taken(exportShape, options);
  // As they are at the call, too.
  const copied = satisfying((ids) => !Array.isArray(ids) || !!(call.sessionIds = [...ids]), '');
  requireValid(copied, call.sessionIds, 'options', 'sessionIds');
  return call;
}

export const importOptions = (options: ImportOptions): ImportOptions => taken(importShape, options);

export const failedStream = (error: unknown): ReadableStream<Uint8Array> =>
  new ReadableStream({ start: (controller) => controller.error(error) });

/** Pulled by its reader, with nothing made ahead. */
export function exportStream(port: TransferPort, options: ExportOptions): ReadableStream<Uint8Array> {
  let bytes: AsyncGenerator<Uint8Array, void> | undefined;
  return new ReadableStream<Uint8Array>(
    bare({
      async pull(controller: ReadableStreamDefaultController<Uint8Array>) {
        bytes ??= (await load('exports', () => import('../transfer/export-sessions.js'))).exportSessions(
          port.read,
          options,
        );
        const { done, value } = await bytes.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await bytes?.return();
      },
    }),
    bare({ highWaterMark: 0 }),
  );
}

export async function importStream(
  port: TransferPort,
  stream: Blob | ReadableStream<Uint8Array>,
  options: ImportOptions,
): Promise<ImportReport> {
  return (await load('imports', () => import('../transfer/import-sessions.js'))).importSessions(
    port,
    stream,
    options,
  );
}

export async function importFiles(
  port: TransferPort,
  files: GenkitFiles,
  options: ImportOptions,
): Promise<ImportReport> {
  return (await load('imports', () => import('../transfer/import-genkit.js'))).importGenkitFiles(
    port,
    files,
    options,
  );
}
