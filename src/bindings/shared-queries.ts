import type { SessionStoreOptions } from '../index.js';
import { LiveQuery, type Observer, type Source } from './live-query.js';
import { same } from './same.js';

interface Asked {
  key: string;
  context: SessionStoreOptions['context'];
  query: LiveQuery<never>;
}

/** The open queries of each store, so that components with the same question share an answer. */
const asked = new WeakMap<object, Set<Asked>>();

/** The open query for this key, or a new one. */
export function sharedQuery<T>(
  store: object,
  key: string,
  { context }: SessionStoreOptions,
  open: (observer: Observer<T>) => Source,
): LiveQuery<T> {
  const queries = asked.get(store) ?? new Set();
  asked.set(store, queries);
  for (const each of queries) {
    if (each.key === key && same(each.context, context))
      return each.query as LiveQuery<unknown> as LiveQuery<T>;
  }
  const query = new LiveQuery<T>(open, (isOpen) => (isOpen ? queries.add(entry) : queries.delete(entry)));
  const entry = { key, context, query: query as LiveQuery<unknown> as LiveQuery<never> };
  return query;
}
