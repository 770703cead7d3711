import { between } from '../../database/key-order.js';
import type { Rows } from '../../database/object-store.js';
import type { ListOptions } from '../../types/session.js';
import { invalid } from '../../values/arguments.js';
import { jsonOf } from '../../platform/json.js';

/**
 * Reads a page of a compound index below `prefix`, in either order, with at most four requests: a key cursor finds the
 * page's last key, and one `getAll` reads the rows.
 */
export async function readPage<Row, At extends readonly (string | number)[]>(
  index: Rows<Row, string, At>,
  prefix: (string | number)[],
  options: ListOptions,
  list = index.name,
): Promise<{ rows: Row[]; cursor: string | undefined }> {
  const { limit = 50, cursor, order = 'desc' } = options;
  const down = order === 'desc';
  const begin = cursor === undefined ? undefined : [...prefix, ...decodeCursor(cursor, list)];
  const end = [...prefix, []];
  const range = down ? between(prefix, begin ?? end, false, !!begin) : between(begin ?? prefix, end, !!begin);
  const first = await index.openKeyCursor(range, down ? 'prev' : 'next');
  if (!first) return { rows: [], cursor: undefined };

  // If there is no key so far ahead, the page is the rest.
  let page = range;
  let next: string | undefined;
  const last = limit === 1 ? first : await first.advance(limit - 1);
  if (last) {
    const edge = last.key;
    page = down
      ? between(edge, range.upper, false, range.upperOpen)
      : between(range.lower, edge, range.lowerOpen);
    if (await last.continue()) next = cursorAt(list, edge.slice(prefix.length));
  }
  const rows = await index.getAll(page);
  return { rows: down ? rows.reverse() : rows, cursor: next };
}

export const cursorAt = (list: string, key: readonly unknown[]): string => jsonOf([list, ...key]);

function decodeCursor(cursor: string, list: string): (string | number)[] {
  try {
    const [name, ...key] = JSON.parse(cursor);
    const isKey =
      key.length > 0 && key.every((part: unknown) => typeof part === 'string' || typeof part === 'number');
    if (name === list && isKey) return key;
  } catch {
    // The error below reports it.
  }
  throw invalid('options.cursor', 'is not a cursor of this list. Pass that of its last page');
}
