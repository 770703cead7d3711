import { SerialQueue } from '../../runtime/queue.js';
import type { ChatPersistedState, UIMessage } from '@tanstack/ai-client';
import { dequal } from 'dequal';
import { copyOf } from '../shared/copy.js';
import type { SessionSnapshot, SessionState } from '../../index.js';
import { branchPoint } from '../shared/transcript/branch-point.js';
import { continues, messagesOf } from '../shared/transcript/messages.js';
import { changedAt, saveTurn } from '../shared/transcript/save-turn.js';
import type { TranscriptStore } from '../shared/transcript/store.js';

/** The snapshot that a client is at. */
interface CurrentSnapshot {
  snapshotId: string;
  /** A copy, since the client changes its state in place. */
  state: ChatPersistedState;
  /** Whether it was created here: then it may be rewritten, because nobody else does. */
  own: boolean;
}

/** A thread as one client sees it: the snapshot that it shows, and its next saves. */
export class Thread {
  readonly #store: TranscriptStore;
  readonly #id: string;
  /** `undefined` before it was read, `null` if there is none. */
  #current: CurrentSnapshot | null | undefined;
  readonly #queue = new SerialQueue();

  constructor(store: TranscriptStore, id: string) {
    this.#store = store;
    this.#id = id;
  }

  /** Runs work one by one, so that each sees the result of the previous one. */
  run<T>(work: (thread: this) => Promise<T>): Promise<T> {
    return this.#queue.run(() => work(this));
  }

  /** Reads the session's head, which another tab may have moved. */
  async load(): Promise<ChatPersistedState | null> {
    const head = await this.#store.getHead(this.#id);
    const snapshot = head && (await this.#store.getSnapshot({ snapshotId: head.snapshotId }));
    const own = this.#current?.own === true && this.#current.snapshotId === snapshot?.snapshotId;
    this.#current = snapshot ? { snapshotId: snapshot.snapshotId, state: stateOf(snapshot), own } : null;
    return copyOf(this.#current && this.#current.state, 'state');
  }

  async save(state: ChatPersistedState): Promise<void> {
    if (this.#current === undefined) await this.load();
    const at = this.#current;
    if (!at || !continues(state.messages, at.state.messages)) return this.#branch(state);

    const { messages, resume } = at.state;
    const unchanged = dequal(state.messages, messages);
    if (unchanged && dequal(state.resume, resume)) return undefined;
    const isNewTurn = state.messages.slice(messages.length).some(({ role }) => role === 'user');
    // The `resume` data is not part of the conversation, and is rewritten in place.
    if (unchanged || (at.own && !isNewTurn)) return this.#rewrite(at, state);
    return this.#add(state, at.snapshotId);
  }

  async remove(): Promise<void> {
    await this.#store.deleteSession(this.#id);
    this.#current = null;
  }

  /** Saves a branch from the nearest snapshot that the messages continue. */
  async #branch(state: ChatPersistedState): Promise<void> {
    const parent = await branchPoint(this.#store, this.#current?.snapshotId, state.messages);
    if (!parent) return this.#add(state, undefined);
    const { snapshotId } = parent;
    const found = stateOf(parent);
    if (!dequal(found.messages, state.messages)) return this.#add(state, snapshotId);
    await this.#store.selectBranch(snapshotId);
    this.#current = { snapshotId, state: found, own: false };
    return this.save(state);
  }

  async #rewrite(at: CurrentSnapshot, next: ChatPersistedState): Promise<void> {
    const saved = await this.#store.saveSnapshot(at.snapshotId, (current) => {
      if (!current) return null;
      const { resume: _, ...state } = (current.state ?? {}) as Stored;
      const { messages, ...rest } = next;
      // The messages of a snapshot from elsewhere may have grown since it was read here.
      const changed = { ...state, ...rest, ...(at.own && { messages }) };
      return { ...current, updatedAt: changedAt(current), state: changed as SessionState };
    });
    // Deleted meanwhile: the shown conversation is saved as a new one.
    if (saved === null) return this.#branch(next);
    this.#current = { ...at, state: next };
    return undefined;
  }

  async #add(state: ChatPersistedState, parentId: string | undefined): Promise<void> {
    const { snapshotId } = await saveTurn(this.#store, {
      sessionId: this.#id,
      ...(parentId !== undefined && { parentId }),
      // Typed for Genkit's state, but the store keeps any.
      state: state as unknown as SessionState,
    });
    this.#current = { snapshotId, state, own: true };
  }
}

type Stored = SessionState & Pick<ChatPersistedState, 'resume'>;

function stateOf(snapshot: SessionSnapshot): ChatPersistedState {
  const { resume } = (snapshot.state ?? {}) as Stored;
  return { messages: messagesOf<UIMessage>(snapshot), ...(resume && { resume }) };
}
