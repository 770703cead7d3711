import type { MediumUse, PushLine, WireSpans } from '../../sync/protocol/index.js';
import type { Row, Session } from '../database/driver.js';
import { Statement } from '../database/statement.js';
import { keyOf } from '../request/keys.js';
import type { TenantRow } from '../tenant/tenant-row.js';
import { readPlaces } from './read-places.js';
import { pairOf, type Field, type PushState, type SessionState, type SnapshotState } from './state.js';

const unique = <Value>(values: Value[]): Value[] => [...new Set(values)];

/** Reads all that a push names. Whatever it reads is as it was at `tenant.seq`, if that has not moved when it is written. */
export async function readState(
  session: Session,
  tenant: TenantRow,
  lines: PushLine[],
  replica: string,
): Promise<PushState> {
  const state: PushState = {
    tenant,
    seq: tenant.seq,
    added: 0,
    lastPush: await readLastPush(session, tenant.id, replica),
    sessions: new Map(),
    owners: new Map(),
    snapshots: new Map(),
    found: new Map(),
    tombstones: new Map(),
    entries: new Map(),
    media: new Map(),
    known: new Map(),
    refused: new Map(),
    released: new Map(),
    reaches: new Map(),
    deletedSnapshots: [],
    deletedSessions: new Map(),
  };
  if (lines.length === 0) return state;
  await readSessions(session, state, lines);
  await readTombstones(session, state, lines);
  await readSnapshots(session, state, lines);
  await readPlaces(session, state, lines);
  return state;
}

async function readLastPush(session: Session, tenant: string, replica: string): Promise<number> {
  const [row] = await session.query(
    'SELECT push FROM offshoot_replicas WHERE tenant = $1::text AND replica = $2::text',
    [tenant, replica],
  );
  return row ? Number(row['push']) : -1;
}

async function readSessions(session: Session, state: PushState, lines: PushLine[]): Promise<void> {
  const statement = new Statement();
  const incarnations = unique(lines.map(({ incarnation }) => incarnation));
  const ids = unique(lines.flatMap((line) => (line.op === 'session' ? [keyOf(line.session)] : [])));
  // Fields may be large, and most pushes do not touch them.
  const edited = unique(lines.flatMap((line) => (line.op === 'session' ? [line.incarnation] : [])));
  const rows = await session.query(
    `SELECT incarnation, session, seq, format, created_ms, updated_ms, latest_ms, snapshots, bytes,
       CASE WHEN incarnation IN ${statement.list(edited.length > 0 ? edited : [''], 'text')} THEN fields ELSE '{}' END AS fields
     FROM offshoot_sessions WHERE tenant = ${statement.add(state.tenant.id, 'text')}
       AND (incarnation IN ${statement.list(incarnations, 'text')}
         OR session IN ${statement.list(ids.length > 0 ? ids : [''], 'text')})`,
    statement.parameters,
  );
  for (const row of rows) {
    const found = sessionState(row);
    state.sessions.set(found.incarnation, found);
    state.owners.set(found.key, found.incarnation);
  }
}

/** Fields as they are stored: by name, JSON of the value, `seq`, time of the edit. */
type StoredFields = Record<string, [json: string | null, seq: number, at: number]>;

export const fieldsOf = (json: string): Map<string, Field> =>
  new Map(
    Object.entries(JSON.parse(json) as StoredFields).map(([name, [json, seq, at]]) => [
      name,
      { ...(json !== null && { json }), seq, at },
    ]),
  );

export const jsonOfFields = (fields: Map<string, Field>): string =>
  JSON.stringify(
    Object.fromEntries([...fields].map(([name, { json = null, seq, at }]) => [name, [json, seq, at]])),
  );

const sessionState = (row: Row): SessionState => ({
  incarnation: row['incarnation'] as string,
  key: row['session'] as string,
  seq: Number(row['seq']),
  before: Number(row['seq']),
  format: Number(row['format']),
  createdMs: Number(row['created_ms']),
  updatedMs: Number(row['updated_ms']),
  latestMs: Number(row['latest_ms']),
  snapshots: Number(row['snapshots']),
  bytes: Number(row['bytes']),
  fields: fieldsOf(row['fields'] as string),
  isTouched: false,
  hasNewFields: false,
});

async function readTombstones(session: Session, state: PushState, lines: PushLine[]): Promise<void> {
  const statement = new Statement();
  const incarnations = unique(lines.map(({ incarnation }) => incarnation));
  const keys = unique(lines.flatMap((line) => ('id' in line ? [keyOf(line.id)] : [])));
  const rows = await session.query(
    `SELECT incarnation, snapshot, seq, saw FROM offshoot_tombstones
     WHERE tenant = ${statement.add(state.tenant.id, 'text')}
       AND incarnation IN ${statement.list(incarnations, 'text')} AND snapshot IN ${statement.list(['', ...keys], 'text')}`,
    statement.parameters,
  );
  for (const row of rows) {
    const [incarnation, key] = [row['incarnation'] as string, row['snapshot'] as string];
    const [seq, saw] = [Number(row['seq']), Number(row['saw'])];
    state.tombstones.set(pairOf(incarnation, key), { seq, saw, isNew: false, incarnation, key, session: '' });
  }
}

async function readSnapshots(session: Session, state: PushState, lines: PushLine[]): Promise<void> {
  const keys = unique(
    lines.flatMap((line) => {
      if (line.op === 'delete-snapshot') return [keyOf(line.id)];
      if (line.op !== 'snapshot') return [];
      return line.parent === undefined ? [keyOf(line.id)] : [keyOf(line.id), keyOf(line.parent)];
    }),
  );
  if (keys.length === 0) return;
  const statement = new Statement();
  const rows = await session.query(
    `SELECT id, incarnation, seq, format, digest, parent, created_ms, arrived_ms, status, beat_ms, spans, media, bytes
     FROM offshoot_snapshots
     WHERE tenant = ${statement.add(state.tenant.id, 'text')} AND id IN ${statement.list(keys, 'text')}`,
    statement.parameters,
  );
  for (const row of rows) {
    const found = snapshotState(row);
    state.snapshots.set(found.key, found);
    state.found.set(found.key, found);
  }
}

export const mediaOf = (json: unknown): MediumUse[] =>
  typeof json === 'string' ? (JSON.parse(json) as MediumUse[]) : [];

const snapshotState = (row: Row): SnapshotState => ({
  key: row['id'] as string,
  incarnation: row['incarnation'] as string,
  seq: Number(row['seq']),
  format: Number(row['format']),
  digest: row['digest'] as string,
  parentKey: row['parent'] as string | null,
  createdMs: Number(row['created_ms']),
  arrivedMs: Number(row['arrived_ms']),
  status: row['status'] as string | null,
  beatMs: row['beat_ms'] === null ? null : Number(row['beat_ms']),
  spans: JSON.parse(row['spans'] as string) as WireSpans,
  text: null,
  media: mediaOf(row['media']),
  bytes: Number(row['bytes']),
  isChanged: false,
});
