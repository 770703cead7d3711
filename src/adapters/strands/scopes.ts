import { nanoid } from 'nanoid';
import { historyShape, type AnyStore } from '../shared/arguments.js';
import { forget } from '../shared/forget.js';
import { KeyedQueue } from '../../runtime/queue.js';
import { requireStore } from '../../values/given.js';
import { taken } from '../../values/arguments.js';
import type { StrandsStorageOptions } from './contract.js';
import { forgetOverwritten, keepOverwritten } from './overwritten.js';
import {
  checkpointOf,
  overwrittenOf,
  latestOf,
  moved,
  rowOf,
  type ScopeAddress,
  type Row,
  type State,
} from './scope-snapshots.js';
import { sameContent } from './state.js';

/** Given the stored state, returns one to store in its place, if any. */
export type Correction = (stored: State | undefined) => State | undefined;

/** What the next snapshot of an agent continues: a checkpoint, or the latest snapshot as it was then. */
type Standpoint = { checkpoint: string } | Pick<Row, 'revision' | 'parentId'>;

/**
 * The snapshots of all scopes of one storage, in their sessions' trees: checkpoints continue one another, and the
 * latest snapshot of a scope continues the checkpoint that its agent took or restored last. Operations on one session
 * run one by one.
 */
export class Scopes {
  readonly store: AnyStore;
  readonly #history: number | false;
  readonly #queue = new KeyedQueue();
  readonly #standpoints = new Map<string, Standpoint>();
  /** States that are about to be saved as latest. */
  readonly #coming = new Map<string, State>();
  /** Deletes that were called in sequence, and are done together. */
  readonly #removals = new Map<string, { ids: Set<string>; done: Promise<void> }>();

  constructor(store: AnyStore, options: StrandsStorageOptions) {
    requireStore(store);
    const { history = false } = taken(historyShape, options);
    this.store = store;
    this.#history = history;
  }

