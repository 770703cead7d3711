import type { UIMessage } from 'ai';
import { SessionStoreError } from '../../index.js';
import { report } from '../../platform/browser.js';
import { requireId, taken } from '../../values/arguments.js';
import { requireStore } from '../../values/given.js';
import { anything, callable, optional, satisfying } from '../../values/schema.js';
import type { FollowedStore } from '../shared/follow-head.js';
import { existing, SavedChat } from './saved-chat.js';
import type { ChatSource, OpenChatOptions, StoredChat } from './stored-chat.js';

/**
 * Opens a chat for `useChat` and `Chat` of the AI SDK: loads the messages of a session or a snapshot, and saves the
 * conversation as a new snapshot whenever an answer ends; with the option `transport` when a question is sent, and while
 * it is answered. A conversation that does not continue what was saved before
 * (an answer regenerated, a message edited, another tab that saved first) becomes a branch.
 *
 * Messages are stored unchanged in `state.messages`, with their ids. Source of the contract: `ChatInit`,
 * `ChatOnFinishCallback` and `ChatTransport` of `ai` 7.
 *
 * Errors: `INVALID_ARGUMENT` unless exactly one id is given; `NOT_FOUND` if there is no such snapshot;
 * `FAILED_PRECONDITION` if it belongs to no session, or its messages are another framework's.
 */
export async function openChat<M extends UIMessage = UIMessage>(
  store: FollowedStore,
  source: ChatSource,
  options: OpenChatOptions<M> = {},
): Promise<StoredChat<M>> {
  requireStore(store);
  const { sessionId, snapshotId } = taken(sourceShape, source, 'source');
  const { onSaveError = report, transport, readUIMessageStream } = taken(optionsShape, options);
  if (transport && !readUIMessageStream) {
    throw new SessionStoreError(
      'INVALID_ARGUMENT',
      "options.readUIMessageStream: needed with a transport. Pass on the function of that name from 'ai'",
      'options.readUIMessageStream',
    );
  }
  const settings = { onSaveError, transport, readUIMessageStream };
  if ((sessionId === undefined) === (snapshotId === undefined)) {
    throw new SessionStoreError('INVALID_ARGUMENT', 'openChat takes exactly one of sessionId and snapshotId');
  }
  if (sessionId === undefined) {
    requireId(snapshotId, 'snapshotId');
    const snapshot = await existing(store, snapshotId);
    if (snapshot.sessionId === undefined) {
      throw new SessionStoreError(
        'FAILED_PRECONDITION',
        `the snapshot ${snapshotId} belongs to no session, so nothing can continue it. Save it with a sessionId`,
        'snapshotId',
      );
    }
    return new SavedChat<M>(store, snapshot.sessionId, snapshot, settings);
  }
  requireId(sessionId, 'sessionId');
  const head = await store.getHead(sessionId);
  const snapshot = head && (await store.getSnapshot({ snapshotId: head.snapshotId }));
  return new SavedChat<M>(store, sessionId, snapshot, settings);
}

const sourceShape = { sessionId: anything, snapshotId: anything };
const optionsShape = {
  onSaveError: optional(callable),
  transport: optional(
    satisfying(
      (value) => typeof value?.sendMessages === 'function',
      'a ChatTransport, as new DefaultChatTransport() makes it',
    ),
  ),
  readUIMessageStream: optional(callable),
};
