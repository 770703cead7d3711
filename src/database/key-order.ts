import { jsonOf } from '../platform/json.js';

/** All keys from `lower` to `upper`; a missing bound means no limit, an open one excludes its key. */
export interface KeyRange {
  lower: unknown;
  upper: unknown;
  lowerOpen: boolean;
  upperOpen: boolean;
}

const KINDS = ['number', 'date', 'string', 'binary', 'array'] as const;

function kindOfKey(key: unknown): (typeof KINDS)[number] {
  if (Array.isArray(key)) return 'array';
  if (key instanceof Date) return 'date';
  return typeof key === 'object' ? 'binary' : (typeof key as 'number' | 'string');
}

const bytesOf = (key: BufferSource): Uint8Array =>
  ArrayBuffer.isView(key) ? new Uint8Array(key.buffer, key.byteOffset, key.byteLength) : new Uint8Array(key);

const compare = (left: number | string, right: number | string) =>
  Number(left > right) - Number(left < right);

/** Below 0 if `left` sorts before `right` in IndexedDB. Both must be valid keys. */
export function compareKeys(left: unknown, right: unknown): number {
  const kind = kindOfKey(left);
  const other = kindOfKey(right);
  if (kind !== other) return KINDS.indexOf(kind) - KINDS.indexOf(other);
  if (kind === 'date') return compare(Number(left), Number(right));
  if (kind !== 'array' && kind !== 'binary') return compare(left as string, right as string);
  const isBinary = kind === 'binary';
  const [lefts, rights] = [left, right].map((key) => (isBinary ? bytesOf(key as BufferSource) : key)) as [
    ArrayLike<unknown>,
    ArrayLike<unknown>,
  ];
  for (let i = 0; i < Math.min(lefts.length, rights.length); i++) {
    const order = compareKeys(lefts[i], rights[i]);
    if (order !== 0) return order;
  }
  return lefts.length - rights.length;
}

/** `true` for ranges, `false` for single keys. */
export const isRange = (query: unknown): query is KeyRange =>
  typeof query === 'object' && query !== null && 'lowerOpen' in query;

/** Whether a query matches a key; a missing query matches all. */
export function finds(query: unknown, key: unknown): boolean {
  if (query === undefined || query === null) return true;
  if (!isRange(query)) return compareKeys(query, key) === 0;
  const { lower, upper, lowerOpen, upperOpen } = query;
  const above = lower === undefined ? 1 : compareKeys(key, lower);
  const below = upper === undefined ? -1 : compareKeys(key, upper);
  return (above > 0 || (above === 0 && !lowerOpen)) && (below < 0 || (below === 0 && !upperOpen));
}

/** A string for use in a `Map`: the same for equal keys, different for all others. */
export function nameOfKey(key: unknown): string {
  const kind = kindOfKey(key);
  if (kind === 'array') return jsonOf((key as unknown[]).map(nameOfKey));
  if (kind === 'binary') return `binary ${bytesOf(key as BufferSource).join()}`;
  // IndexedDB treats -0 and 0 as one key.
  return `${kind} ${kind === 'string' ? key : Number(key)}`;
}

export const between = (lower: unknown, upper: unknown, lowerOpen = false, upperOpen = false): KeyRange => ({
  lower,
  upper,
  lowerOpen,
  upperOpen,
});

/** All keys after the given one. */
export const behind = (key: unknown): KeyRange => between(key, undefined, true);

/** All keys of a compound index that begin with `prefix`: an array sorts after every number and string. */
export const startingWith = (...prefix: unknown[]): KeyRange => between(prefix, [...prefix, []]);
