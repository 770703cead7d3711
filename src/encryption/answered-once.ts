import { isRange, nameOfKey } from '../database/key-order.js';
import { jsonOf } from '../platform/json.js';
import { like, type RawStore } from './encrypted-row.js';

/**
 * A store of which nothing is read twice. Only answers are kept: a request of a lost transaction may never get one, and it
 * is made again.
 */
export function answeredOnce(store: RawStore, answers: Map<string, unknown>): RawStore {
  const once =
    (method: 'get' | 'getKey' | 'getAll' | 'getAllKeys') => async (query?: unknown, count?: number) => {
      const request = jsonOf([store.name, method, count, ...namesIn(query)]);
      if (!answers.has(request)) answers.set(request, await (store as Rows)[method](query, count));
      return answers.get(request) as any;
    };
  return {
    ...like(store),
    get: once('get'),
    getKey: once('getKey'),
    getAll: once('getAll'),
    getAllKeys: once('getAllKeys'),
  };
}

type Rows = Record<'get' | 'getKey' | 'getAll' | 'getAllKeys', (query?: unknown, count?: number) => unknown>;

const namesIn = (query: unknown): unknown[] =>
  isRange(query)
    ? [nameOfKey(query.lower), query.lowerOpen, nameOfKey(query.upper), query.upperOpen]
    : [nameOfKey(query)];
