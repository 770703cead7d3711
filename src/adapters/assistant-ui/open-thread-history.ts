import type {
  ExportedMessageRepositoryItem,
  GenericThreadHistoryAdapter,
  MessageFormatAdapter,
  MessageFormatItem,
  MessageStorageEntry,
  ThreadHistoryAdapter,
  ThreadMessage,
} from '@assistant-ui/react';
import { copyOf } from '../shared/copy.js';
import { SessionStoreError, type SnapshotStatus } from '../../index.js';
import { callSafely } from '../../platform/browser.js';
import { requireId, requireValid } from '../../values/arguments.js';
import { given, reading, requireStore } from '../../values/given.js';
import { satisfying } from '../../values/schema.js';
import type { Entry } from './read-thread.js';
import { Thread } from './thread.js';
import type { ThreadStore } from './thread-store.js';

/** The part of `aui.threadListItem` that identifies the thread. */
export interface ThreadListItem {
  getState(): { remoteId?: string | undefined };
  /** Creates the thread if it is new; its `remoteId` is the session's id. */
  initialize(): Promise<{ remoteId: string }>;
}

export interface StoredThreadHistory extends ThreadHistoryAdapter {
  update(item: ExportedMessageRepositoryItem): Promise<void>;
  withFormat<TMessage, TStorageFormat extends Record<string, unknown>>(
    formatAdapter: MessageFormatAdapter<TMessage, TStorageFormat>,
  ): GenericThreadHistoryAdapter<TMessage>;
  /**
   * Makes the thread reopen on the branch that ends with this message. The framework does not tell adapters of a
   * switch: call it after `switchToBranch`, with the last message shown. Errors: `NOT_FOUND`.
   */
  select(messageId: string): Promise<void>;
}

/** A message with the configuration of its run. */
type StoredMessage = ThreadMessage & Pick<ExportedMessageRepositoryItem, 'runConfig'>;
/** A message of another runtime, encoded. */
type FormattedEntry = Pick<MessageStorageEntry<Record<string, unknown>>, 'id' | 'format' | 'content'>;

/**
 * The `history` of one thread, for `useLocalRuntime` and, by `withFormat`, for the AI SDK's runtimes. Each message is a
 * snapshot, the child of its parent message's; its state is the conversation up to it. So every branch of the thread is
 * a branch of the session, and messages are stored once.
 *
 * `thread` is the id of a session, or the item of a thread list, which is read at each call. Messages are stored
 * unchanged, dates as dates. Source of the contract: `ThreadHistoryAdapter` of `@assistant-ui/react` 0.15.
 *
 * Errors: `NOT_FOUND` for a message whose parent does not exist; `FAILED_PRECONDITION` if the session has another
 * framework's messages.
 */
export function openThreadHistory(store: ThreadStore, thread: string | ThreadListItem): StoredThreadHistory {
  requireStore(store);
  if (typeof thread !== 'string') requireValid(threadItem, thread, 'thread');
  if (typeof thread !== 'string') return historyOf(thread, (sessionId) => new Thread(store, sessionId));
  requireId(thread, 'thread');
  const only = new Thread(store, thread);
  const item = { getState: () => ({ remoteId: thread }), initialize: async () => ({ remoteId: thread }) };
  return historyOf(item, () => only);
}

const threadItem = satisfying(
  (item) => typeof item?.getState === 'function' && typeof item.initialize === 'function',
  'the id of a session, or aui.threadListItem with getState and initialize, as @assistant-ui/react 0.15 has it',
);

/** The same with a cache of threads; `onError` gets the errors that the framework swallows. */
export function historyOf(
  item: ThreadListItem,
  threadOf: (sessionId: string) => Thread,
  onError?: (error: unknown) => void,
): StoredThreadHistory {
  /** A thread without messages has no session yet. */
  const existing = () => {
    const { remoteId } = item.getState();
    return remoteId === undefined ? undefined : threadOf(remoteId);
  };
  const told = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (onError) callSafely(onError, error);
      throw error;
    }
  };
  const save = async (saved: Entry, parentId: string | null, status?: SnapshotStatus) => {
    const entry = copyOf(saved, 'message');
    requireId(entry.id, 'message.id');
    if (parentId !== null) requireId(parentId, 'parentId');
    await threadOf((await item.initialize()).remoteId).append({ entry, parentId }, status);
  };
  const saveMessage = (saved: ExportedMessageRepositoryItem) =>
    told(async () => {
      const { message, parentId, runConfig } = given(saved, 'item');
      const entry = { ...given(message, 'message'), ...(runConfig && { runConfig }) };
      await save(
        entry,
        parentId,
        reading('message.status', () => statusOf(entry)),
      );
    });

  return {
    load: () =>
      told(async () => {
        const { items, headId } = (await existing()?.load()) ?? { items: [] };
        const messages = items.map(({ entry, parentId }) => {
          const { runConfig, ...message } = entry as unknown as StoredMessage;
          return { message, parentId, ...(runConfig && { runConfig }) };
        });
        return { messages, ...(headId !== undefined && { headId }) };
      }),
    append: saveMessage,
    update: saveMessage,
    select: (messageId) =>
      told(async () => {
        requireId(messageId, 'messageId');
        const thread = existing();
        if (!thread) {
          throw new SessionStoreError('NOT_FOUND', 'the thread is new. Send a message first', 'messageId');
        }
        await thread.select(messageId);
      }),
    withFormat(adapter) {
      type Stored = Parameters<typeof adapter.decode>[0];
      type Formatted = ReturnType<typeof adapter.decode>;
      const saveFormatted = (formatted: MessageFormatItem<Formatted['message']>) =>
        told(async () => {
          const { message, parentId } = given(formatted, 'item');
          const id = adapter.getId(message);
          const entry: FormattedEntry = { id, format: adapter.format, content: adapter.encode(formatted) };
          await save(entry, parentId);
        });
      return {
        load: () =>
          told(async () => {
            const { items, headId } = (await existing()?.load()) ?? { items: [] };
            const messages = items.map(({ entry, parentId }) =>
              adapter.decode({ ...(entry as FormattedEntry), parent_id: parentId } as Stored),
            );
            return { messages, ...(headId !== undefined && { headId }) };
          }),
        append: saveFormatted,
        update: saveFormatted,
      };
    },
  };
}

function statusOf(message: ThreadMessage): SnapshotStatus {
  const { status } = message;
  if (status?.type !== 'incomplete') return 'completed';
  if (status.reason === 'cancelled') return 'aborted';
  return status.reason === 'error' ? 'failed' : 'completed';
}
