import type { ListSessionsOptions } from '../index.js';
import { LiveQuery, type Observer, type Source } from './live-query.js';
import { same } from './same.js';

/** What is compared by value. */
type Compared = Pick<ListSessionsOptions, 'context' | 'where'>;

interface Asked {
  key: string;
  compared: Compared;
  query: LiveQuery<never>;
}

/** The open queries of each store, so that components with the same question share an answer. */
const asked = new WeakMap<object, Set<Asked>>();

/** The open query for this key, or a new one. */
export function sharedQuery<T>(
  store: object,
  key: string,
  { context, where }: Compared,
  open: (observer: Observer<T>) => Source,
): LiveQuery<T> {
  const compared = { context, where };
  const queries = asked.get(store) ?? new Set();
  asked.set(store, queries);
  for (const each of queries) {
    if (each.key === key && same(each.compared, compared))
      return each.query as LiveQuery<unknown> as LiveQuery<T>;
  }
  const query = new LiveQuery<T>(open, (isOpen) => (isOpen ? queries.add(entry) : queries.delete(entry)));
  const entry = { key, compared, query: query as LiveQuery<unknown> as LiveQuery<never> };
  return query;
}
