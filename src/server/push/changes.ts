import type { Parameter } from '../database/driver.js';
import type { SqlType, Statement } from '../database/statement.js';
import { newUses, placesOf, type Freed } from './free.js';
import { jsonOfFields } from './read-state.js';
import type { PushState, SessionState } from './state.js';
import { ENTRY, PLACE, SESSION, SNAPSHOT, TOMBSTONE, TOUCH } from './tables.js';

export interface Writing {
  state: PushState;
  freed: Freed;
  token: string;
  now: number;
  replica: string;
  push: number | undefined;
}

/** Writes rows of one table. `also`: what is joined, without which nothing is written. */
export interface Change {
  table: string;
  text(statement: Statement, tenant: string, also: string): string;
}

const insert = (
  table: string,
  columns: Record<string, SqlType>,
  rows: Parameter[][],
  conflict: string,
): Change[] =>
  rows.length === 0
    ? []
    : [
        {
          table,
          text: (statement, tenant, also) =>
            `INSERT INTO ${table} (tenant, ${Object.keys(columns).join(', ')})
             SELECT ${tenant}, ${Object.keys(columns)
               .map((column) => `v.${column}`)
               .join(', ')} FROM ${statement.values(columns, rows)}${also} ${conflict}`,
        },
      ];

const remove = (
  table: string,
  columns: Record<string, SqlType>,
  rows: Parameter[][],
  match: string,
): Change[] =>
  rows.length === 0
    ? []
    : [
        {
          table,
          text: (statement, tenant, also) =>
            `DELETE FROM ${table} t USING ${statement.values(columns, rows)}${also} WHERE t.tenant = ${tenant} AND ${match}`,
        },
      ];

const overwrite = (key: string, columns: Record<string, SqlType>): string =>
  `ON CONFLICT (tenant, ${key}) DO UPDATE SET ${Object.keys(columns)
    .filter((column) => column !== key)
    .map((column) => `${column} = excluded.${column}`)
    .join(', ')}`;

const jsonOf = (media: unknown[]): string | null => (media.length > 0 ? JSON.stringify(media) : null);

/** What changes, what goes before what comes. */
export function changesOf({ state, freed, token, now, replica, push }: Writing): Change[] {
  const gone = [...state.deletedSessions.keys()].map((incarnation) => [incarnation]);
  const touched = [...state.sessions.values()].filter(({ isTouched }) => isTouched);
  const snapshots = [...state.snapshots.values()].filter(({ isChanged }) => isChanged);
  const dropped = state.deletedSnapshots.filter(({ incarnation }) => !state.deletedSessions.has(incarnation));
  const buried = [...state.tombstones.values()].filter(({ isNew }) => isNew);
  const ofSession = (table: string) =>
    remove(table, { incarnation: 'text' }, gone, 't.incarnation = v.incarnation');
  return [
    ...insert(
      'offshoot_pushes',
      { seq: 'bigint', token: 'text', at_ms: 'bigint' },
      [[state.seq, token, now]],
      '',
    ),
    ...insert(
      'offshoot_replicas',
      { replica: 'text', push: 'bigint' },
      push === undefined || push <= state.lastPush ? [] : [[replica, push]],
      overwrite('replica', { push: 'bigint' }),
    ),
    ...[
      'offshoot_sessions',
      'offshoot_snapshots',
      'offshoot_entries',
      'offshoot_media_uses',
      'offshoot_tombstones',
    ].flatMap(ofSession),
    ...remove(
      'offshoot_snapshots',
      { id: 'text' },
      dropped.map(({ key }) => [key]),
      't.id = v.id',
    ),
    ...inChunks(placesOf(freed), (places) =>
      remove(
        'offshoot_entries',
        PLACE,
        places,
        't.incarnation = v.incarnation AND t.log = v.log AND t.at >= v.lower AND t.at < v.upper',
      ),
    ),
    ...inChunks([...freed.uses.values()], (uses) =>
      remove(
        'offshoot_media_uses',
        { incarnation: 'text', place: 'text' },
        uses.map(({ incarnation, place }) => [incarnation, place]),
        't.incarnation = v.incarnation AND t.place = v.place',
      ),
    ),
    ...inChunks(freed.media, (digests) =>
      remove(
        'offshoot_media',
        { digest: 'text' },
        digests.map((digest) => [digest]),
        't.digest = v.digest',
      ),
    ),
    ...insert(
      'offshoot_sessions',
      SESSION,
      touched
        .filter(({ hasNewFields }) => hasNewFields)
        .map((row) => [
          row.incarnation,
          row.key,
          row.seq,
          row.format,
          row.createdMs,
          row.updatedMs,
          row.latestMs,
          row.snapshots,
          row.bytes,
          jsonOfFields(row.fields),
        ]),
      overwrite('incarnation', SESSION),
    ),
    ...touch(touched.filter(({ hasNewFields }) => !hasNewFields)),
    ...insert(
      'offshoot_entries',
      ENTRY,
      [...state.entries.values()].flatMap(({ incarnation, log, at, seq, digest, fresh }) =>
        fresh
          ? [[incarnation, log, at, seq, fresh.format, digest, fresh.text, jsonOf(fresh.media), fresh.bytes]]
          : [],
      ),
      '',
    ),
    ...insert(
      'offshoot_snapshots',
      SNAPSHOT,
      snapshots.map((row) => [
        row.key,
        row.incarnation,
        row.seq,
        row.format,
        row.digest,
        row.parentKey,
        row.createdMs,
        row.arrivedMs,
        row.status,
        row.beatMs,
        JSON.stringify(row.spans),
        row.text,
        jsonOf(row.media),
        row.bytes,
      ]),
      overwrite('id', SNAPSHOT),
    ),
    ...insert(
      'offshoot_tombstones',
      TOMBSTONE,
      buried.map(({ incarnation, key, session, seq, saw }) => [incarnation, key, session, seq, saw]),
      '',
    ),
    ...inChunks(newUses(state), (uses) =>
      insert(
        'offshoot_media_uses',
        { incarnation: 'text', place: 'text', digest: 'text' },
        uses.map(({ incarnation, place, digest }) => [incarnation, place, digest]),
        '',
      ),
    ),
  ];
}

/** A statement has at most 65,535 parameters. */
const inChunks = <Row>(rows: Row[], change: (rows: Row[]) => Change[]): Change[] =>
  rows.length <= 5_000
    ? change(rows)
    : [...change(rows.slice(0, 5_000)), ...inChunks(rows.slice(5_000), change)];

/** Sessions whose fields stay as they are, which may be large. */
const touch = (sessions: SessionState[]): Change[] =>
  sessions.length === 0
    ? []
    : [
        {
          table: 'offshoot_sessions',
          text: (statement, tenant, also) => {
            const rows = sessions.map((row) => [
              row.incarnation,
              row.seq,
              row.updatedMs,
              row.latestMs,
              row.snapshots,
              row.bytes,
            ]);
            return `UPDATE offshoot_sessions t SET seq = v.seq, updated_ms = v.updated_ms, latest_ms = v.latest_ms,
              snapshots = v.snapshots, bytes = v.bytes
              FROM ${statement.values(TOUCH, rows)}${also} WHERE t.tenant = ${tenant} AND t.incarnation = v.incarnation`;
          },
        },
      ];
