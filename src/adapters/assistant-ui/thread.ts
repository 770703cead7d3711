import { SerialQueue } from '../../runtime/queue.js';
import { nanoid } from 'nanoid';
import { copyOf } from '../shared/copy.js';
import { SessionStoreError, type Message, type SessionPatch, type SnapshotStatus } from '../../index.js';
import { changedAt, saveTurn } from '../shared/transcript/save-turn.js';
import {
  entriesOf,
  isSameMessage,
  readThread,
  type Entry,
  type Item,
  type ThreadPosition,
  type StoredThread,
} from './read-thread.js';
import type { ThreadStore } from './thread-store.js';

/** A session with a snapshot for each message: the conversation up to it. */
export class Thread {
  readonly #store: ThreadStore;
  readonly #sessionId: string;
  /** The places of the messages that were read or saved here. */
  #positions = new Map<string, ThreadPosition>();
  /** Stored ids of messages that the framework gave an id which another message has. */
  readonly #renamed = new Map<string, string[]>();
  /** Changes to a thread that has no session yet, because it has no messages. */
  #patches: SessionPatch[] | undefined;
  /** Serializes saves, so that each message finds its parent. */
  readonly #queue = new SerialQueue();

  constructor(store: ThreadStore, sessionId: string, isNew = false) {
    this.#store = store;
    this.#sessionId = sessionId;
    if (isNew) this.#patches = [];
  }

  load(): Promise<StoredThread> {
    return this.#queue.run(async () => {
      const thread = await this.#read();
      // From now on the framework uses the stored ids.
      this.#renamed.clear();
      return { ...thread, items: copyOf(thread.items, 'messages') };
    });
  }

  /**
   * Saves a message as a child of its parent, or rewrites it if it exists. Servers may give all answers one id: a
   * message of the same id with another parent, or with unrelated content, is another message.
   */
  append({ entry, ...item }: Item, status?: SnapshotStatus): Promise<void> {
    return this.#queue.run(async () => {
      const parentId = item.parentId === null ? null : this.#stored(item.parentId);
      await this.#find(this.#stored(entry.id));
      const namesakes = [entry.id, ...(this.#renamed.get(entry.id) ?? [])].filter((id) =>
        this.#positions.has(id),
      );
      const known = namesakes.reverse().find((id) => this.#positions.get(id)!.parentId === parentId);
      const snapshotId = known && this.#positions.get(known)!.snapshotId;
      if (snapshotId && (await this.#rewrite(snapshotId, { ...entry, id: known }, status))) return;
      const isFree = known ? snapshotId === undefined || !this.#positions.has(known) : namesakes.length === 0;
      const id = isFree ? (known ?? entry.id) : `${entry.id}-${nanoid()}`;
      await this.#add({ entry: { ...entry, id }, parentId }, status);
      if (id !== entry.id) {
        this.#renamed.set(entry.id, [...(this.#renamed.get(entry.id) ?? []), id]);
      }
    });
  }

  /** Changes the session. The framework may rename a thread before its first message is saved. */
  change(given: SessionPatch): Promise<void> {
    const patch = copyOf(given, 'patch');
    return this.#queue.run(async () => {
      if (this.#patches) this.#patches.push(patch);
      else await this.#store.updateSession(this.#sessionId, patch);
    });
  }

  /** Makes the thread reopen on the branch that ends with this message. */
  select(messageId: string): Promise<void> {
    return this.#queue.run(async () => {
      const position = await this.#find(this.#stored(messageId));
      if (position?.snapshotId === undefined) throw unknown(messageId, 'messageId');
      await this.#store.selectBranch(position.snapshotId);
    });
  }

  async #read(): Promise<StoredThread> {
    const thread = await readThread(this.#store, this.#sessionId);
    this.#positions = thread.positions;
    return thread;
  }

  /** Looks in the database if another tab may have saved it meanwhile. */
  async #find(messageId: string): Promise<ThreadPosition | undefined> {
    if (!this.#positions.has(messageId)) await this.#read();
    return this.#positions.get(messageId);
  }

  /** The stored id of the framework's id; of several, the last. */
  readonly #stored = (messageId: string) => this.#renamed.get(messageId)?.at(-1) ?? messageId;

  /** Resolves to whether it exists and is the same message. */
  async #rewrite(snapshotId: string, entry: Entry, status: SnapshotStatus | undefined): Promise<boolean> {
    let isAnother = false;
    const saved = await this.#store.saveSnapshot(snapshotId, (current) => {
      if (!current) return null;
      const before = entriesOf(current);
      isAnother = !isSameMessage(entry, before.at(-1));
      if (isAnother) return null;
      const messages = [...before.slice(0, -1), entry] as unknown as Message[];
      const state = { ...current.state, messages };
      return { ...current, ...(status && { status }), updatedAt: changedAt(current), state };
    });
    // A deleted message is saved again under its own id.
    if (saved === null && !isAnother) this.#positions.delete(entry.id);
    return saved !== null;
  }

  async #add({ entry, parentId }: Item, status: SnapshotStatus | undefined): Promise<void> {
    const parent = parentId === null ? undefined : await this.#find(parentId);
    if (parentId !== null && !parent) throw unknown(parentId, 'parentId');
    const before = parent ? await this.#pathOf(parent, parentId!) : [];
    const entries = [...before, entry];
    const { snapshotId } = await saveTurn(this.#store, {
      sessionId: this.#sessionId,
      ...(parent?.snapshotId !== undefined && { parentId: parent.snapshotId }),
      ...(status && { status }),
      // Typed for Genkit's messages, but the store keeps any.
      state: { messages: entries as unknown as Message[] },
    });
    this.#positions.set(entry.id, { snapshotId, parentId, path: () => entries });
    const patches = this.#patches ?? [];
    this.#patches = undefined;
    for (const patch of patches) await this.#store.updateSession(this.#sessionId, patch);
  }

  /** Read from the database, since another tab may have rewritten it. */
  async #pathOf(position: ThreadPosition, messageId: string): Promise<Entry[]> {
    if (position.snapshotId === undefined) return position.path();
    const snapshot = await this.#store.getSnapshot({ snapshotId: position.snapshotId });
    if (snapshot) return entriesOf(snapshot);
    this.#positions.delete(messageId);
    throw unknown(messageId, 'parentId');
  }
}

function unknown(messageId: string, path: string): SessionStoreError {
  return new SessionStoreError(
    'NOT_FOUND',
    `${path}: there is no message ${messageId}. It was deleted, or could not be saved: reload the thread`,
    path,
  );
}
