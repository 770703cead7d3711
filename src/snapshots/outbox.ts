import { send } from '../database/object-store.js';
import type { Noted, OutboxKey, SessionRow, WriteTransaction } from '../database/schema.js';

/** Notes for sync what a transaction changes, in that transaction; nothing if the database does not sync. */
export function note(
  transaction: WriteTransaction,
  kind: OutboxKey[0],
  id: string | undefined,
  what: Noted,
): void {
  if (transaction.syncs && id !== undefined) send(transaction.objectStore('outbox'), 'put', what, [kind, id]);
}

/** Notes which fields of a session are edited, in its row, which is yet to be put: `title`, `selected`, `metadata.<key>`. */
export function noteEdits(
  transaction: WriteTransaction,
  session: SessionRow,
  version: number,
  fields: readonly unknown[],
  metadata: object = {},
): void {
  const edited = [...fields, ...Object.keys(metadata).map((key) => `metadata.${key}`)].filter(Boolean);
  if (!transaction.syncs || edited.length === 0) return;
  session.edited = { ...session.edited };
  for (const field of edited as string[]) session.edited[field] = Date.now();
  note(transaction, 'session', session.id, version);
}

/** How far a log is named: nobody appends to it, or cuts it, before that. `Infinity` for one that is closed. */
export function markOf({ named = [], closed = 0 }: Partial<SessionRow>, log: number): number {
  const at = named.findIndex((each, index) => index % 2 === 0 && each === log);
  return at < 0 ? (log > closed ? 0 : Infinity) : named[at + 1]!;
}

/** A session's row without what is said of this life of the session only. */
export function unnamed(row: SessionRow): SessionRow {
  const { incarnation: _, named: __, closed: ___, edited: ____, fields: _____, ...rest } = row;
  return rest;
}
