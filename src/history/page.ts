import type { ListOptions } from '../contract/session.js';
import { keyRanges } from '../platform/browser.js';
import { invalid } from '../validation/argument.js';
import { jsonOf } from '../platform/json.js';

/** What paging needs of an index, whichever store it is on. */
interface PagedIndex<Row> {
  name: string;
  getAll(range: IDBKeyRange): Promise<Row[]>;
  openKeyCursor(range: IDBKeyRange, direction: IDBCursorDirection): Promise<KeyCursor | null>;
}

interface KeyCursor {
  key: unknown;
  advance(count: number): Promise<unknown>;
  continue(): Promise<unknown>;
}

/**
 * Reads a page of a compound index below `prefix` with four requests at the most, in either order: a key cursor jumps to
 * the page's last key, and one `getAll` fetches what lies in between.
 */
export async function readPage<Row>(
  index: PagedIndex<Row>,
  prefix: IDBValidKey[],
  options: ListOptions,
): Promise<{ rows: Row[]; cursor: string | undefined }> {
  const { limit = 50, cursor, order = 'desc' } = options;
  const down = order === 'desc';
  const begin = cursor === undefined ? undefined : [...prefix, ...decodeCursor(cursor, index.name)];
  const end = [...prefix, []];
  const range = down
    ? keyRanges().bound(prefix, begin ?? end, false, !!begin)
    : keyRanges().bound(begin ?? prefix, end, !!begin);
  const keys = await index.openKeyCursor(range, down ? 'prev' : 'next');
  if (!keys) return { rows: [], cursor: undefined };

  // Without a key so far ahead, the page is the rest.
  let page = range;
  let next: string | undefined;
  if (limit === 1 || (await keys.advance(limit - 1))) {
    const edge = keys.key as IDBValidKey[];
    page = down
      ? keyRanges().bound(edge, range.upper, false, range.upperOpen)
      : keyRanges().bound(range.lower, edge, range.lowerOpen);
    if (await keys.continue()) next = jsonOf([index.name, ...edge.slice(prefix.length)]);
  }
  const rows = await index.getAll(page);
  return { rows: down ? rows.reverse() : rows, cursor: next };
}

function decodeCursor(cursor: string, list: string): (string | number)[] {
  try {
    const [name, ...key] = JSON.parse(cursor);
    const isKey = key.every((part: unknown) => typeof part === 'string' || typeof part === 'number');
    if (name === list && isKey) return key;
  } catch {
    // Said below.
  }
  throw invalid('options.cursor', 'is not a cursor that a page of this list came with');
}
