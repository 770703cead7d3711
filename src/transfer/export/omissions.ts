import type { DamagedPart, SessionExportError } from '../../types/transfer.js';
import { SessionStoreError } from '../../errors.js';
import { callSafely } from '../../platform/report.js';

/** How many parts an error's message names. */
const MOST_NAMED = 3;

/** What an export left out. Each is reported to `onDamaged`; without it, the export fails at the end. */
export class Omissions {
  readonly all: DamagedPart[] = [];

  constructor(readonly tell: ((part: DamagedPart) => void) | undefined) {}

  add(part: DamagedPart): void {
    this.all.push(part);
    if (this.tell) callSafely(this.tell, part);
  }

  /** Throws for what was left out, unless it was reported: an incomplete file must not look complete. */
  requireNone(): void {
    const { all, tell } = this;
    if (all.length === 0 || tell) return;
    const names = all.slice(0, MOST_NAMED).map(nameOf).join('; ');
    const more = all.length > MOST_NAMED ? `; and ${all.length - MOST_NAMED} more` : '';
    const isLoss = all.some(({ reason }) => reason === undefined);
    const error = new SessionStoreError(
      isLoss ? 'DATA_LOSS' : 'FAILED_PRECONDITION',
      `the export lacks ${names}${more}. Everything else was exported. Pass onDamaged to be told of each and to get a complete file, or delete them`,
      all[0]!.path ?? all[0]!.snapshotId ?? all[0]!.sessionId,
    );
    const failed: SessionExportError = Object.assign(error, { damaged: all });
    throw failed;
  }
}

function nameOf({ sessionId, snapshotId, path, reason = 'cannot be read' }: DamagedPart): string {
  const snapshot = snapshotId === undefined ? '' : `snapshot "${snapshotId}"`;
  const session = sessionId === undefined ? '' : `session "${sessionId}"`;
  const whole = snapshot && session ? `${snapshot} of ${session}` : snapshot || session;
  return `${whole} (${path === undefined ? '' : `${path} `}${reason})`;
}
