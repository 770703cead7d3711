import { READINGS } from '../retention/counted-until.js';
import type { CheckProblem, CheckReport } from '../../types/check.js';
import { isReceipt } from '../../database/transaction.js';
import { each, type Steps, UNITS } from '../../database/pace.js';
import type { SessionRow, SnapshotRow } from '../../database/schema.js';
import { gathering, isIn, merging, removing, type Run } from '../../logs/runs.js';
import type { Contents, LogContents } from './scan.js';
import { type Leaves, leavesIn } from '../../snapshots/session-row.js';
import { rowSchemas } from './row-schemas.js';
import { withEntries } from '../../database/entries.js';
import { jsonOf } from '../../platform/json.js';
import { ownOf } from '../../values/schema.js';
import { spansOf, spansOfAll } from '../../database/spans.js';
import { addTo, firstIndex } from '../../values/collections.js';

export function* reportOn(contents: Contents): Steps<CheckReport> {
  const { snapshots, sessions, logs, quarantined } = contents;
  const problems: CheckProblem[] = [];
  for (const kind of ['damaged', 'newer'] as const) {
    for (const { id } of snapshots[kind]) problems.push({ kind, store: 'snapshots', id });
    for (const { id } of sessions[kind]) problems.push({ kind, store: 'sessions', id });
    for (const key of logs[kind]) problems.push({ kind, store: 'logs', id: nameOf(key) });
  }
  for (const problem of metaProblems(contents)) problems.push(problem);
  for (const problem of yield* sessionProblems(contents)) problems.push(problem);
  for (const row of snapshots.whole) {
    yield;
    for (const part of yield* lostParts(row, logs)) {
      problems.push({ kind: 'dangling', snapshotId: row.id, ...part });
    }
  }
  for (const [log, runs] of yield* unreached(contents, snapshots.whole)) {
    yield* each(runs, ([from, to]) => problems.push({ kind: 'unreachable', log, from, to }));
  }
  return {
    sessions: sessions.whole.length + sessions.damaged.length + sessions.newer.length,
    snapshots: snapshots.whole.length,
    entries: logs.entries,
    bytes: logs.bytes,
    problems,
    quarantined,
  };
}

const nameOf = (key: IDBValidKey): string => (Array.isArray(key) ? `${key[0]},${key[2]}` : String(key));

/** Entries and media that a state refers to and that do not exist. */
export function* lostParts(
  row: SnapshotRow,
  { runs, media }: LogContents,
): Steps<{ log: number; from: number; to: number }[]> {
  const lost: { log: number; from: number; to: number }[] = [];
  const needed = yield* gathering(spansOf(row));
  for (const [log, each] of needed) needed.set(log, yield* merging(each));
  let units = 0;
  const isNeeded = (log: number, at: number) => isIn(needed.get(log), at);
  for (const [log, each] of needed) {
    yield;
    for (const [from, to] of yield* removing(each, runs.get(log) ?? [])) lost.push({ log, from, to });
    const places = media.get(log) ?? [];
    for (const [from, to] of places.length > 0 ? each : []) {
      if (++units % UNITS === 0) yield;
      for (let i = firstIndex(places, ({ at }) => at >= from); i < places.length && places[i]!.at < to; i++) {
        if (++units % UNITS === 0) yield;
        const { log, mediaAt } = places[i]!;
        if (!isNeeded(log, mediaAt)) lost.push({ log, from: mediaAt, to: mediaAt + 1 });
      }
    }
  }
  return lost;
}

/** Entries that none of these snapshots refers to, by log. Rows of a later format may refer to others. */
export function* unreached(
  { snapshots, logs, hidden }: Contents,
  reading: readonly SnapshotRow[],
): Steps<Map<number, Run[]>> {
  const result = new Map<number, Run[]>();
  if (snapshots.newer.length + logs.newer.length > 0) return result;
  const reached = yield* gathering(spansOfAll([...reading, ...hidden]));
  for (const [log, runs] of logs.runs) {
    const left = yield* removing(runs, yield* merging(reached.get(log) ?? []));
    if (left.length > 0) result.set(log, left);
  }
  return result;
}

/** The snapshots of each session. */
export interface Members {
  /** By session id; without sessions that have rows of a later format. */
  members: Map<string, SnapshotRow[]>;
  isNewer: (sessionId: string) => boolean;
}

