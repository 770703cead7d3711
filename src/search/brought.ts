import { startingWith, between } from '../database/key-order.js';
import { isSnapshotRow } from '../database/rows.js';
import type { ReadTransaction, SnapshotRow, Spans } from '../database/schema.js';
import { type Steps, UNITS } from '../database/pace.js';
import { addTo } from '../values/collections.js';
import { merged, type Run, runsByLog, without } from '../logs/runs.js';

/** What a search has to know of a snapshot. */
export interface Searched {
  id: string;
  createdMs: number;
  version: number;
  parent: Searched | undefined;
  /** Where its messages are: entries of logs, or `row`, if they are in the row or make up one entry. */
  spans?: Spans;
  row?: SnapshotRow;
}

/** The snapshots of a session that have messages, oldest first. */
export async function readSearched(transaction: ReadTransaction, sessionId: string): Promise<Searched[]> {
  const index = transaction.objectStore('snapshots').index('sessionId');
  const found: SnapshotRow[] = [];
  let range = startingWith(sessionId);
  for (;;) {
    const rows = await index.getAll(range, UNITS);
    for (const row of rows) if (isSnapshotRow(row)) found.push(row);
    const last = rows.at(-1);
    if (rows.length < UNITS) break;
    range = between([sessionId, last!.createdMs, last!.version], [sessionId, []], true);
  }
  const all = new Map<string, Searched>();
  for (const row of found) {
    const { id, createdMs, version } = row;
    const field = row.state?.fields.find(([key]) => key === 'messages');
    const isLogged = field?.[1] === 'array';
    const where = isLogged ? { spans: field[2] } : field && { row };
    all.set(id, { id, createdMs, version, parent: undefined, ...where });
  }
  for (const { id, info } of found) {
    if (info.parentId !== undefined && info.parentId !== id) all.get(id)!.parent = all.get(info.parentId);
  }
  return [...all.values()].filter(({ spans, row }) => spans ?? row);
}

/** Entries of a log that a snapshot brought: its parent does not have them, and no older snapshot brought them. */
export interface Brought {
  by: Searched;
  run: Run;
}

/** Who brought what, by log. What only comes up in a cycle of parents is the oldest snapshot's. */
export function* bringersByLog(all: readonly Searched[]): Steps<Map<number, Brought[]>> {
  const result = new Map<number, Brought[]>();
  const claimed = new Map<number, Run[]>();
  for (const isCycle of [false, true]) {
    for (const by of all) {
      if (!by.spans) continue;
      yield;
      const before = by.parent?.spans && !isCycle ? runsByLog([by.parent.spans]) : undefined;
      for (const [log, runs] of runsByLog([by.spans])) {
        let left = without(merged(runs), merged(before?.get(log) ?? []));
        if (left.length > 0) left = without(left, claimed.get(log) ?? []);
        if (left.length === 0) continue;
        claimed.set(log, merged([...(claimed.get(log) ?? []), ...left]));
        for (const run of left) addTo(result, log, { by, run });
      }
    }
  }
  return result;
}

/** The first index at which an entry stands among those of some spans. */
export function indexIn(spans: Spans, log: number, at: number): number {
  let before = 0;
  for (let i = 0; i < spans.length; i += 3) {
    const offset = at - spans[i + 1]!;
    if (spans[i] === log && offset >= 0 && offset < spans[i + 2]!) return before + offset;
    before += spans[i + 2]!;
  }
  return -1;
}
