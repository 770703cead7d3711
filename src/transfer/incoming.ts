import type { SnapshotRow, Spans, StoredField } from '../database/schema.js';
import { runsByLog } from '../logs/entry.js';
import { merged } from '../logs/runs.js';
import { invalid } from '../validation/argument.js';
import { Coverage, runAt } from './coverage.js';
import type { MediumPlace } from './lines.js';

/** How many elements a state may have more than there are entries: a few bytes could stand for any number of them. */
const MOST_REPEATED = 1_000_000;

export interface IncomingEntry {
  log: number;
  at: number;
  /** With `null` where its media were. */
  value: unknown;
  media: MediumPlace[];
  /** Where it was read, for errors. */
  where: string;
}

export interface IncomingSnapshot {
  id: string;
  info: SnapshotRow['info'];
  /** `null` for a state of `undefined`; absent if there is none. */
  fields?: StoredField[] | null;
  where: string;
}

/** A session that is to be imported, or a snapshot without one; logs are numbered as it likes. */
export interface Incoming {
  sessionId: string | undefined;
  title: string | undefined;
  metadata: Record<string, unknown> | undefined;
  createdMs: number;
  updatedMs: number;
  selected: string | undefined;
  entries: IncomingEntry[];
  /** In the order of their saves. */
  snapshots: IncomingSnapshot[];
  where: string;
}

/** The entries that its snapshots reach, by log and position, once all of it is known to fit together. */
export function requireWhole(session: Incoming): IncomingEntry[] {
  const { snapshots, sessionId, selected, where } = session;
  if (sessionId === undefined && snapshots.length > 1) {
    throw invalid(where, 'is no session, and has several snapshots');
  }
  const ids = new Set(snapshots.map(({ id }) => id));
  if (ids.size < snapshots.length) throw invalid(where, 'has two snapshots of one id');
  if (selected !== undefined && !ids.has(selected)) {
    throw invalid(`${where}.selectedSnapshotId`, 'is none of the snapshots of the session');
  }
  const entries = [...session.entries].sort((a, b) => a.log - b.log || a.at - b.at);
  entries.forEach(({ log, at, where }, index) => {
    const before = entries[index - 1];
    if (before?.log === log && before.at === at) throw invalid(where, 'is the second entry at its place');
  });
  const present = new Coverage(entries);
  const byPlace = new Map(entries.map((entry) => [placeOf(entry.log, entry.at), entry]));
  for (const snapshot of snapshots) requireSnapshot(snapshot, sessionId, present, byPlace);

  const reached = runsByLog(snapshots.flatMap(spansOf));
  const union = new Map([...reached].map(([log, runs]) => [log, merged(runs)]));
  const held = entries.filter(({ log, at }) => runAt(union.get(log) ?? [], at));
  const media = new Set(held.flatMap((entry) => mediaOf(entry, byPlace)));
  const all = new Set([...held, ...media]);
  return entries.filter((entry) => all.has(entry));
}

const placeOf = (log: number, at: number) => `${log},${at}`;

/** Of the fields only: media are found from the entries. */
function spansOf({ fields }: IncomingSnapshot): Spans[] {
  return (fields ?? []).flatMap(([, kind, content]) => (kind === 'value' ? [] : [content]));
}

function requireSnapshot(
  snapshot: IncomingSnapshot,
  sessionId: string | undefined,
  present: Coverage,
  byPlace: ReadonlyMap<string, IncomingEntry>,
): void {
  const { id, info, fields, where } = snapshot;
  if (info.parentId === id) throw invalid(`${where}.info.parentId`, 'is the snapshot itself');
  const keys = (fields ?? []).map(([key]) => key);
  if (new Set(keys).size < keys.length) throw invalid(`${where}.fields`, 'has a key twice');
  if (keys.includes('__proto__')) throw invalid(`${where}.fields`, 'has the key "__proto__"');
  let elements = 0;
  for (const [key, kind, content] of fields ?? []) {
    if (kind === 'value') continue;
    const count = content.reduce((sum, part, i) => (i % 3 === 2 ? sum + part : sum), 0);
    elements += count;
    if (elements > present.size + MOST_REPEATED || !present.hasAll([content])) {
      throw invalid(`${where}.fields.${key}`, 'refers to entries that are not there, or to too many');
    }
    if (kind === 'one' && count !== 1) throw invalid(`${where}.fields.${key}`, 'is not one entry');
  }
  const owner = info.sessionId ?? stateSessionId(snapshot, byPlace);
  if (owner !== sessionId) throw invalid(`${where}.info.sessionId`, 'is not the session that it comes with');
}

/** What the state says whose it is. */
function stateSessionId(
  { fields, where }: IncomingSnapshot,
  byPlace: ReadonlyMap<string, IncomingEntry>,
): string | undefined {
  const field = fields?.find(([key]) => key === 'sessionId');
  if (!field) return undefined;
  const [, kind, content] = field;
  const id = kind === 'value' ? content : byPlace.get(placeOf(content[0]!, content[1]!))?.value;
  if (id !== undefined && (kind === 'array' || typeof id !== 'string' || id.trim() === '')) {
    throw invalid(`${where}.fields.sessionId`, 'expected a non-blank string');
  }
  return id;
}

function mediaOf(
  { value, media, where }: IncomingEntry,
  byPlace: ReadonlyMap<string, IncomingEntry>,
): IncomingEntry[] {
  return media.map(([path, log, at]) => {
    const medium = byPlace.get(placeOf(log, at));
    if (!medium || medium.media.length > 0) throw invalid(`${where}.media`, 'refers to what is no medium');
    let part = value;
    for (const key of path) {
      if (typeof part !== 'object' || part === null || !Object.hasOwn(part, key)) part = undefined;
      else part = (part as Record<string, unknown>)[key];
    }
    if (part !== null) throw invalid(`${where}.media`, `nothing was taken out at ${path.join('.')}`);
    return medium;
  });
}
