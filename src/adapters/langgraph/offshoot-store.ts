import {
  BaseStore,
  type Item,
  type ListNamespacesOperation,
  type Operation,
  type OperationResults,
  type SearchOperation,
  validateNamespace,
} from '@langchain/langgraph-checkpoint';
import type { IndexedDBSessionStore, SessionSnapshotInput, SessionStore, SnapshotInfo } from '../../index.js';
import { invalid, requireValid } from '../../values/arguments.js';
import { given, requireStore } from '../../values/given.js';
import { list, optional, record, satisfying } from '../../values/schema.js';
import { copyOf } from '../shared/copy.js';
import { memorySessionId, memorySnapshotId, namespaceOf, requireMemoryAddress } from './memory-address.js';
import { hasFields, isBelow, isMatch } from './memory-filter.js';

/** The part of a store that memories use. */
export type MemoryStore = Pick<
  IndexedDBSessionStore<any>,
  'getSnapshot' | 'deleteSnapshot' | 'listSnapshots' | 'listSessions'
> &
  Pick<SessionStore<any>, 'saveSnapshot'>;

/** An item in the snapshot's own fields, so that lists have it without loading states. */
interface Memory {
  key: string;
  namespace: string[];
  value: Record<string, unknown>;
}

const MOST_LISTED = 1000;

const count = optional(satisfying((value) => Number.isInteger(value) && value >= 0, 'a whole number from 0'));

/**
 * Memory of LangGraph.js that outlasts threads: a namespace is a session, and an item is a snapshot in it. Every tab has
 * the same; the store's exports, encryption and events have it as well. The application owns the store, and closes it.
 *
 * Source of the contract: `BaseStore` of `@langchain/langgraph-checkpoint` 1.2, as `InMemoryStore` keeps it. Like that
 * without an index, `search` takes no notice of `query`.
 *
 * Methods reject with the framework's `InvalidNamespaceError` for a namespace that is none, otherwise with the store's
 * `SessionStoreError`.
 */
export class OffshootStore extends BaseStore {
  readonly #store: MemoryStore;
  #lastMs = 0;
  #sameMs = 0;

  constructor(store: MemoryStore) {
    requireStore(store);
    super();
    this.#store = store;
  }

