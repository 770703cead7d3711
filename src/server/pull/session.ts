import type { EntriesRow, SessionPage, SessionRowLine, WireSpans } from '../../sync/protocol/index.js';
import type { Database, Row } from '../database/driver.js';
import { Problem } from '../http/problem.js';
import { mediaOf } from '../push/read-state.js';
import { idOf } from '../request/keys.js';
import { PAGE_BYTES } from './changes.js';

const SESSION_ROWS = 2_000;

/** What changed of a session since, in the order of its numbers: entries are before the snapshots that need them. */
export async function sessionPage(
  database: Database,
  tenant: string,
  incarnation: string,
  since: number,
  replica: string,
  now: number,
): Promise<SessionPage> {
  const rows = await database.query(
    `SELECT t.generation, s.seq AS top, c.* FROM offshoot_tenants t
       JOIN offshoot_sessions s ON s.tenant = t.id AND s.incarnation = $2::text
       LEFT JOIN (
         SELECT x.*, sum(x.size) OVER (ORDER BY x.seq) AS total FROM (
           (SELECT seq, 'entry' AS kind, log AS name, at, format, digest, media,
              CASE WHEN substr(log, 1, length($5::text)) = $5::text THEN NULL ELSE body END AS body,
              CASE WHEN substr(log, 1, length($5::text)) = $5::text THEN 100 ELSE bytes END AS size,
              NULL AS parent, 0 AS created_ms, 0 AS arrived_ms, NULL AS status, NULL::bigint AS beat_ms, NULL AS spans
            FROM offshoot_entries
            WHERE tenant = $1::text AND incarnation = $2::text AND seq > $3::bigint ORDER BY seq LIMIT $4::bigint)
           UNION ALL
           (SELECT seq, 'snapshot', id, 0, format, digest, media, body, bytes,
              parent, created_ms, arrived_ms, status, beat_ms, spans
            FROM offshoot_snapshots
            WHERE tenant = $1::text AND incarnation = $2::text AND seq > $3::bigint ORDER BY seq LIMIT $4::bigint)
           UNION ALL
           (SELECT seq, 'deleted', snapshot, 0, 1, '', NULL, NULL, 100, NULL, 0, 0, NULL, NULL, NULL
            FROM offshoot_tombstones
            WHERE tenant = $1::text AND incarnation = $2::text AND seq > $3::bigint AND snapshot <> ''
              AND $3::bigint > 0
            ORDER BY seq LIMIT $4::bigint)
         ) x ORDER BY x.seq LIMIT $4::bigint
       ) c ON c.total - c.size < $6::bigint
       WHERE t.id = $1::text ORDER BY c.seq`,
    // No log begins with a colon.
    [tenant, incarnation, since, SESSION_ROWS + 1, replica === '' ? ':' : `${replica}:`, PAGE_BYTES],
  );
  const [first] = rows;
  if (!first) throw await absent(database, tenant, incarnation);
  const found = rows.filter((row) => row['kind'] !== null);
  const size = found.reduce((sum, row) => sum + Number(row['size']), 0);
  const more = found.length > SESSION_ROWS || size >= PAGE_BYTES;
  const listed = found.slice(0, SESSION_ROWS);
  return {
    generation: first['generation'] as string,
    now,
    seq: more ? Number(listed.at(-1)!['seq']) : Number(first['top']),
    more,
    rows: linesOf(listed, incarnation, replica, now),
  };
}

async function absent(database: Database, tenant: string, incarnation: string): Promise<Problem> {
  const rows = await database.query(
    "SELECT seq FROM offshoot_tombstones WHERE tenant = $1::text AND incarnation = $2::text AND snapshot = ''",
    [tenant, incarnation],
  );
  return rows.length > 0
    ? new Problem(410, 'NOT_FOUND', 'the session was deleted', { path: 'incarnation' })
    : new Problem(404, 'NOT_FOUND', 'there is no such session; push its session line first', {
        path: 'incarnation',
      });
}

/** Entries that follow each other in a log and in the order of numbers are one line. */
function linesOf(rows: Row[], incarnation: string, replica: string, now: number): SessionRowLine[] {
  const lines: SessionRowLine[] = [];
  let open: EntriesRow | undefined;
  for (const row of rows) {
    const seq = Number(row['seq']);
    if (row['kind'] !== 'entry') {
      open = undefined;
      lines.push(row['kind'] === 'snapshot' ? snapshotLine(row, incarnation, now) : deletedLine(row));
      continue;
    }
    const [log, at, format] = [row['name'] as string, Number(row['at']), Number(row['format'])];
    const isNext = open?.log === log && open.at + open.digests.length === at && (open.format ?? 1) === format;
    if (!open || !isNext) {
      open = {
        op: 'entries',
        ...(format > 1 && { format }),
        incarnation,
        log,
        at,
        digests: [],
        // Those who pushed them have them, and compare the digests only.
        ...(!log.startsWith(`${replica}:`) && { bodies: [] }),
        seq,
      };
      lines.push(open);
    }
    open.digests.push(row['digest'] as string);
    open.bodies?.push(bodyOf(row));
    open.seq = seq;
  }
  return lines;
}

function bodyOf(row: Row) {
  const text = row['body'] as string | null;
  const media = mediaOf(row['media']);
  if (media.length === 0) return text ?? '';
  return { media, ...(text !== null && { text }) };
}

const deletedLine = (row: Row): SessionRowLine => ({
  op: 'delete-snapshot',
  id: idOf(row['name'] as string),
  seq: Number(row['seq']),
});

function snapshotLine(row: Row, incarnation: string, now: number): SessionRowLine {
  const parent = row['parent'] as string | null;
  const status = row['status'] as string | null;
  const format = Number(row['format']);
  return {
    op: 'snapshot',
    ...(format > 1 && { format }),
    incarnation,
    id: idOf(row['name'] as string),
    seq: Number(row['seq']),
    digest: row['digest'] as string,
    ...(parent !== null && { parent: idOf(parent) }),
    createdMs: Number(row['created_ms']),
    arrivedMs: Number(row['arrived_ms']),
    ...(status !== null && { status }),
    spans: JSON.parse(row['spans'] as string) as WireSpans,
    body: bodyOf(row),
    ...(row['beat_ms'] !== null && { beat: now - Number(row['beat_ms']) }),
  };
}
