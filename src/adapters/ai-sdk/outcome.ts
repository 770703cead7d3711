import type { ChatOnFinishCallback, UIMessage } from 'ai';
import type { FinishReason, SnapshotStatus } from '../../index.js';

/** What `onFinish` of the `ai` package is called with. */
export type Finish<M extends UIMessage> = Parameters<ChatOnFinishCallback<M>>[0];

/** The status and finish reason of a turn. */
export function outcomeOf({
  isAbort,
  isError,
  finishReason,
}: Pick<Finish<UIMessage>, 'isAbort' | 'isError' | 'finishReason'>): {
  status: SnapshotStatus;
  finishReason: FinishReason;
} {
  if (isAbort) return { status: 'aborted', finishReason: 'aborted' };
  if (isError || finishReason === 'error') return { status: 'failed', finishReason: 'failed' };
  return { status: 'completed', finishReason: reasonOf(finishReason) };
}

function reasonOf(reason: Finish<UIMessage>['finishReason']): FinishReason {
  switch (reason) {
    case 'content-filter':
      return 'blocked';
    // The model waits for tool results.
    case 'tool-calls':
      return 'interrupted';
    case undefined:
    case 'error':
      return 'unknown';
    default:
      return reason;
  }
}