export function membersOf({ snapshots, sessions }: Contents, whole: readonly SnapshotRow[]): Members {
  const newer = new Set([
    ...snapshots.newer.map(({ sessionId }) => sessionId),
    ...sessions.newer.map(({ id }) => id),
  ]);
  const members = new Map<string, SnapshotRow[]>();
  for (const row of whole) {
    if (row.sessionId === '' || newer.has(row.sessionId)) continue;
    addTo(members, row.sessionId, row);
  }
  return { members, isNewer: (sessionId) => newer.has(sessionId) };
}

function* sessionProblems(contents: Contents): Steps<CheckProblem[]> {
  const problems: CheckProblem[] = [];
  const { members, isNewer } = membersOf(contents, contents.snapshots.whole);
  for (const row of contents.sessions.whole) {
    yield;
    if (isNewer(row.id)) continue;
    const problem = problemOf(row, members.get(row.id) ?? [], contents.meta);
    if (problem) problems.push(problem);
  }
  for (const { id } of [...contents.sessions.whole, ...contents.sessions.damaged]) members.delete(id);
  for (const [sessionId, own] of members) {
    problems.push({ kind: 'miscounted', sessionId, stored: 0, actual: own.length });
  }
  return problems;
}

/** How a session's row disagrees with its snapshots. */
export function problemOf(
  row: SessionRow,
  own: readonly SnapshotRow[],
  meta: Contents['meta'],
): CheckProblem | undefined {
  const { id: sessionId, selected } = row;
  if (row.snapshots !== own.length) {
    return { kind: 'miscounted', sessionId, stored: row.snapshots, actual: own.length };
  }
  const actual = leavesIn(own);
  const differs = (['id', 'createdMs', 'version'] as const).some(
    (part) => row.latest?.[part] !== actual.latest?.[part],
  );
  if (row.leaves !== actual.leaves || differs) {
    return { kind: 'leaves', sessionId, stored: shown(row), actual: shown(actual) };
  }
  if (selected !== undefined && !own.some(({ id }) => id === selected)) {
    return { kind: 'selection', sessionId, snapshotId: selected };
  }
  // Those of an earlier schema are indexed when somebody asks for values.
  const isUnfiled = meta.has('unfiled') && !ownOf(row, 'where');
  const entries = ownOf(row, 'metadata') ? withEntries(row).where : undefined;
  if (!isUnfiled && jsonOf(ownOf(row, 'where')) !== jsonOf(entries)) return { kind: 'index', sessionId };
  return undefined;
}

const shown = ({ leaves, latest }: Leaves) => ({ count: leaves, ...(latest && { latest: latest.id }) });

/** The latest reading of the clock in any row. */
export function latestReading({ snapshots, sessions, logs }: Contents): number {
  const rows = [...snapshots.whole, ...sessions.whole];
  return [...rows.map(({ version }) => version), ...logs.runs.keys()].reduce((a, b) => Math.max(a, b), 0);
}

function metaProblems(contents: Contents): CheckProblem[] {
  const { meta } = contents;
  const problems: CheckProblem[] = foreignMeta(contents).map((key) => ({
    kind: 'damaged',
    store: 'meta',
    id: String(key),
  }));
  const clock = readingOf(meta);
  const actual = latestReading(contents);
  if (clock < actual) problems.push({ kind: 'clock', stored: clock, actual });
  return problems;
}

/** Without a reading, the clock starts again at the time of day. */
function readingOf(meta: Contents['meta']): number {
  const clock = meta.get('clock');
  return rowSchemas.meta(clock) ? Date.now() * 1000 : (clock as number);
}

/** The keys of `meta` whose values are invalid or that do not belong there. */
export function foreignMeta({ meta }: Contents): IDBValidKey[] {
  const known = ['clock', 'epoch', ...READINGS];
  const foreign = [...meta].filter(
    ([key, row]) =>
      // Only a hint for watchers, which is checked when it is read.
      key !== 'loose' &&
      key !== 'hidden' &&
      key !== 'unfiled' &&
      ((!known.includes(key as string) && !isReceipt(key)) || rowSchemas.meta(row)),
  );
  return [...(meta.has('epoch') ? [] : ['epoch']), ...foreign.map(([key]) => key)];
}
