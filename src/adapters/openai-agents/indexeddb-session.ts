import type {
  AgentInputItem,
  SessionHistoryRewriteArgs,
  SessionHistoryRewriteAwareSession,
  SessionHistoryTransactionArgs,
  SessionHistoryTransactionAwareSession,
} from '@openai/agents-core';
import { nanoid } from 'nanoid';
import { SessionStoreError, type IndexedDBSessionStore, type SessionSnapshot } from '../../index.js';
import { requireId, requireValid } from '../../values/argument.js';
import { given, reading, requireStore } from '../../values/given.js';
import { number } from '../../values/schema.js';
import { appending, copyItems, EMPTY, mutating, transacting, type Change, type History } from './history.js';
import { jsonOf } from '../../platform/json.js';

/** What of a store a session uses. */
export type HistoryStore = Pick<IndexedDBSessionStore<any>, 'getSnapshot' | 'saveSnapshot' | 'getHead'>;

/** Where the history stands. */
interface Head {
  /** `undefined` before the first change. */
  snapshotId: string | undefined;
  createdAt: number;
  /** What the ids of the snapshots that continue this one are made of. */
  next: string;
  history: History;
}

/**
 * Keeps the history of the OpenAI Agents SDK in a store: every change is a snapshot that continues the one before, so
 * that nothing is ever overwritten, and `store.selectBranch()` of an earlier one makes the session go on from there.
 * Changes made in several tabs are applied one after the other; none is lost. The store is the application's, which
 * closes it.
 *
 * Source of the contract: `Session`, `SessionHistoryTransactionAwareSession` and `SessionHistoryRewriteAwareSession`
 * of `@openai/agents-core` 0.20.
 *
 * Every method rejects with the store's `SessionStoreError`: with `INVALID_ARGUMENT` and the `path` for what can never
 * be stored; with `FAILED_PRECONDITION` if the session has snapshots of something else.
 */
export class IndexedDBSession
  implements SessionHistoryTransactionAwareSession, SessionHistoryRewriteAwareSession
{
  readonly #store: HistoryStore;
  readonly #sessionId: string;

  /** `sessionId` is that of the store's session; without one it is a new one. */
  constructor(store: HistoryStore, sessionId: string = nanoid()) {
    requireStore(store);
    requireId(sessionId, 'sessionId');
    this.#store = store;
    this.#sessionId = sessionId;
  }

  async getSessionId(): Promise<string> {
    return this.#sessionId;
  }

  /** The items of the branch that the session is on, or the last `limit` of them, oldest first. */
  async getItems(limit = Infinity): Promise<AgentInputItem[]> {
    requireValid(number, limit, 'limit');
    const { items } = (await this.#head()).history;
    return items.slice(Math.max(0, items.length - Math.max(0, limit)));
  }

  async addItems(items: AgentInputItem[]): Promise<void> {
    await this.#change(appending(copied(items)));
  }

  /** Takes the last item away; the snapshot that has it stays. `undefined` if there is none. */
  async popItem(): Promise<AgentInputItem | undefined> {
    let popped: AgentInputItem | undefined;
    await this.#change((history) => {
      popped = history.items.at(-1);
      return popped && { ...history, items: history.items.slice(0, -1) };
    });
    return popped;
  }

  /**
   * Begins anew, with no items and no operation ids. What was there stays in earlier snapshots, because the SDK clears
   * a session in order to rewrite it; to delete all of it, call `store.deleteSession(id)`.
   */
  async clearSession(): Promise<void> {
    await this.#change(({ items, operations }) => (items.length + operations.length > 0 ? EMPTY : undefined));
  }

  /** Replaces all items, in one transaction. */
  async replaceHistoryWithCompaction(items: AgentInputItem[]): Promise<void> {
    const replacement = copied(items);
    await this.#change((history) => ({ ...history, items: replacement }));
  }

  async applyHistoryMutations(args: SessionHistoryRewriteArgs): Promise<void> {
    const { mutations } = given(args, 'args');
    await this.#change(reading('args.mutations', () => mutating(mutations)));
  }

  /**
   * Applies a transaction and its operation id, both or neither. Doing it again changes nothing.
   *
   * Errors, nothing being changed: `INVALID_ARGUMENT`; `FAILED_PRECONDITION` with the path `args.operationId` if
   * another transaction had the id, with `args.transaction.expectedSuffix` if the history ends differently.
   */
  async applyHistoryTransaction(args: SessionHistoryTransactionArgs): Promise<void> {
    const call = given(args, 'args');
    await this.#change(reading('args.transaction', () => transacting(call)));
  }

  /**
   * Saves what the change makes of the history as a snapshot of an id that follows from the one before. Whoever comes
   * second finds it taken, and makes the change to what is there by then.
   */
  async #change(change: Change): Promise<void> {
    let before: Head | undefined;
    for (let branch = 0; ; branch++) {
      const head = await this.#head();
      // Taken, and still the head: somebody has selected it, so as to continue it once more.
      if (head.snapshotId !== before?.snapshotId) branch = 0;
      before = head;
      const history = change(head.history);
      if (!history) return;
      const next = nanoid();
      const snapshot = {
        sessionId: this.#sessionId,
        ...(head.snapshotId !== undefined && { parentId: head.snapshotId }),
        // Never before its parent, though clocks go back.
        createdAt: new Date(Math.max(Date.now(), head.createdAt)).toISOString(),
        status: 'completed' as const,
        state: history as object,
        openaiAgents: { next },
      };
      const id = jsonOf([this.#sessionId, head.next, branch]);
      // What is there may be this very change: a store saves again if it was not told whether it had saved.
      const isTaken = (current: object | undefined) => current && tokenOf(current) !== next;
      if (await this.#store.saveSnapshot(id, (current) => (isTaken(current) ? null : snapshot))) return;
    }
  }

  async #head(): Promise<Head> {
    for (;;) {
      const head = await this.#store.getHead(this.#sessionId);
      if (!head) return { snapshotId: undefined, createdAt: 0, next: '', history: EMPTY };
      const snapshot = await this.#store.getSnapshot({ snapshotId: head.snapshotId });
      // Otherwise it was deleted since.
      if (snapshot) return headAt(snapshot);
    }
  }
}

const copied = (items: AgentInputItem[]) => reading('items', () => copyItems(items, 'items'));

function headAt(snapshot: SessionSnapshot): Head {
  const { snapshotId, createdAt, state } = snapshot;
  const { items, operations = [] } = (state ?? {}) as Partial<History>;
  if (!Array.isArray(items)) {
    throw new SessionStoreError(
      'FAILED_PRECONDITION',
      `snapshot "${snapshotId}" is none of an agent's history. Give the agent a sessionId of its own`,
      'sessionId',
    );
  }
  const next = tokenOf(snapshot) ?? snapshotId;
  return { snapshotId, createdAt: Date.parse(createdAt), next, history: { items, operations } };
}

/** The store keeps what it does not know; its types need not know it either. */
const tokenOf = (snapshot: object): string | undefined =>
  (snapshot as { openaiAgents?: { next: string } }).openaiAgents?.next;
