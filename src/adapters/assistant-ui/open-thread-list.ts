import type { RemoteThreadListAdapter, ThreadMessage } from '@assistant-ui/react';
import { nanoid } from 'nanoid';
import { SessionStoreError, type SessionInfo, type SessionPatch } from '../../index.js';
import { touched } from '../../platform/browser.js';
import { requireId, requireValid, taken } from '../../values/arguments.js';
import { given, reading, requireStore } from '../../values/given.js';
import { callable, number, optional, string } from '../../values/schema.js';
import { historyOf, type StoredThreadHistory, type ThreadListItem } from './open-thread-history.js';
import { Thread } from './thread.js';
import type { ThreadStore } from './thread-store.js';

type ThreadMetadata = Awaited<ReturnType<RemoteThreadListAdapter['fetch']>>;
type TitleStream = Awaited<ReturnType<RemoteThreadListAdapter['generateTitle']>>;
type TitleChunk = TitleStream extends ReadableStream<infer Chunk> ? Chunk : never;

export interface ThreadListOptions {
  /**
   * The hook of that name of `@assistant-ui/react`, by which each thread finds its history. Without it the list stores
   * no messages: give each runtime a `openThreadHistory` of its own.
   */
  useAui?: (() => { readonly threadListItem: ThreadListItem }) | undefined;
  /** How many threads are loaded per page, 1 to 1,000. Default 50. */
  pageSize?: number | undefined;
  /** Returns a thread's title after its first turn. By default the beginning of the first question. */
  titleOf?: ((messages: readonly ThreadMessage[]) => string | Promise<string>) | undefined;
  /** Called with errors of saving or loading a message, which the framework swallows. */
  onError?: ((error: unknown) => void) | undefined;
}

export interface StoredThreadList extends RemoteThreadListAdapter {
  updateCustom(remoteId: string, custom: Record<string, unknown> | undefined): Promise<void>;
  /** Creates the history of a thread of this list, like `openThreadHistory`. */
  history(item: ThreadListItem): StoredThreadHistory;
}

/**
 * The `adapter` of `useRemoteThreadListRuntime`: each thread is a session, paged by latest activity. `archived` and
 * `custom` are stored in the session's metadata under these names. A thread is stored with its first message.
 *
 * Source of the contract: `RemoteThreadListAdapter` of `@assistant-ui/react` 0.15. Errors: `NOT_FOUND` for a thread
 * that does not exist; `INVALID_ARGUMENT` for an invalid page size, and for a title or data that cannot be stored.
 */
export function openThreadList(store: ThreadStore, options: ThreadListOptions = {}): StoredThreadList {
  requireStore(store);
  const { useAui, pageSize, titleOf, onError } = taken(listShape, options);
  const threads = new Map<string, Thread>();
  const threadOf = (sessionId: string) => {
    requireId(sessionId, 'remoteId');
    let thread = threads.get(sessionId);
    if (!thread) threads.set(sessionId, (thread = new Thread(store, sessionId)));
    return thread;
  };
  const history = (item: ThreadListItem) => historyOf(item, threadOf, onError);
  const change = (remoteId: string, patch: SessionPatch) => threadOf(remoteId).change(patch);

  return {
    history,
    ...(useAui && { unstable_useAdapters: adaptersHook(useAui, history) }),
    async list(page: { after?: string | undefined } = {}) {
      const { after } = given(page, 'page');
      const { sessions, cursor } = await store.listSessions({ limit: pageSize, cursor: after });
      return { threads: sessions.map(threadMetadata), nextCursor: cursor };
    },
    async fetch(threadId) {
      const session = await store.getSession(threadId);
      if (session) return threadMetadata(session);
      throw new SessionStoreError(
        'NOT_FOUND',
        `there is no thread ${threadId}. It was deleted, or nothing was saved in it: list the threads again`,
        'threadId',
      );
    },
    async initialize() {
      // The framework's own thread ids are short, and unique only within a page.
      const remoteId = nanoid();
      threads.set(remoteId, new Thread(store, remoteId, true));
      return { remoteId };
    },
    rename: async (remoteId, title) => change(remoteId, { title }),
    updateCustom: async (remoteId, custom) => change(remoteId, { metadata: { custom } }),
    archive: async (remoteId) => change(remoteId, { metadata: { archived: true } }),
    unarchive: async (remoteId) => change(remoteId, { metadata: { archived: undefined } }),
    async delete(remoteId) {
      await store.deleteSession(remoteId);
      threads.delete(remoteId);
    },
    async generateTitle(remoteId, messages) {
      const all = reading('messages', () => [...messages]);
      const title = await (titleOf ? titleOf(all) : reading('messages', () => firstQuestion(all)));
      requireValid(string, title, 'titleOf()');
      if (title) await change(remoteId, { title });
      return streamOf(title);
    },
  };
}

const listShape = {
  useAui: optional(callable),
  pageSize: optional(number),
  titleOf: optional(callable),
  onError: optional(callable),
};

/** A hook that returns the same object for a thread as long as it is shown, as the framework requires. */
function adaptersHook(
  useAui: NonNullable<ThreadListOptions['useAui']>,
  history: StoredThreadList['history'],
): NonNullable<RemoteThreadListAdapter['unstable_useAdapters']> {
  const known = new WeakMap<object, { history: StoredThreadHistory }>();
  return function useAdapters() {
    const aui = useAui();
    let adapters = known.get(aui);
    if (!adapters) {
      const item: ThreadListItem = {
        getState: () => aui.threadListItem.getState(),
        initialize: () => aui.threadListItem.initialize(),
      };
      known.set(aui, (adapters = { history: history(item) }));
    }
    return adapters;
  };
}

function threadMetadata({ sessionId, title, metadata, updatedAt }: SessionInfo): ThreadMetadata {
  return {
    remoteId: sessionId,
    status: metadata?.['archived'] === true ? 'archived' : 'regular',
    title,
    lastMessageAt: new Date(updatedAt),
    custom: metadata?.['custom'] as Record<string, unknown> | undefined,
  };
}

/** The beginning of the first question, cut between words, or else between graphemes. */
function firstQuestion(messages: readonly ThreadMessage[]): string {
  const content = messages.find(({ role }) => role === 'user')?.content ?? [];
  const text = content.map((part) => (part.type === 'text' ? part.text : '')).join(' ');
  const line = text.replaceAll(/\s+/g, ' ').trim();
  if (line.length <= 60) return line;
  const end = touched(() => new Intl.Segmenter().segment(line).containing(60)?.index) || 60;
  return `${line.slice(0, end).replace(/ \S*$|[\ud800-\udbff]$/, '')}…`;
}

function streamOf(title: string): TitleStream {
  const chunks: TitleChunk[] = [
    { type: 'part-start', part: { type: 'text' }, path: [] },
    { type: 'text-delta', textDelta: title, path: [0] },
    { type: 'part-finish', path: [0] },
  ];
  return new ReadableStream<TitleChunk>({
    start(controller) {
      for (const chunk of title ? chunks : []) controller.enqueue(chunk);
      controller.close();
    },
  });
}