  /**
   * Reads see what was before the batch; of several writes of one item the last counts. Writes share a transaction,
   * but if the store refuses one, the others stay. Values are copied at the time of the call.
   */
  override async batch<Op extends Operation[]>(operations: Op): Promise<OperationResults<Op>> {
    requireValid(list, operations, 'operations');
    const writes = new Map<string, () => Promise<unknown>>();
    const reads = Array.from(operations, (operation, index): (() => Promise<unknown>) => {
      const path = `operations.${index}`;
      const op = given(operation, path);
      if ('namespacePrefix' in op) return this.#searching(op, path);
      if ('value' in op) {
        const { namespace, key, value } = op;
        requireMemoryAddress(namespace, key, path);
        writes.set(
          memorySnapshotId(namespace, key),
          this.#writing([...namespace], key, value, `${path}.value`),
        );
        return async () => null;
      }
      if ('key' in op) {
        requireMemoryAddress(op.namespace, op.key, path);
        const snapshotId = memorySnapshotId(op.namespace, op.key);
        return async () => itemOf(await this.#store.getSnapshot({ snapshotId })) ?? null;
      }
      if ('limit' in op || 'matchConditions' in op) return this.#listing(op, path);
      throw invalid(path, 'is no operation: get, put, search or list namespaces');
    });
    const results = await Promise.all(reads.map((read) => read()));
    await Promise.all(Array.from(writes.values(), (write) => write()));
    return results as OperationResults<Op>;
  }

  #writing(
    namespace: string[],
    key: string,
    given: Record<string, unknown> | null,
    path: string,
  ): () => Promise<unknown> {
    const id = memorySnapshotId(namespace, key);
    if (given === null) return () => this.#store.deleteSnapshot(id);
    requireValid(record, given, path);
    const memory: Memory = { key, namespace, value: copyOf(given, path) };
    const now = this.#now();
    return () =>
      this.#store.saveSnapshot(id, (current) => {
        const createdAt = current?.createdAt ?? now;
        const updatedAt = Date.parse(now) < Date.parse(createdAt) ? createdAt : now;
        const snapshot = { sessionId: memorySessionId(namespace), createdAt, status: 'completed', memory };
        return { ...snapshot, ...(current && { updatedAt }) } as SessionSnapshotInput;
      });
  }

  #searching(op: SearchOperation, path: string): () => Promise<Item[]> {
    const { filter = {} } = op;
    const [prefix, limit, offset] = [[...op.namespacePrefix], op.limit ?? 10, op.offset ?? 0];
    validateNamespace(prefix, { allowEmpty: true, allowReservedRoot: true });
    requireValid(count, limit, `${path}.limit`);
    requireValid(count, offset, `${path}.offset`);
    const wanted = given(filter, `${path}.filter`);
    return async () => {
      const found: Item[] = [];
      const end = offset + limit;
      for (const namespace of await this.#namespaces()) {
        if (!isBelow(namespace, prefix)) continue;
        let cursor: string | undefined;
        do {
          if (found.length >= end) return found.slice(offset, end);
          const sessionId = memorySessionId(namespace);
          const page = await this.#store.listSnapshots({
            sessionId,
            limit: MOST_LISTED,
            order: 'asc',
            cursor,
          });
          for (const info of page.snapshots) {
            const item = itemOf(info);
            if (item && hasFields(item.value, wanted)) found.push(item);
          }
          ({ cursor } = page);
        } while (cursor !== undefined);
      }
      return found.slice(offset, end);
    };
  }

  #listing(op: ListNamespacesOperation, path: string): () => Promise<string[][]> {
    const { matchConditions = [], maxDepth, limit, offset }: Partial<ListNamespacesOperation> = op;
    for (const [name, value] of Object.entries({ maxDepth, limit, offset })) {
      requireValid(count, value, `${path}.${name}`);
    }
    return async () => {
      const matching = (await this.#namespaces()).filter((namespace) =>
        matchConditions.every((condition) => isMatch(namespace, condition)),
      );
      const cut = new Map(matching.map((namespace) => [namespace.slice(0, maxDepth).join(':'), namespace]));
      const sorted = [...cut].sort(([a], [b]) => a.localeCompare(b));
      const start = offset ?? 0;
      const end = limit === undefined ? undefined : start + limit;
      return sorted.slice(start, end).map(([, namespace]) => namespace.slice(0, maxDepth));
    };
  }

  /** All namespaces that have items, the oldest first. */
  async #namespaces(): Promise<string[][]> {
    const found: { namespace: string[]; createdAt: string }[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.#store.listSessions({ limit: MOST_LISTED, cursor });
      for (const { sessionId, createdAt } of page.sessions) {
        const namespace = namespaceOf(sessionId);
        if (namespace) found.push({ namespace, createdAt });
      }
      ({ cursor } = page);
    } while (cursor !== undefined);
    return found.sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1)).map(({ namespace }) => namespace);
  }

  /** With microseconds, so that items are listed as they were put, even of one millisecond. */
  #now(): string {
    const ms = Date.now();
    this.#sameMs = ms === this.#lastMs ? Math.min(this.#sameMs + 1, 999) : 0;
    this.#lastMs = ms;
    return new Date(ms).toISOString().replace('Z', `${String(this.#sameMs).padStart(3, '0')}Z`);
  }
}

/** A copy, since the store may give it out frozen, and an application may change it. */
function itemOf(snapshot: Omit<SnapshotInfo, 'summary'> | undefined): Item | undefined {
  if (!snapshot) return undefined;
  const {
    memory,
    createdAt,
    updatedAt = createdAt,
  }: Omit<SnapshotInfo, 'summary'> & { memory?: Memory } = snapshot;
  if (!memory) return undefined;
  const dates = { createdAt: new Date(createdAt), updatedAt: new Date(updatedAt) };
  return { ...copyOf(memory, 'memory'), ...dates };
}
