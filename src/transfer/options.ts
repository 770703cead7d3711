import type { ExportOptions, ImportOptions, OnConflict } from '../types/transfer.js';
import { requireValid } from '../values/arguments.js';
import { nonBlank, object, optional, satisfying } from '../values/schema.js';

const KINDS: unknown[] = ['skip', 'fork', 'replace'];

/** Options that are rarely used; the others were checked at the call. */
const exportOptions = object({
  sessionIds: optional(
    satisfying(
      (ids) => Array.isArray(ids) && Array.from(ids).every((id) => !nonBlank(id)),
      'an array of non-blank strings',
    ),
  ),
});

const importOptions = object({
  maxBytes: optional(satisfying((bytes) => typeof bytes === 'number' && bytes > 0, 'a number of bytes')),
  onConflict: optional(satisfying((kind) => KINDS.includes(kind), '"skip", "fork" or "replace"')),
  maxLineBytes: optional(
    satisfying(
      (bytes) => bytes === Infinity || (Number.isInteger(bytes) && bytes > 0),
      'a whole number of bytes',
    ),
  ),
});

export function requireExportOptions(options: ExportOptions): void {
  requireValid(exportOptions, options, 'options');
}

/** The import options with their defaults. */
export type ImportSettings = Pick<ImportOptions, 'signal' | 'onProgress'> & {
  onConflict: OnConflict;
  maxLineBytes: number;
  maxBytes: number;
};

export function importSettings(options: ImportOptions): ImportSettings {
  requireValid(importOptions, options, 'options');
  const {
    onConflict = 'skip',
    maxLineBytes = 64 * 1024 * 1024,
    maxBytes = 2 ** 31,
    signal,
    onProgress,
  } = options;
  return { onConflict, maxLineBytes, maxBytes, signal, onProgress };
}
