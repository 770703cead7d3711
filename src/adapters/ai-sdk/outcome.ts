import type { ChatOnFinishCallback, UIMessage } from 'ai';
import type { FinishReason, SnapshotStatus } from '../../index.js';

/** What the `ai` package tells when an answer has ended, however it did. */
export type Finish<M extends UIMessage> = Parameters<ChatOnFinishCallback<M>>[0];

/** How a turn ended, in the store's words. */
export function outcomeOf({ isAbort, isError, finishReason }: Finish<UIMessage>): {
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
    // The model waits for the results of its tools.
    case 'tool-calls':
      return 'interrupted';
    case undefined:
    case 'error':
      return 'unknown';
    default:
      return reason;
  }
}
