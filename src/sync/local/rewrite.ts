import type { SessionRow, SnapshotRow, StoredField } from '../../database/schema.js';
import { ownOf } from '../../values/schema.js';
import type { Changing } from './changing.js';

/** How snapshots of a session, or the session itself, get other ids. */
export interface Renaming {
  /** New ids by old ones. */
  ids?: ReadonlyMap<string, string>;
  sessionId?: string;
  /** Whether a snapshot that keeps its id follows its parent to a new one. */
  follows?: (row: SnapshotRow) => boolean;
}

/** The same snapshot under other ids. */
export function renamedRow(
  row: SnapshotRow,
  { ids, sessionId = row.sessionId, follows }: Renaming,
): SnapshotRow {
  const id = ids?.get(row.id) ?? row.id;
  const { parentId } = row.info;
  const parent = parentId === undefined ? undefined : ids?.get(parentId);
  const mayFollow = id !== row.id || !follows || follows(row);
  // Its worker goes on under the old id, where there is nothing any more.
  const isCut = id !== row.id && row.info['status'] === 'pending';
  const { client: _, ...rest } = row;
  return {
    ...(isCut ? rest : row),
    id,
    sessionId,
    info: {
      ...row.info,
      ...(row.info.sessionId !== undefined && { sessionId }),
      ...(parent !== undefined && mayFollow && { parentId: parent }),
      ...(isCut && { status: 'aborted', finishReason: 'aborted' }),
    },
    ...(row.state && {
      state: {
        ...row.state,
        fields: row.state.fields.map((field) => owned(field, row.sessionId, sessionId)),
      },
    }),
  };
}

/** A state may name its session, too. */
const owned = (field: StoredField, from: string, to: string): StoredField =>
  field[0] === 'sessionId' && field[1] === 'value' && field[2] === from ? ['sessionId', 'value', to] : field;

const isSame = (a: SnapshotRow, b: SnapshotRow) =>
  a.id === b.id && a.sessionId === b.sessionId && a.info.parentId === b.info.parentId;

/**
 * Renames in place. What is in the outbox stays there under its new id. Resolves to the session's new row, which is yet
 * to be put.
 */
export async function rename(
  changing: Changing,
  session: SessionRow,
  renaming: Renaming,
): Promise<SessionRow> {
  const { transaction } = changing;
  const snapshots = transaction.objectStore('snapshots');
  const sessionId = renaming.sessionId ?? session.id;
  const rows = (await changing.snapshotsOf(session.id)).sort((a, b) => a.version - b.version);
  for (const row of rows) {
    const renamed = renamedRow(row, renaming);
    if (isSame(row, renamed)) continue;
    const put = { ...renamed, version: await changing.number() };
    const noted = await changing.noted('snapshot', row.id);
    if (put.id !== row.id) {
      await snapshots.delete(row.id);
      await changing.unnote('snapshot', row.id);
    }
    await snapshots.put(put);
    if (noted !== undefined || put.id !== row.id) await changing.note('snapshot', put.id, put.version);
  }
  const selected = ownOf(session, 'selected') as string | undefined;
  return {
    ...session,
    id: sessionId,
    // Nobody's version: what others appended meanwhile is not cut off.
    saved: await changing.number(),
    ...(selected !== undefined && { selected: renaming.ids?.get(selected) ?? selected }),
  };
}
