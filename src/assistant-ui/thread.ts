import { SessionStoreError, type Message, type SessionPatch, type SnapshotStatus } from '../index.js';
import { reopenOn } from '../transcript/reopen-on.js';
import {
  entriesOf,
  readThread,
  type Entry,
  type Item,
  type Place,
  type StoredThread,
} from './read-thread.js';
import type { ThreadStore } from './thread-store.js';

/** A session with a snapshot for each message: the conversation up to it. */
export class Thread {
  readonly #store: ThreadStore;
  readonly #sessionId: string;
  /** Where the messages are that were read or saved here. */
  #places = new Map<string, Place>();
  /** What is known of a thread that has no session yet, because nothing was saved in it. */
  #patches: SessionPatch[] | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(store: ThreadStore, sessionId: string, isNew = false) {
    this.#store = store;
    this.#sessionId = sessionId;
    if (isNew) this.#patches = [];
  }

  load(): Promise<StoredThread> {
    return this.#run(() => this.#read());
  }

  /** Saves a message behind another, or in its own place if it is there already. */
  append(item: Item, status?: SnapshotStatus): Promise<void> {
    return this.#run(async () => {
      const place = await this.#find(item.entry.id);
      if (place?.snapshotId === undefined || !(await this.#rewrite(place.snapshotId, item.entry, status))) {
        await this.#add(item, status);
      }
    });
  }

  /** Changes the session. The framework may name a thread before its first message has arrived. */
  change(patch: SessionPatch): Promise<void> {
    return this.#run(async () => {
      if (this.#patches) this.#patches.push(patch);
      else await this.#store.updateSession(this.#sessionId, patch);
    });
  }

  /** Has the thread reopen on the branch that ends with this message. */
  select(messageId: string): Promise<void> {
    return this.#run(async () => {
      const place = await this.#find(messageId);
      if (place?.snapshotId === undefined) throw unknown(messageId, 'messageId');
      await this.#store.selectBranch(place.snapshotId);
    });
  }

  /** One after the other, so that a message finds the one before. */
  #run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }

  async #read(): Promise<StoredThread> {
    const thread = await readThread(this.#store, this.#sessionId);
    this.#places = thread.places;
    return thread;
  }

  /** Another tab may have saved it meanwhile. */
  async #find(messageId: string): Promise<Place | undefined> {
    if (!this.#places.has(messageId)) await this.#read();
    return this.#places.get(messageId);
  }

  async #rewrite(snapshotId: string, entry: Entry, status: SnapshotStatus | undefined): Promise<boolean> {
    const saved = await this.#store.saveSnapshot(snapshotId, (current) => {
      if (!current) return null;
      const messages = [...entriesOf(current).slice(0, -1), entry] as unknown as Message[];
      const updatedAt = new Date().toISOString();
      return { ...current, ...(status && { status }), updatedAt, state: { ...current.state, messages } };
    });
    return saved !== null;
  }

  async #add({ entry, parentId }: Item, status: SnapshotStatus | undefined): Promise<void> {
    const parent = parentId === null ? undefined : await this.#find(parentId);
    if (parentId !== null && !parent) throw unknown(parentId, 'parentId');
    const before = parent ? await this.#pathOf(parent, parentId!) : [];
    const entries = [...before, entry];
    const snapshotId = (await this.#store.saveSnapshot(undefined, () => ({
      sessionId: this.#sessionId,
      ...(parent?.snapshotId !== undefined && { parentId: parent.snapshotId }),
      createdAt: new Date().toISOString(),
      ...(status && { status }),
      // Genkit's type says what Genkit keeps there. The store keeps what it is given.
      state: { messages: entries as unknown as Message[] },
    })))!;
    this.#places.set(entry.id, { snapshotId, path: () => entries });
    await reopenOn(this.#store, this.#sessionId, snapshotId);
    const patches = this.#patches ?? [];
    this.#patches = undefined;
    for (const patch of patches) await this.#store.updateSession(this.#sessionId, patch);
  }

  /** What is stored, because it may have been rewritten. */
  async #pathOf(place: Place, messageId: string): Promise<Entry[]> {
    if (place.snapshotId === undefined) return place.path();
    const snapshot = await this.#store.getSnapshot({ snapshotId: place.snapshotId });
    if (snapshot) return entriesOf(snapshot);
    this.#places.delete(messageId);
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
