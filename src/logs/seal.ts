import { isLogRow } from '../database/rows.js';
import { logKey, startingWith, type LogKey, type LogRow, type WriteTransaction } from '../database/schema.js';

/** Browsers store rows from here on apart and read them several times faster, in bytes. Such rows stay as they are. */
const LARGE = 64 * 1024;

/** What small rows are gathered to. With the last one less than LARGE, none is larger than three times that. */
const SEALED = 128 * 1024;

/**
 * Gathers small rows of a log that follow each other into one large row, once; resolves to whether there were
 * any. Positions stay as they are, so nothing that refers to them changes.
 */
export async function sealOnce(transaction: WriteTransaction, log: number): Promise<boolean> {
  const logs = transaction.objectStore('logs');
  const group = nextGroup(await logs.getAllKeys(startingWith(log)));
  if (!group) return false;
  const range = IDBKeyRange.bound(group[0], group.at(-1));
  const rows: LogRow[] = await logs.getAll(range);
  // What cannot be read is not made to look as if it could.
  if (!rows.every(isLogRow)) return false;
  const sealed = rows.reduce((all, row) => joined(all, row));
  await logs.delete(range);
  await logs.put(sealed, logKey(log, sealed));
  return true;
}

function nextGroup(keys: readonly LogKey[]): LogKey[] | undefined {
  let group: LogKey[] = [];
  let size = 0;
  for (const key of keys) {
    const [, , start, bytes] = key;
    if (bytes >= LARGE || (group.length > 0 && group.at(-1)![1] !== start)) {
      group = [];
      size = 0;
    }
    if (bytes >= LARGE) continue;
    group.push(key);
    size += bytes;
    if (size >= SEALED) return group;
  }
  return undefined;
}

function joined(first: LogRow, second: LogRow): LogRow {
  const offset = first.entries.length;
  const media = [
    ...(first.media ?? []),
    ...(second.media ?? []).map(([index, ...where]): NonNullable<LogRow['media']>[number] => [
      index + offset,
      ...where,
    ]),
  ];
  return {
    format: first.format,
    at: first.at,
    size: first.size + second.size,
    entries: [...first.entries, ...second.entries],
    ...(media.length > 0 && { media }),
  };
}
