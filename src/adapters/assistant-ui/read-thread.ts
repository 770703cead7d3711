import { SessionStoreError, type SessionSnapshot } from '../../index.js';
import { isGrown } from '../shared/transcript/answers.js';
import type { ThreadStore } from './thread-store.js';

/** A message as it is stored. */
export interface Entry {
  id: string;
  content: unknown;
}

/** A message with the id of its parent message, `null` for the first. */
export interface Item<E = Entry> {
  entry: E;
  parentId: string | null;
}

/**
 * The position of a message: the snapshot that ends with it. If that was pruned, the message exists only in its
 * descendants.
 */
export interface ThreadPosition {
  snapshotId?: string;
  /** The parent message's id, `null` for the first. */
  parentId: string | null;
  /** The conversation up to this message. */
  path: () => Entry[];
}

export interface StoredThread {
  /** Parents before their children, siblings in the order of their saves. */
  items: Item[];
  /** The last message of the branch that the thread reopens on. */
  headId?: string;
  positions: Map<string, ThreadPosition>;
}

/** The number of messages that count, from the first. */
interface Conversation {
  entries: Entry[];
  length: number;
}

/**
 * Reads all messages of all branches of a session whose snapshots have one message more than their parents. A leaf's
 * state has the messages of all its ancestors, so only leaves are read, and snapshots that were rewritten after others
 * had continued them.
 */
export async function readThread(store: ThreadStore, sessionId: string): Promise<StoredThread> {
  const tree = await store.getTree(sessionId);
  const read = new Map<string, Conversation>();

  for (const leaf of tree.leaves) {
    let above: Conversation | undefined;
    let node = tree.nodes.get(leaf);
    while (node && !read.has(node.snapshotId)) {
      const isRewritten = node.updatedAt !== undefined && node.updatedAt !== node.createdAt;
      const conversation: Conversation | undefined =
        above && !isRewritten ? above : ((await conversationIn(store, node.snapshotId)) ?? above);
      if (conversation) read.set(node.snapshotId, conversation);
      above = conversation?.length
        ? { entries: conversation.entries, length: conversation.length - 1 }
        : undefined;
      node = node.parentId === undefined ? undefined : tree.nodes.get(node.parentId);
    }
  }

  const items: Item[] = [];
  const positions: StoredThread['positions'] = new Map();
  const roots = new Set(tree.roots);
  const waiting = [...tree.roots].reverse();
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    for (const child of [...tree.nodes.get(id)!.children].reverse()) waiting.push(child);
    const { entries, length } = read.get(id) ?? { entries: [], length: 0 };
    // The ancestors of a root were pruned, or cannot be read.
    for (let index = roots.has(id) ? 0 : Math.max(length - 1, 0); index < length; index++) {
      const entry = entries[index]!;
      const parentId = entries[index - 1]?.id ?? null;
      const position: ThreadPosition = { parentId, path: () => entries.slice(0, index + 1) };
      if (index === length - 1) position.snapshotId = id;
      if (!positions.has(entry.id)) items.push({ entry, parentId });
      if (!positions.has(entry.id) || position.snapshotId) positions.set(entry.id, position);
    }
  }
  const head = tree.headId === undefined ? undefined : read.get(tree.headId);
  const headId = head?.entries[head.length - 1]?.id;
  return { items, positions, ...(headId !== undefined && { headId }) };
}

/** `undefined` if the row is unreadable, so that all other messages can still be read. */
async function conversationIn(store: ThreadStore, snapshotId: string): Promise<Conversation | undefined> {
  try {
    const snapshot = await store.getSnapshot({ snapshotId });
    const entries = snapshot && entriesOf(snapshot);
    return entries && { entries, length: entries.length };
  } catch (error) {
    if (error instanceof SessionStoreError && error.status === 'DATA_LOSS') return undefined;
    throw error;
  }
}

/** The messages of a snapshot. Throws `FAILED_PRECONDITION` for messages of another framework. */
export function entriesOf(snapshot: SessionSnapshot): Entry[] {
  const entries = (snapshot.state?.messages ?? []) as unknown as Entry[];
  const strange = entries.findIndex(({ id, content }) => typeof id !== 'string' || content === undefined);
  if (strange < 0) return entries;
  const path = `state.messages.${strange}`;
  throw new SessionStoreError(
    'FAILED_PRECONDITION',
    `${path}: is not a message with id and content. Use a database of its own for each framework`,
    path,
  );
}

/** Whether `later` may be a revision of the message with the same id. Assumed for formats that are not known here. */
export function isSameMessage(later: Entry, earlier: Entry | undefined): boolean {
  const [parts, before] = [later, earlier].map((entry) => {
    const { content } = entry ?? {};
    const parts: unknown = Array.isArray(content) ? content : (content as { parts?: unknown } | null)?.parts;
    return Array.isArray(parts) ? { parts } : undefined;
  });
  return !parts || !before || isGrown(parts, before);
}
