import type { SnapshotNode } from 'offshoot';

interface TurnStatusProps {
  node: SnapshotNode | undefined;
  /** Whether this tab is at it. */
  isHere: boolean;
  /** The tab that is at it. */
  writer: string | undefined;
  onRetry: () => void;
  onStop: () => void;
}

/** What became of a turn that was not simply answered. */
export function TurnStatus({ node, isHere, writer, onRetry, onStop }: TurnStatusProps) {
  if (isHere || !node) return null;
  const retry = (
    <button type="button" onClick={onRetry}>
      Retry
    </button>
  );
  switch (node.status) {
    case 'pending':
      return (
        <p className="turn-status">
          <span className="writer">{writer ? `Tab “${writer}” is writing…` : 'Another tab is writing…'}</span>
          <button type="button" onClick={onStop}>
            Stop it
          </button>
        </p>
      );
    case 'expired':
      return (
        <p className="turn-status">
          <span>The tab that was writing this was closed.</span>
          {retry}
        </p>
      );
    case 'failed':
      return (
        <p className="turn-status error">
          <span dir="auto">{reasonOf(node) ?? 'The model failed.'}</span>
          {retry}
        </p>
      );
    case 'aborted':
      return (
        <p className="turn-status">
          <span>Stopped</span>
        </p>
      );
    default:
      return null;
  }
}

/** What another application has written there may be anything. */
function reasonOf({ error }: SnapshotNode): string | undefined {
  const message: unknown = error?.message;
  return typeof message === 'string' ? message : undefined;
}
