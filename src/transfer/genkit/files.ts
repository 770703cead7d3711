import type { DirectoryHandle, GenkitFiles } from '../../types/transfer.js';
import { SessionStoreError } from '../../errors.js';
import { invalid, requireValid } from '../../values/arguments.js';
import { measure } from '../../encoding/measure.js';
import { answerOf } from '../../database/answer.js';
import type { Pace } from '../../database/pace.js';
import { fitting } from '../import/imported-session.js';
import { MOST_DEEP } from '../format/lines.js';
import { described, UNREADABLE } from '../../values/schema.js';
import { reading } from '../../values/given.js';
import { genkitSnapshot } from '../format/line-schemas.js';
import { unmarked } from '../import/open-file.js';
import { parseJson } from '../format/parse-json.js';

/** The directory where Genkit stores each session's latest snapshot id, which can be derived from the snapshots. */
const POINTERS = '.pointers';

/** A snapshot as in Genkit's file. */
export interface GenkitSnapshot {
  snapshotId: string;
  sessionId?: string | undefined;
  parentId?: string | undefined;
  createdAt: string;
  updatedAt?: string | undefined;
  state?: Record<string, unknown> | undefined;
  [field: string]: unknown;
}

/** The relative path if the file was chosen as part of a directory, otherwise its name. */
export const pathOf = (file: File): string => file.webkitRelativePath || file.name;

/** The files of a directory that are named like snapshots. */
export async function* snapshotFiles(files: GenkitFiles): AsyncGenerator<File> {
  const source = reading('files', () => {
    if (!isObject(files)) throw notFiles(files);
    const source = isDirectory(files) ? filesIn(files) : files;
    if (!(Symbol.iterator in source || Symbol.asyncIterator in source)) throw notFiles(files);
    return source;
  });
  try {
    for await (const file of source) {
      if (!(file instanceof File)) throw notFiles(file);
      const folders = pathOf(file).split('/').slice(0, -1);
      if (file.name.endsWith('.json') && !folders.includes(POINTERS)) yield file;
    }
  } catch (cause) {
    if (cause instanceof SessionStoreError) throw cause;
    // A DOMException is an error of the browser, not of the caller.
    if (!(cause instanceof DOMException)) throw invalid('files', UNREADABLE, cause);
    throw new SessionStoreError('UNAVAILABLE', 'the files cannot be read; see cause', 'files', cause);
  }
}

const notFiles = (came: unknown) =>
  invalid('files', `expected files, or the handle of a directory, got ${described(came)}`);

const isObject = (value: unknown) => typeof value === 'object' && value !== null;

const isDirectory = (files: GenkitFiles): files is DirectoryHandle => 'values' in files && 'kind' in files;

async function* filesIn(directory: DirectoryHandle): AsyncGenerator<File> {
  for await (const handle of directory.values()) {
    if (typeof handle?.kind !== 'string') throw notFiles(handle);
    if (handle.kind === 'file') yield await (handle as FileSystemFileHandle).getFile();
  }
}

/** Reads a file; `undefined` for one of Genkit's pointers. */
export async function readSnapshotFile(
  file: File,
  maxBytes: number,
  pace: Pace,
): Promise<GenkitSnapshot | undefined> {
  const where = pathOf(file);
  if (file.size > maxBytes) {
    throw invalid(where, `is longer than ${maxBytes} bytes. Raise maxLineBytes if it has to be`);
  }
  const bytes = await answerOf(file.arrayBuffer(), where).catch((cause: unknown) => {
    throw new SessionStoreError('UNAVAILABLE', `${where}: cannot be read; see cause`, where, cause);
  });
  const json = await parseJson(unmarked(new Uint8Array(bytes)), where, pace);
  if (isPointer(json)) return undefined;
  requireValid(genkitSnapshot, json, where);
  await fitting(where, () => pace.run(measure(json, MOST_DEEP)));
  return json as GenkitSnapshot;
}

const isPointer = (json: unknown): boolean =>
  typeof json === 'object' && json !== null && 'currentSnapshotId' in json && !('snapshotId' in json);
