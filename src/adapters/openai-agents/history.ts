import type {
  AgentInputItem,
  SessionHistoryMutation,
  SessionHistoryTransaction,
  SessionHistoryTransactionArgs,
} from '@openai/agents-core';
import { copyOf } from '../shared/copy.js';
import { structured } from '../../platform/browser.js';
import { described } from '../../values/schema.js';
import { canonical, digest } from './canonical.js';
import { invalid } from '../../values/arguments.js';
import { SessionStoreError } from '../../index.js';

/** The content of a snapshot, as arrays whose elements it shares with its parent. */
export interface History {
  items: AgentInputItem[];
  /** The transactions applied so far. */
  operations: { operationId: string; digest: string }[];
}

/** Returns the changed history; `undefined` for no change. */
export type Change = (history: History) => History | undefined;

export const EMPTY: History = { items: [], operations: [] };

/** A copy, because the caller may change the items while the store is read. */
export function copyItems(items: unknown, path: string): AgentInputItem[] {
  if (!Array.isArray(items)) throw invalid(path, 'must be an array of items');
  return Array.from(items, (item: unknown, index) => {
    const at = `${path}.${index}`;
    if (typeof item !== 'object' || item === null || Array.isArray(item))
      throw invalid(at, 'must be an item, an object');
    const copy = copyOf(item, at);
    try {
      return structured(copy) as AgentInputItem;
    } catch (error) {
      throw invalid(at, 'cannot be stored. Items are data: no functions, no class instances', error);
    }
  });
}

export function appending(items: AgentInputItem[]): Change {
  return (history) => (items.length > 0 ? { ...history, items: [...history.items, ...items] } : undefined);
}

/** The first call with the id is replaced, all others are dropped. */
export function mutating(mutations: readonly SessionHistoryMutation[]): Change {
  if (!Array.isArray(mutations))
    throw invalid('args.mutations', `must be an array, not ${described(mutations)}`);
  const replacements = new Map(
    mutations.map((mutation, index) => {
      const at = `args.mutations.${index}`;
      const type: unknown = mutation?.type;
      if (type !== 'replace_function_call')
        throw invalid(`${at}.type`, `is ${described(type)}, which is not known here`);
      return [mutation.callId, copyItems([mutation.replacement], `${at}.replacement`)[0]!];
    }),
  );
  return (history) => {
    const replaced = new Set<string>();
    const items = history.items.flatMap((item) => {
      if (item.type !== 'function_call' || !replacements.has(item.callId)) return item;
      const isFirst = !replaced.has(item.callId);
      replaced.add(item.callId);
      return isFirst ? replacements.get(item.callId)! : [];
    });
    return replaced.size > 0 ? { ...history, items } : undefined;
  };
}

/**
 * The change of a transaction: none if it was applied before.
 *
 * Errors, also of the change: `INVALID_ARGUMENT` for invalid arguments; `FAILED_PRECONDITION` if another transaction
 * had the operation id, or if the history does not end as expected.
 */
export function transacting(args: SessionHistoryTransactionArgs): Change {
  const operationId: unknown = args?.operationId;
  if (typeof operationId !== 'string' || operationId.trim() === '') {
    throw invalid('args.operationId', 'must be a string that is not blank');
  }
  const identity = digest(canonical(args.transaction, 'args.transaction'));
  const apply = applying(args.transaction);
  return (history) => {
    const before = history.operations.find((operation) => operation.operationId === operationId);
    if (before?.digest === identity) return undefined;
    if (before)
      throw outdated('args.operationId', 'was used for another transaction. Each needs one of its own');
    return {
      items: apply(history.items),
      operations: [...history.operations, { operationId, digest: identity }],
    };
  };
}

function applying(transaction: SessionHistoryTransaction): (items: AgentInputItem[]) => AgentInputItem[] {
  const path = 'args.transaction';
  if (transaction?.type === 'append_items') {
    const added = copyItems(transaction.items, `${path}.items`);
    return (items) => [...items, ...added];
  }
  const type: unknown = transaction?.type;
  if (type !== 'replace_suffix')
    throw invalid(`${path}.type`, `is ${described(type)}, which is not known here`);
  const expected = copyItems(transaction.expectedSuffix, `${path}.expectedSuffix`);
  const replacement = copyItems(transaction.replacement, `${path}.replacement`);
  return (items) => {
    const start = items.length - expected.length;
    if (start < 0 || !isEqual(items.slice(start), expected)) {
      throw outdated(
        `${path}.expectedSuffix`,
        'is not what the history ends with. Read it again with getItems()',
      );
    }
    return [...items.slice(0, start), ...replacement];
  };
}

const isEqual = (a: AgentInputItem[], b: AgentInputItem[]) => canonical(a, 'items') === canonical(b, 'items');

/** The error for a change of a history that is not what its caller takes it for. */
const outdated = (path: string, problem: string) =>
  new SessionStoreError('FAILED_PRECONDITION', `${path}: ${problem}`, path);
