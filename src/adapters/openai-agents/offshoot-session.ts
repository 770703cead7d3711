import type {
  AgentInputItem,
  RunContext,
  RunContextAwareSession,
  SessionHistoryRewriteArgs,
  SessionHistoryRewriteAwareSession,
  SessionHistoryTransactionArgs,
  SessionHistoryTransactionAwareSession,
} from '@openai/agents-core';
import { nanoid } from 'nanoid';
import {
  SessionStoreError,
  type IndexedDBSessionStore,
  type SessionStore,
  type SessionSnapshot,
  type SessionStoreOptions,
} from '../../index.js';
import { requireId, requireValid } from '../../values/arguments.js';
import { given, reading, requireStore } from '../../values/given.js';
import { number, record } from '../../values/schema.js';
import { appending, copyItems, EMPTY, mutating, transacting, type Change, type History } from './history.js';
import { jsonOf } from '../../platform/json.js';

/** The part of a store that a session uses. */
export type HistoryStore = Pick<IndexedDBSessionStore<any>, 'getSnapshot' | 'getHead'> &
  Pick<SessionStore<any>, 'saveSnapshot'>;

/** The current end of the history. */
interface Head {
  /** `undefined` before the first change. */
  snapshotId: string | undefined;
  createdAt: number;
  /** The prefix of the ids of snapshots that continue this one. */
  next: string;
  history: History;
}

/**
 * Keeps the history of the OpenAI Agents SDK in a store: every change is a snapshot that continues the previous one, so
 * that nothing is ever overwritten, and after `store.selectBranch()` of an earlier one the session continues from
 * there. Changes of several tabs are applied one after the other; none is lost. The application owns the store, and
 * closes it.
 *
 * A run's context is the `context` of the store's calls: with `snapshotPathPrefix` it finds the tenant.
 *
 * Source of the contract: `Session`, `RunContextAwareSession`, `SessionHistoryTransactionAwareSession` and
 * `SessionHistoryRewriteAwareSession` of `@openai/agents-core` 0.20.
 *
 * Every method rejects with the store's `SessionStoreError`: with `INVALID_ARGUMENT` and the `path` for a value that
 * cannot be stored; with `FAILED_PRECONDITION` if the session has snapshots of another kind.
 */
