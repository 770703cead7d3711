import type { SessionRow } from '../../database/schema.js';
import { removeUndefined } from '../../values/property.js';
import { ownOf } from '../../values/schema.js';
import type { FieldItem } from './items.js';

const METADATA = 'metadata.';

/** The fields of a session that are to be pushed: those that were edited, or all that it has. */
export function fieldsOf(row: SessionRow, isAll: boolean): Record<string, FieldItem> {
  const { edited = {}, updatedMs } = row;
  const names = new Set(Object.keys(edited));
  if (isAll) {
    for (const name of ['title', 'selected'] as const) if (row[name] !== undefined) names.add(name);
    for (const key of Object.keys(row.metadata ?? {})) names.add(METADATA + key);
  }
  const fields: Record<string, FieldItem> = {};
  for (const name of names) {
    const value = valueIn(row, name);
    const saw = row.fields?.[name] ?? 0;
    fields[name] = { ...(value !== undefined && { value }), saw, at: edited[name] ?? updatedMs };
  }
  return fields;
}

const valueIn = (row: SessionRow, name: string): unknown =>
  name.startsWith(METADATA) ? ownOf(row.metadata ?? {}, name.slice(METADATA.length)) : ownOf(row, name);

/** The row with a field as the server has it. */
export function withField(row: SessionRow, name: string, value: unknown, seq: number): SessionRow {
  const result: SessionRow = { ...row, fields: { ...row.fields, [name]: seq } };
  if (name.startsWith(METADATA)) {
    const metadata = removeUndefined({ ...row.metadata, [name.slice(METADATA.length)]: value });
    // Once there, it stays, as when the last key is removed here: the index has an entry of its own for it.
    if (row.metadata || Object.keys(metadata).length > 0) result.metadata = metadata;
  } else if (name === 'title' || name === 'selected') {
    if (typeof value === 'string') result[name] = value;
    else delete result[name];
  }
  return result;
}

/** The row without the note of an edit; `at`: unless it was edited again since. */
export function withoutEdit(row: SessionRow, name: string, at = row.edited?.[name]): SessionRow {
  if (row.edited?.[name] === undefined || row.edited[name] !== at) return row;
  const { [name]: _, ...edited } = row.edited;
  return { ...row, edited };
}
