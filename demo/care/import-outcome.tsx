import type { ImportReport, SessionImportError } from 'offshoot';
import { countOf } from '../app/labels.js';

/** What an import that ended early had done by then. */
export const reportOf = (error: unknown): ImportReport | undefined =>
  (error as Partial<SessionImportError> | undefined)?.report;

/** What came in, what did not, and why. */
export function ImportOutcome({ report }: { report: ImportReport | undefined }) {
  if (!report) return null;
  const { totals, snapshots, damaged } = report;
  const failed = report.sessions.filter(({ outcome }) => outcome === 'failed');
  const lines = [
    totals.imported > 0 && `${countOf(totals.imported, 'chat')} came in.`,
    totals.forked > 0 && `${countOf(totals.forked, 'chat')} came in as copies.`,
    totals.skipped > 0 && `${countOf(totals.skipped, 'chat')} left as they were: already here.`,
    totals.failed > 0 && `${countOf(totals.failed, 'chat')} could not be imported:`,
  ].filter((line) => line !== false);
  return (
    <div className="outcome">
      {lines.length === 0 && <p>There was no chat in it.</p>}
      {lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
      {failed.length > 0 && (
        <ul aria-label="Could not be imported">
          {failed.map(({ sessionId, snapshotId, error }) => (
            <li key={sessionId ?? snapshotId}>
              {sessionId ?? snapshotId}: {error?.message}
            </li>
          ))}
        </ul>
      )}
      {snapshots > 0 && <p className="hint">{countOf(snapshots, 'snapshot')} in all.</p>}
      {damaged.length > 0 && <p>{`${damaged.length} parts were missing already when the file was made.`}</p>}
    </div>
  );
}