export class OffshootSession
  implements RunContextAwareSession, SessionHistoryTransactionAwareSession, SessionHistoryRewriteAwareSession
{
  declare readonly acceptsRunContext: true;
  readonly #store: HistoryStore;
  readonly #sessionId: string;

  /** `sessionId` is the id of the store's session; by default a new one. */
  constructor(store: HistoryStore, sessionId: string = nanoid()) {
    requireStore(store);
    requireId(sessionId, 'sessionId');
    // A class field would be compiled to a static block, which Safari before 16.4 cannot parse.
    this.acceptsRunContext = true;
    this.#store = store;
    this.#sessionId = sessionId;
  }

  async getSessionId(): Promise<string> {
    return this.#sessionId;
  }

  /** The items of the session's current branch, or the last `limit` of them, oldest first. */
  async getItems(limit = Infinity, runContext?: RunContext): Promise<AgentInputItem[]> {
    requireValid(number, limit, 'limit');
    const { items } = (await this.#head(callOf(runContext))).history;
    return items.slice(Math.max(0, items.length - Math.max(0, limit)));
  }

  async addItems(items: AgentInputItem[], runContext?: RunContext): Promise<void> {
    await this.#change(appending(copied(items)), runContext);
  }

  /** Removes the last item; the snapshot that has it stays. `undefined` if there is none. */
  async popItem(runContext?: RunContext): Promise<AgentInputItem | undefined> {
    let popped: AgentInputItem | undefined;
    await this.#change((history) => {
      popped = history.items.at(-1);
      return popped && { ...history, items: history.items.slice(0, -1) };
    }, runContext);
    return popped;
  }

  /**
   * Starts again, with no items and no operation ids. Earlier snapshots keep what was there, because the SDK clears a
   * session in order to rewrite it; to delete all of it, call `store.deleteSession(id)`.
   */
  async clearSession(runContext?: RunContext): Promise<void> {
    const isEmpty = ({ items, operations }: History) => items.length + operations.length === 0;
    await this.#change((history) => (isEmpty(history) ? undefined : EMPTY), runContext);
  }

  /** Replaces all items, in one transaction. */
  async replaceHistoryWithCompaction(items: AgentInputItem[], runContext?: RunContext): Promise<void> {
    const replacement = copied(items);
    await this.#change((history) => ({ ...history, items: replacement }), runContext);
  }

  async applyHistoryMutations(args: SessionHistoryRewriteArgs, runContext?: RunContext): Promise<void> {
    const { mutations } = given(args, 'args');
    await this.#change(
      reading('args.mutations', () => mutating(mutations)),
      runContext,
    );
  }

  /**
   * Applies a transaction and records its operation id, both or neither. Idempotent.
   *
   * Errors, with nothing changed: `INVALID_ARGUMENT`; `FAILED_PRECONDITION` with the path `args.operationId` if another
   * transaction had the id, with `args.transaction.expectedSuffix` if the history ends differently.
   */
  async applyHistoryTransaction(args: SessionHistoryTransactionArgs, runContext?: RunContext): Promise<void> {
    const call = given(args, 'args');
    await this.#change(
      reading('args.transaction', () => transacting(call)),
      runContext,
    );
  }

  /**
   * Saves the changed history as a snapshot whose id follows from the previous one. If another tab has taken that id,
   * the change is made again, to the new history.
   */
  async #change(change: Change, runContext: RunContext | undefined): Promise<void> {
    const call = callOf(runContext);
    let before: Head | undefined;
    for (let branch = 0; ; branch++) {
      const head = await this.#head(call);
      // Taken, and the head is still the same: somebody selected an earlier snapshot, so this is another branch.
      if (head.snapshotId !== before?.snapshotId) branch = 0;
      before = head;
      const history = change(head.history);
      if (!history) return;
      const next = nanoid();
      const snapshot = {
        sessionId: this.#sessionId,
        ...(head.snapshotId !== undefined && { parentId: head.snapshotId }),
        // Never before its parent, even if the clock was set back.
        createdAt: new Date(Math.max(Date.now(), head.createdAt)).toISOString(),
        status: 'completed' as const,
        state: history as object,
        openaiAgents: { next },
      };
      const id = jsonOf([this.#sessionId, head.next, branch]);
      // The stored one may be this very change, saved by an attempt whose outcome was unknown.
      const isTaken = (current: object | undefined) => current && tokenOf(current) !== next;
      const mutator = (current: object | undefined) => (isTaken(current) ? null : snapshot);
      if (await this.#store.saveSnapshot(id, mutator, call)) return;
    }
  }

  async #head(call: SessionStoreOptions | undefined): Promise<Head> {
    for (;;) {
      const head = await this.#store.getHead(this.#sessionId, call);
      if (!head) return { snapshotId: undefined, createdAt: 0, next: '', history: EMPTY };
      const snapshot = await this.#store.getSnapshot({ ...call, snapshotId: head.snapshotId });
      // Otherwise it was deleted meanwhile.
      if (snapshot) return headAt(snapshot);
    }
  }
}

const copied = (items: AgentInputItem[]) => reading('items', () => copyItems(items, 'items'));

/** The options of the store's calls in a run. An application's context may be anything; the store takes objects. */
function callOf(runContext: RunContext | undefined): SessionStoreOptions | undefined {
  const context = runContext === undefined ? undefined : given(runContext, 'runContext').context;
  return record(context) === undefined ? { context: context as Record<string, unknown> } : undefined;
}

function headAt(snapshot: SessionSnapshot): Head {
  const { snapshotId, createdAt, state } = snapshot;
  const { items, operations = [] } = (state ?? {}) as Partial<History>;
  if (!Array.isArray(items)) {
    throw new SessionStoreError(
      'FAILED_PRECONDITION',
      `snapshot "${snapshotId}" is not part of an agent's history. Give the agent a sessionId of its own`,
      'sessionId',
    );
  }
  const next = tokenOf(snapshot) ?? snapshotId;
  return { snapshotId, createdAt: Date.parse(createdAt), next, history: { items, operations } };
}

/** Reads a field that the store keeps and its types do not know. */
const tokenOf = (snapshot: object): string | undefined =>
  (snapshot as { openaiAgents?: { next: string } }).openaiAgents?.next;
