import type { GetSnapshotOptions } from '../types/snapshot.js';
import type { ExportOptions } from '../types/transfer.js';
import { advice, invalid, picked, requireId, requireValid, taken } from '../values/arguments.js';
import {
  anything,
  callable,
  flag,
  fromZero,
  oneOf,
  optional,
  record,
  satisfying,
  signal,
  string,
} from '../values/schema.js';

/** The options of all methods. */
export const callShape = { context: anything };
export const saveOptionsShape = { ...callShape, requireParent: anything };
export const undoableShape = { ...callShape, undoable: fromZero };
export const subtreeShape = { ...callShape, subtree: optional(flag) };
export const signalShape = { ...callShape, signal };
export const repairShape = { ...signalShape, repair: optional(flag) };
const listShape = {
  ...callShape,
  limit: optional(
    satisfying(
      (limit) => Number.isInteger(limit) && limit >= 1 && limit <= 1000,
      'a whole number, 1 to 1000',
    ),
  ),
  cursor: optional(string),
  order: oneOf('asc', 'desc'),
};
export const whereShape = { ...listShape, where: anything };
export const sessionListShape = { ...listShape, sessionId: anything };
export const progressShape = { ...signalShape, onProgress: optional(callable) };
export const searchShape = { ...progressShape, limit: listShape.limit, cursor: listShape.cursor };

/** One save of `saveSnapshots`; both values are checked where they are used. */
export const saveShape = { snapshotId: anything, mutator: anything };

/** These values are checked where they are used. */
export const exportShape = { ...progressShape, sessionIds: anything, onDamaged: optional(callable) };
export const importShape = {
  ...progressShape,
  onConflict: anything,
  maxLineBytes: anything,
  maxBytes: anything,
};

export function exportOptions(options: ExportOptions): ExportOptions {
  const call = taken(exportShape, options);
  // Copied, as they are at the call.
  const copied = satisfying((ids) => !Array.isArray(ids) || !!(call.sessionIds = [...ids]), '');
  requireValid(copied, call.sessionIds, 'options', 'sessionIds');
  return call;
}

const IDS = ['snapshotId', 'sessionId'];

/**
 * Which snapshot is asked for. Frameworks add options of their own, so an unknown option is reported only if no id was
 * given.
 */
export function lookupIn(options: GetSnapshotOptions): { isSession: boolean; id: string } {
  requireValid(record, options, 'options');
  const { snapshotId, sessionId } = picked(options, 'options', () => IDS);
  if ((snapshotId === undefined) === (sessionId === undefined)) {
    const stranger = Object.keys(picked(options, 'options')).find(
      (key) => !IDS.includes(key) && key !== 'context',
    );
    const came = snapshotId !== undefined ? 'both' : (stranger ?? 'neither');
    const hint = stranger && came !== 'both' ? `. ${advice(stranger, IDS)}` : '';
    const path = hint ? `options.${came}` : 'options';
    throw invalid(path, `expected exactly one of snapshotId and sessionId, got ${came}${hint}`);
  }
  const isSession = snapshotId === undefined;
  const id: unknown = snapshotId ?? sessionId;
  requireId(id, isSession ? 'sessionId' : 'snapshotId');
  return { isSession, id };
}
