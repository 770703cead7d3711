import { jsonOf } from '../platform/json.js';
import { ownOf, record } from '../values/schema.js';
import type { Entry, SessionRow } from './schema.js';

/** The most of a value that its label holds. Who finds rows by a label compares the whole value. */
const LONGEST = 256;

/** Under which label the index has a value of metadata; `undefined` if that is not a string, number or boolean. */
export const labelOf = (key: string, value: unknown): string | undefined =>
  /^(?:string|number|boolean)$/.test(typeof value)
    ? jsonOf([key, typeof value, String(value).slice(0, LONGEST)])
    : undefined;

/**
 * A session's row as it is stored, with its entries in the index `where`. They follow from the row alone, so nobody else
 * has to keep them right. A row stays indexed by the keys that any store declared, whoever writes it next; the entry that
 * names these keys tells who declares another one which rows to write again. Sessions without metadata have no entries.
 */
export function withEntries(row: SessionRow, declared: readonly string[] = []): SessionRow {
  const metadata = ownOf(row, 'metadata');
  if (record(metadata)) return row;
  const indexed = [...new Set([...indexedBy(row), ...declared])].sort();
  const entries = indexed.map((key) => [labelOf(key, ownOf(metadata as object, key)), row.updatedMs, row.id]);
  const where = [[0, jsonOf(indexed)], ...entries.filter(([label]) => label !== undefined)] as Entry[];
  return { ...row, indexed, where };
}

/** The keys of metadata that a session is indexed by. */
export function indexedBy(row: SessionRow): readonly string[] {
  const keys = ownOf(row, 'indexed');
  return Array.isArray(keys) ? keys : [];
}
