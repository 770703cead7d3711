import type { SnapshotRow } from '../../database/schema.js';
import { SessionStoreError } from '../../errors.js';
import { type Added, planExtended } from '../../logs/extend.js';
import { basesOf, type Draft } from './draft.js';
import type { UnitOfWork } from './unit-of-work.js';

/** A save that says what is new instead of what the snapshot is. */
export interface Extension {
  sessionId: string;
  /** Of a new snapshot: what it continues; by default the session's head, `null` for nothing. */
  after?: string | null | undefined;
  /** What the messages end with. */
  added?: Added | undefined;
  /** How many messages come before; by default all that the parent has. */
  length?: number | undefined;
  /** Other properties of the state; by default as they are, or the parent's. */
  changes: Record<string, unknown>;
  /** The snapshot's other properties, as of now. */
  info: () => Record<string, unknown>;
  /** Told what is stored in place of a `pending` snapshot, which is all that is written over. */
  refused?: (status: string | undefined) => void;
}

/** What a save brings the session's row beside the snapshot. */
export interface SessionExtras {
  /** The snapshot becomes the session's head. */
  isSelected: boolean;
  /** For a session without a title. */
  title?: string | undefined;
  metadata?: Record<string, unknown> | undefined;
}

const listOf = ({ length, added }: Extension) => added && { key: 'messages', length, added };

/** `null` if there is nothing to write. */
export function draftExtension(
  batch: UnitOfWork,
  extension: Extension,
  snapshotId: string | undefined,
): Promise<Draft | null> {
  return snapshotId === undefined ? draftNew(batch, extension) : draftAgain(batch, extension, snapshotId);
}

async function draftNew(batch: UnitOfWork, extension: Extension): Promise<Draft> {
  const { sessionId, after, changes, info } = extension;
  const parentId = after === undefined ? await headOf(batch, sessionId) : (after ?? undefined);
  const parent = parentId === undefined ? undefined : await requireRelative(batch, parentId, sessionId);
  const state = parent && (await batch.state(parent));
  const drafted = info();
  // Clocks go back, and a child that looks older than its parent would be listed before it.
  const isAhead = parent && parent.createdMs > Date.now();
  return {
    snapshotId: undefined,
    sessionId,
    info: {
      sessionId,
      ...(parentId !== undefined && { parentId }),
      createdAt: isAhead ? parent.info.createdAt : new Date().toISOString(),
      ...drafted,
    },
    state: {
      plan: planExtended(state, listOf(extension), { ...(!state && { sessionId }), ...changes }),
      bases: basesOf(undefined, parent),
    },
  };
}

async function draftAgain(
  batch: UnitOfWork,
  extension: Extension,
  snapshotId: string,
): Promise<Draft | null> {
  const { sessionId, changes, info, refused } = extension;
  const stored = await batch.known(snapshotId);
  const status = stored?.row.info['status'] as string | undefined;
  if (stored?.row.sessionId !== sessionId || status !== 'pending') {
    refused?.(stored?.row.sessionId === sessionId ? (status ?? '') : undefined);
    return null;
  }
  const { parentId } = stored.row.info;
  const parent = parentId === undefined ? undefined : await batch.relative(parentId, sessionId);
  const drafted = { ...stored.row.info, ...info() };
  const plan = planExtended(stored.state, listOf(extension), changes);
  return {
    snapshotId,
    sessionId,
    info: drafted,
    // A snapshot without a state gets none.
    ...(plan.length > 0 || stored.state
      ? { state: { plan, bases: basesOf(stored.row, parent) } }
      : stored.state === null && { state: null }),
  };
}

/** As `readHead`. */
async function headOf(batch: UnitOfWork, sessionId: string): Promise<string | undefined> {
  const session = await batch.session(sessionId);
  for (const id of [session?.selected, session?.latest?.id])
    if (id !== undefined && (await batch.relative(id, sessionId))) return id;
  return session && (await batch.count(sessionId)).latest?.id;
}

async function requireRelative(batch: UnitOfWork, id: string, sessionId: string): Promise<SnapshotRow> {
  const row = await batch.row(id);
  if (row?.sessionId === sessionId) return row;
  throw noSnapshot(id, sessionId, 'options.after');
}

export const noSnapshot = (id: string, sessionId: string, path: string): SessionStoreError =>
  new SessionStoreError('NOT_FOUND', `session "${sessionId}" has no snapshot "${id}"`, path);