  /** Overwrites the latest snapshot; with a history, the overwritten one is kept as a separate snapshot. */
  saveLatest(address: ScopeAddress, state: State, correction?: Correction): Promise<void> {
    this.#coming.set(address.prefix, state);
    return this.#after(address.sessionId, async () => {
      if (this.#coming.get(address.prefix) === state) this.#coming.delete(address.prefix);
      await this.#writeLatest(address, state);
      await this.#correct(latestOf(address), correction);
    });
  }

  /** Saves a snapshot that stays until it, or its session, is deleted. */
  saveCheckpoint(
    address: ScopeAddress,
    checkpointId: string,
    state: State,
    correction?: Correction,
  ): Promise<void> {
    return this.#after(address.sessionId, async () => {
      const { store } = this;
      const latest = latestOf(address);
      const id = checkpointOf(address, checkpointId);
      const coming = this.#coming.get(address.prefix);
      // The SDK saves a checkpoint and then the same state as latest. Saving latest first lets them share everything.
      if (coming && sameContent(coming, state)) await this.#writeLatest(address, coming);
      const current = await this.#row(latest);
      const parentId = parentIn(this.#standpoints.get(address.prefix) ?? current);
      // As a child of latest it shares latest's messages, and still shares them after it is moved to its own parent.
      const first = current ? latest : parentId;
      await Promise.all([
        store.saveSnapshot(id, (before: Row | undefined) =>
          rowOf(address, state, { current: before, parentId: before ? before.parentId : first }),
        ),
        current &&
          store.saveSnapshot(id, (saved: Row | undefined) =>
            saved?.parentId === latest ? moved(saved, parentId) : null,
          ),
      ]);
      this.#standpoints.set(address.prefix, { checkpoint: id });
      await this.#correct(id, correction);
    });
  }

  /** The latest snapshot's state, or a checkpoint's. The next save continues it. */
  load(address: ScopeAddress, checkpointId: string | undefined): Promise<State | undefined> {
    return this.#after(address.sessionId, async () => {
      const id = checkpointId === undefined ? latestOf(address) : checkpointOf(address, checkpointId);
      const row = await this.#row(id);
      if (!row) return undefined;
      const { revision, parentId } = row;
      if (checkpointId === undefined) {
        this.#standpoints.set(address.prefix, { revision, ...(parentId !== undefined && { parentId }) });
      } else {
        this.#standpoints.set(address.prefix, { checkpoint: id });
        // A save was interrupted before its second step: if latest continued this checkpoint now, there would be a
        // cycle.
        if (parentId === latestOf(address)) await this.store.saveSnapshot(id, () => moved(row, undefined));
      }
      return row.state;
    });
  }

  /** The state of a row that is neither latest nor a checkpoint. */
  read(sessionId: string, id: string): Promise<State | undefined> {
    return this.#after(sessionId, async () => (await this.#row(id))?.state);
  }

  /** Writes such a row. It has no parent, and is never taken for the session's latest snapshot. */
  write(sessionId: string, id: string, state: State): Promise<void> {
    return this.#after(sessionId, async () => {
      const session = await this.store.getSession(sessionId);
      const now = Date.now();
      const before = new Date(session ? Date.parse(session.createdAt) - 1 : now).toISOString();
      const updatedAt = new Date(now).toISOString();
      await this.store.saveSnapshot(id, (current) => ({
        sessionId,
        createdAt: current?.createdAt ?? before,
        updatedAt,
        status: 'completed',
        state,
      }));
    });
  }

  /** Ids of all rows of a session, unreadable ones included. */
  ids(sessionId: string): Promise<string[]> {
    return this.#after(sessionId, async () => {
      const ids: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await this.store.listSnapshots({ sessionId, limit: 1000, cursor });
        for (const { snapshotId } of page.snapshots) ids.push(snapshotId);
        for (const id of page.damaged) ids.push(id);
        ({ cursor } = page);
      } while (cursor !== undefined);
      return ids;
    });
  }

  /** Ids of all sessions, after all operations called before. */
  async sessionIds(): Promise<string[]> {
    await this.#queue.done();
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.store.listSessions({ limit: 1000, cursor });
      for (const { sessionId } of page.sessions) ids.push(sessionId);
      ({ cursor } = page);
    } while (cursor !== undefined);
    return ids;
  }

  /** Deletes a row. Deleting latest also deletes what it had overwritten. */
  remove(sessionId: string, id: string): Promise<void> {
    const open = this.#removals.get(sessionId);
    if (open) {
      open.ids.add(id);
      return open.done;
    }
    const ids = new Set([id]);
    const done = this.#after(sessionId, async () => {
      if (this.#removals.get(sessionId)?.ids === ids) this.#removals.delete(sessionId);
      const tree = await this.store.getTree(sessionId);
      const isDoomed = (node: string) => ids.has(node.replace(/overwritten\/[^/]+$/, 'latest'));
      await forget(this.store, tree, new Set([...tree.nodes.keys()].filter(isDoomed)), true);
      for (const damaged of tree.damaged) if (ids.has(damaged)) await this.store.deleteSnapshot(damaged);
      for (const prefix of this.#standpoints.keys()) {
        if (ids.has(latestOf({ sessionId, prefix }))) this.#standpoints.delete(prefix);
      }
    });
    this.#removals.set(sessionId, { ids, done });
    return done;
  }

  /** Deletes a session with all its scopes, in one transaction. */
  deleteSession(sessionId: string): Promise<void> {
    return this.#after(sessionId, async () => {
      await this.store.deleteSession(sessionId);
      for (const prefix of this.#standpoints.keys()) {
        if (prefix.startsWith(`${sessionId}/scopes/`)) this.#standpoints.delete(prefix);
      }
    });
  }

  async #writeLatest(address: ScopeAddress, state: State): Promise<void> {
    const history = this.#history;
    const standpoint = this.#standpoints.get(address.prefix);
    const fresh = nanoid();
    for (;;) {
      const overwritten = history === false ? undefined : await keepOverwritten(this.store, address, state);
      const revision = overwritten?.isSame ? overwritten.revision! : fresh;
      let parentId: string | undefined;
      const id = await this.store.saveSnapshot(latestOf(address), (current: Row | undefined) => {
        // Another tab has overwritten it meanwhile, and that state has to be kept too.
        if (overwritten && current?.revision !== overwritten.revision) return null;
        const from = standpoint ?? current;
        parentId =
          overwritten && from && 'revision' in from && !overwritten.isSame
            ? from.revision && overwrittenOf(address, from.revision)
            : parentIn(from);
        return rowOf(address, state, { current, parentId, revision });
      });
      if (id === null) continue;
      this.#standpoints.set(address.prefix, { revision, ...(parentId !== undefined && { parentId }) });
      if (overwritten && history !== false) await forgetOverwritten(this.store, address, history);
      return;
    }
  }

  async #correct(id: string, correction: Correction | undefined): Promise<void> {
    const state = correction?.((await this.#row(id))?.state);
    if (state) await this.store.saveSnapshot(id, (current) => ({ ...current!, state }));
  }

  async #row(id: string): Promise<Row | undefined> {
    return this.store.getSnapshot({ snapshotId: id });
  }

  /** Ends the current group of deletes, so that the work runs between two groups. */
  #after<T>(sessionId: string, work: () => Promise<T>): Promise<T> {
    this.#removals.delete(sessionId);
    return this.#queue.run(sessionId, work);
  }
}

const parentIn = (standpoint: Standpoint | Row | undefined): string | undefined =>
  standpoint && ('checkpoint' in standpoint ? standpoint.checkpoint : standpoint.parentId);
