import { historyShape, jsonObject, type AnyStore } from '../shared/arguments.js';
import { forget } from '../shared/forget.js';
import { KeyedQueue } from '../../runtime/queue.js';
import { SessionStoreError } from '../../index.js';
import { requireId, taken } from '../../values/arguments.js';
import { requireStore } from '../../values/given.js';
import type { OffshootSessionStoreOptions, SessionSnapshot, SessionStore } from './contract.js';
import { historyOverflow } from './history-overflow.js';

/** The snapshot that a session is at. */
interface Head {
  snapshotId: string | undefined;
  /** The next snapshot must not look older than this, in ms since 1970. */
  createdMs: number;
}

/**
 * Agentick's `SessionStore` on an Offshoot store: `createApp(Agent, { sessions: { store } })`.
 *
 * Every save appends a snapshot that continues what this instance loaded or saved last, so two tabs with one session
 * create two branches. The snapshot's fields are top-level fields of `state`, and entries of `timeline` are stored
 * once, however many saves contain them. Operations on one session run in the order in which they were called, awaited
 * or not.
 *
 * Methods reject with the store's own `SessionStoreError`s, and with `INVALID_ARGUMENT` and a `path` for a value that
 * cannot be stored.
 */
export class OffshootSessionStore implements SessionStore {
  readonly #store: AnyStore;
  readonly #history: number | false;
  readonly #queue = new KeyedQueue();
  /** The id of the snapshot that this instance loaded or saved last, by session. */
  readonly #places = new Map<string, string>();

  /** `store` should hold only Agentick's sessions: give it a `name` of its own. */
  constructor(store: AnyStore, options: OffshootSessionStoreOptions = {}) {
    requireStore(store);
    const { history = 20 } = taken(historyShape, options);
    this.#store = store;
    this.#history = history;
  }

  /** Appends a state to the session, as a JSON copy made at the time of the call. */
  async save(sessionId: string, snapshot: SessionSnapshot): Promise<void> {
    requireId(sessionId, 'sessionId');
    const state = jsonObject(snapshot, 'snapshot');
    await this.#queue.run(sessionId, () => this.#append(sessionId, state));
  }

  /**
   * The state that the session reopens on: that of the branch chosen with the store's `selectBranch`, otherwise the
   * one saved last. `null` if there is none. Changes nothing, not even the order of `list`.
   */
  async load(sessionId: string): Promise<SessionSnapshot | null> {
    requireId(sessionId, 'sessionId');
    return this.#queue.run(sessionId, async () => {
      for (;;) {
        const { snapshotId } = await this.#head(sessionId);
        this.#places.delete(sessionId);
        if (snapshotId === undefined) return null;
        const stored = await this.#store.getSnapshot({ snapshotId });
        // Another tab has saved a later state, and this one has dropped out of the history.
        if (!stored) continue;
        if (!stored.state) throw foreign(sessionId);
        this.#places.set(sessionId, snapshotId);
        return stored.state as unknown as SessionSnapshot;
      }
    });
  }

  /** Deletes the session with all its states and branches. No error if there is none. */
  async delete(sessionId: string): Promise<void> {
    requireId(sessionId, 'sessionId');
    await this.#queue.run(sessionId, async () => {
      await this.#store.deleteSession(sessionId);
      this.#places.delete(sessionId);
    });
  }

  /** Ids of all sessions, the one saved last first. */
  async list(): Promise<string[]> {
    await this.#queue.done();
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.#store.listSessions({ limit: 1000, cursor });
      for (const { sessionId } of page.sessions) ids.push(sessionId);
      ({ cursor } = page);
    } while (cursor !== undefined);
    return ids;
  }

  /** Whether the session has a state, without loading it. */
  async has(sessionId: string): Promise<boolean> {
    requireId(sessionId, 'sessionId');
    const session = await this.#queue.run(sessionId, () => this.#store.getSession(sessionId));
    return session !== undefined;
  }

  /** Waits for all operations called before, awaited or not, and closes the store. */
  async close(): Promise<void> {
    await this.#queue.done();
    await this.#store.close();
  }

  async #append(sessionId: string, state: Record<string, unknown>): Promise<void> {
    const head = await this.#head(sessionId);
    const parentId = this.#places.get(sessionId) ?? head.snapshotId;
    // Clocks may be set back and differ between tabs, but the last save must be the latest.
    const createdMs = Math.max(Date.now(), head.createdMs);
    const next = {
      sessionId,
      createdAt: new Date(createdMs).toISOString(),
      status: 'completed' as const,
      state,
    };
    const snapshotId =
      this.#history === false
        ? await this.#store.saveSnapshot(parentId, () => next)
        : await this.#store.saveSnapshot(undefined, () => (parentId ? { ...next, parentId } : next));
    this.#places.set(sessionId, snapshotId);
    // Best effort: the state is saved, and the next save retries the deletion.
    await this.#forgetOld(sessionId, snapshotId).catch(() => {});
  }

  async #forgetOld(sessionId: string, saved: string): Promise<void> {
    const tree = await this.#store.getTree(sessionId);
    const ids = historyOverflow(tree, saved, this.#history);
    if (ids.size > 0) await forget(this.#store, tree, ids);
  }

  async #head(sessionId: string): Promise<Head> {
    const [head, leaves] = await Promise.all([
      this.#store.getHead(sessionId),
      this.#store.getLeaves(sessionId),
    ]);
    return { snapshotId: head?.snapshotId, createdMs: leaves[0] ? Date.parse(leaves[0].createdAt) : 0 };
  }
}

function foreign(sessionId: string): SessionStoreError {
  return new SessionStoreError(
    'FAILED_PRECONDITION',
    `session "${sessionId}" was not saved by Agentick. Give Agentick a store with a name of its own`,
    'sessionId',
  );
}
