import type { PushLine, SnapshotLine, WireSpans } from '../../sync/protocol/index.js';
import type { Session } from '../database/driver.js';
import { Statement } from '../database/statement.js';
import { keyOf } from '../request/keys.js';
import { Ranges } from './ranges.js';
import { placeOf, rangesIn, type PushState } from './state.js';

/** Which entries and media that a push names, or builds on, are there. */
export async function readPlaces(session: Session, state: PushState, lines: PushLine[]): Promise<void> {
  await readReaches(session, state, lines);
  await readNamed(session, state, lines);
  await readReached(session, state, lines);
  await readMedia(session, state, lines);
}

const PLACES = { incarnation: 'text', log: 'text', lower: 'bigint', upper: 'bigint' } as const;

/** Whoever lets go of places must know who else reaches them. */
async function readReaches(session: Session, state: PushState, lines: PushLine[]): Promise<void> {
  const releasing = new Set<string>();
  for (const line of lines) {
    if (line.op !== 'snapshot' && line.op !== 'delete-snapshot') continue;
    const before = state.snapshots.get(keyOf(line.id));
    // One that is both pushed and deleted here lets go of what only it has.
    const isDeleted = line.op === 'delete-snapshot';
    const spans = isDeleted ? undefined : line.spans;
    const lost = before && Ranges.of(before.spans).without(Ranges.of(spans ?? []));
    if (isDeleted || (lost && !lost.isEmpty)) releasing.add(line.incarnation);
  }
  const counts = new Map<string, number>();
  for (const line of lines) {
    if (line.op === 'snapshot') counts.set(keyOf(line.id), (counts.get(keyOf(line.id)) ?? 0) + 1);
  }
  // Twice in one push: the second may let go of what the first has.
  for (const line of lines) {
    if (line.op === 'snapshot' && counts.get(keyOf(line.id))! > 1) releasing.add(line.incarnation);
  }
  if (releasing.size === 0) return;
  for (const incarnation of releasing) state.reaches.set(incarnation, new Map());
  const statement = new Statement();
  const rows = await session.query(
    `SELECT id, incarnation, spans FROM offshoot_snapshots
     WHERE tenant = ${statement.add(state.tenant.id, 'text')} AND incarnation IN ${statement.list([...releasing], 'text')}`,
    statement.parameters,
  );
  for (const row of rows) {
    const spans = JSON.parse(row['spans'] as string) as WireSpans;
    state.reaches.get(row['incarnation'] as string)!.set(row['id'] as string, spans);
  }
}

/** The digests at the places that entries are pushed to. */
async function readNamed(session: Session, state: PushState, lines: PushLine[]): Promise<void> {
  const places = lines.flatMap((line) =>
    line.op === 'entries' ? [[line.incarnation, line.log, line.at, line.at + line.digests.length]] : [],
  );
  if (places.length === 0) return;
  const statement = new Statement();
  const rows = await session.query(
    `SELECT e.incarnation, e.log, e.at, e.seq, e.digest FROM ${statement.values(PLACES, places)}
     JOIN offshoot_entries e ON e.tenant = ${statement.add(state.tenant.id, 'text')}
       AND e.incarnation = v.incarnation AND e.log = v.log AND e.at >= v.lower AND e.at < v.upper`,
    statement.parameters,
  );
  for (const row of rows) {
    const [incarnation, log] = [row['incarnation'] as string, row['log'] as string];
    const [at, seq] = [Number(row['at']), Number(row['seq'])];
    const digest = row['digest'] as string;
    state.entries.set(placeOf(incarnation, log, at), { incarnation, log, at, seq, digest });
  }
}

/** Whether the places that snapshots reach are there, as far as no living snapshot and no entry of this push says so. */
async function readReached(session: Session, state: PushState, lines: PushLine[]): Promise<void> {
  for (const { incarnation, spans } of state.snapshots.values()) {
    rangesIn(state.known, incarnation, () => new Ranges()).addSpans(spans);
  }
  const pushed = new Map<string, Ranges>();
  for (const line of lines) {
    if (line.op !== 'entries') continue;
    const ranges = rangesIn(pushed, line.incarnation, () => new Ranges());
    ranges.add(line.log, line.at, line.at + line.digests.length);
  }
  const asked = new Map<string, Ranges>();
  for (const line of lines) {
    if (line.op !== 'snapshot') continue;
    asked.set(line.incarnation, openOf(line, asked, pushed, state));
  }
  const places = [...asked].flatMap(([incarnation, ranges]) =>
    [...ranges].map(([log, from, to]) => [incarnation, log, from, to]),
  );
  if (places.length === 0) return;
  const statement = new Statement();
  const rows = await session.query(
    `SELECT e.incarnation, e.log, e.at FROM ${statement.values(PLACES, places)}
     JOIN offshoot_entries e ON e.tenant = ${statement.add(state.tenant.id, 'text')}
       AND e.incarnation = v.incarnation AND e.log = v.log AND e.at >= v.lower AND e.at < v.upper
     ORDER BY e.incarnation, e.log, e.at`,
    statement.parameters,
  );
  // Joined here rather than one by one: a first push after a rename asks for all of a session.
  for (let first = 0; first < rows.length;) {
    const { incarnation, log, at } = rows[first]!;
    let next = first + 1;
    while (
      next < rows.length &&
      rows[next]!['incarnation'] === incarnation &&
      rows[next]!['log'] === log &&
      Number(rows[next]!['at']) === Number(at) + next - first
    ) {
      next++;
    }
    rangesIn(state.known, incarnation as string, () => new Ranges()).add(
      log as string,
      Number(at),
      Number(at) + next - first,
    );
    first = next;
  }
}

function openOf(
  { incarnation, spans }: SnapshotLine,
  asked: Map<string, Ranges>,
  pushed: Map<string, Ranges>,
  { known }: PushState,
): Ranges {
  const open = Ranges.of(spans)
    .without(known.get(incarnation) ?? new Ranges())
    .without(pushed.get(incarnation) ?? new Ranges());
  const all = asked.get(incarnation) ?? new Ranges();
  all.addAll(open);
  return all;
}

async function readMedia(session: Session, state: PushState, lines: PushLine[]): Promise<void> {
  const digests = new Set<string>();
  for (const line of lines) {
    if (line.op !== 'entries' && line.op !== 'snapshot') continue;
    for (const body of line.op === 'entries' ? line.bodies : [line.body]) {
      if (typeof body !== 'string') for (const [digest] of body.media) digests.add(digest);
    }
  }
  if (digests.size === 0) return;
  const statement = new Statement();
  const rows = await session.query(
    `SELECT digest, count(*) AS parts, sum(bytes) AS bytes FROM offshoot_media
     WHERE tenant = ${statement.add(state.tenant.id, 'text')} AND digest IN ${statement.list([...digests], 'text')}
     GROUP BY digest`,
    statement.parameters,
  );
  for (const row of rows) {
    state.media.set(row['digest'] as string, { parts: Number(row['parts']), bytes: Number(row['bytes']) });
  }
}
