import type { GetSnapshotOptions } from '../types/snapshot.js';
import { invalid, requireId, requireValid } from '../values/argument.js';
import { advice, picked } from '../values/options.js';
import { record } from '../values/schema.js';

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
