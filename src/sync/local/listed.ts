import { ROW_FORMAT, type SessionRow } from '../../database/schema.js';
import { isHidden } from '../../database/rows.js';
import type { ListedSession } from '../protocol/index.js';
import type { Changing } from './changing.js';
import { withField } from './fields.js';

/** A listed session with its fields decoded. */
export type Listed = Omit<ListedSession, 'fields'> & {
  fields: [name: string, value: unknown, seq: number][];
};

/** The row with what others have edited, unless it was edited here as well: then the server decides. */
export function withNews(row: SessionRow, fields: Listed['fields']): SessionRow {
  let changed = row;
  for (const [name, value, seq] of fields) {
    if (changed.edited?.[name] !== undefined || (changed.fields?.[name] ?? 0) >= seq) continue;
    changed = withField(changed, name, value, seq);
  }
  return changed;
}

/**
 * What is known of a session whose snapshots have yet to be pulled. It is kept among the sessions, so that it is encrypted
 * like those, under its incarnation and hidden, so that nobody takes it for one.
 */
export async function keepListed(changing: Changing, listed: Listed): Promise<void> {
  const { incarnation, session: id, createdMs, updatedMs } = listed;
  const basis: SessionRow = {
    format: ROW_FORMAT,
    id,
    incarnation,
    createdMs,
    updatedMs,
    snapshots: 0,
    leaves: 0,
    version: 0,
    saved: 0,
    unsealed: 0,
  };
  await keepListedRow(changing, withNews(basis, listed.fields));
}

export async function keepListedRow(changing: Changing, row: SessionRow): Promise<void> {
  const listed = { format: ROW_FORMAT, id: row.incarnation, hidden: row, snapshots: [] };
  await changing.transaction.objectStore('sessions').put(listed as never);
}

/** Takes it from there. */
export async function takeListed(changing: Changing, incarnation: string): Promise<SessionRow | undefined> {
  const sessions = changing.transaction.objectStore('sessions');
  const row: any = await sessions.get(incarnation);
  if (!isHidden(row)) return undefined;
  await sessions.delete(incarnation);
  return row.hidden as SessionRow;
}
