import { each, type Pace, type Steps, UNITS } from '../../database/pace.js';
import type { SnapshotRow, StoredField } from '../../database/schema.js';
import { isIn, merging, type Run } from '../../logs/runs.js';
import { invalid } from '../../values/arguments.js';
import { Unfit } from '../../encoding/nodes.js';
import type { Allowance } from './allowance.js';
import { Coverage } from '../format/entry-ranges.js';
import type { MediumAddress } from '../format/lines.js';
import { Weights } from './weights.js';

export interface IncomingEntry {
  log: number;
  at: number;
  /** With `null` in the places of its media. */
  value: unknown;
  /** No object occurs twice in it, and all objects and arrays are as literals make them. */
  isPlain: boolean;
  /** Approximate, in bytes. */
  size: number;
  media: MediumAddress[];
  /** Where it was read, for errors. */
  where: string;
}

export interface IncomingSnapshot {
  id: string;
  info: SnapshotRow['info'];
  /** `null` for a state that is explicitly `undefined`; absent if there is none. */
  fields?: StoredField[] | null;
  where: string;
}

/** A session to import, or a snapshot without one. Its log numbers are arbitrary. */
export interface Incoming {
  sessionId: string | undefined;
  title: string | undefined;
  metadata: Record<string, unknown> | undefined;
  createdMs: number;
  updatedMs: number;
  selected: string | undefined;
  entries: IncomingEntry[];
  /** In the order of their versions. */
  snapshots: IncomingSnapshot[];
  /** The resources that it may demand. */
  allowance: Allowance;
  where: string;
}

/** Entries by log and position. */
export class EntryIndex {
  readonly #byLog = new Map<number, Map<number, IncomingEntry>>();

  /** Adds an entry; returns `false` if its position is taken. */
  add(entry: IncomingEntry): boolean {
    const known = this.#byLog.get(entry.log) ?? new Map<number, IncomingEntry>();
    if (known.size === 0) this.#byLog.set(entry.log, known);
    else if (known.has(entry.at)) return false;
    known.set(entry.at, entry);
    return true;
  }

  get(log: number, at: number): IncomingEntry | undefined {
    return this.#byLog.get(log)?.get(at);
  }
}

/** Checks that a session is consistent; returns the entries that its snapshots reach, by log and position. */
export async function requireWhole(session: Incoming, pace: Pace): Promise<IncomingEntry[]> {
  const { snapshots, sessionId, selected, allowance, where } = session;
  if (sessionId === undefined && snapshots.length > 1) {
    throw invalid(where, 'is no session, and has several snapshots');
  }
  const ids = new Set<string>();
  await pace.run(each(snapshots, ({ id }) => ids.add(id)));
  if (ids.size < snapshots.length) throw invalid(where, 'has two snapshots of one id');
  if (selected !== undefined && !ids.has(selected)) {
    throw invalid(`${where}.selectedSnapshotId`, 'is none of the snapshots of the session');
  }
  const entries = [...session.entries].sort((a, b) => a.log - b.log || a.at - b.at);
  const index = new EntryIndex();
  const present = new Coverage();
  const weights = new Weights();
  await pace.run(
    each(entries, (entry) => {
      if (!index.add(entry)) throw invalid(entry.where, 'has the log and position of an earlier entry');
      present.add(entry);
      weights.add(entry.log, entry.at, entry.size + entry.media.length * BYTES_OF_PLACE);
    }),
  );
  const reached = new Map<number, Run[]>();
  for (const snapshot of snapshots) {
    await pace.run(requireSnapshot(snapshot, sessionId, present, weights, index, allowance, reached));
  }
  for (const [log, runs] of reached) reached.set(log, await pace.run(merging(runs)));
  const all = new Set<IncomingEntry>();
  await pace.run(each(entries, (entry) => void (isIn(reached.get(entry.log), entry.at) && all.add(entry))));
  // Iterating a set includes what is added meanwhile; media have no media themselves.
  for (const entry of all) await pace.run(takeMedia(entry, index, all));
  return entries.filter((entry) => all.has(entry));
}

/** What inserting a medium costs, in bytes. */
const BYTES_OF_PLACE = 32;

/** Properties of a state that have to be arrays. */
const LISTS = new Set(['messages', 'artifacts']);

function isList([, kind, content]: StoredField, index: EntryIndex): boolean {
  if (kind === 'value') return content === undefined || Array.isArray(content);
  return kind !== 'one' || Array.isArray(index.get(content[0]!, content[1]!)?.value);
}

function* requireSnapshot(
  snapshot: IncomingSnapshot,
  sessionId: string | undefined,
  present: Coverage,
  weights: Weights,
  index: EntryIndex,
  allowance: Allowance,
  reached: Map<number, Run[]>,
): Steps<void> {
  const { id, info, fields, where } = snapshot;
  if (info.parentId === id) throw invalid(`${where}.info.parentId`, 'is the snapshot itself');
  let elements = 0;
  let bytes = 0;
  let units = 0;
  for (const field of fields ?? []) {
    if (++units % UNITS === 0) yield;
    const [key, kind, content] = field;
    const path = `${where}.fields.${key}`;
    if (LISTS.has(key) && !isList(field, index)) throw invalid(path, 'expected an array');
    if (kind === 'value') continue;
    const before = elements;
    for (let i = 0; i < content.length; i += 3) {
      if (++units % UNITS === 0) yield;
      const [log, from, count] = [content[i]!, content[i + 1]!, content[i + 2]!];
      if (!present.has(log, from, count)) throw invalid(path, 'refers to entries that are not there');
      elements += count;
      bytes += weights.of(log, from, count);
      const runs = reached.get(log);
      if (runs) runs.push([from, from + count]);
      else reached.set(log, [[from, from + count]]);
    }
    requireAllowed(path, () => {
      allowance.allowOnce('elements', elements);
      allowance.allowOnce('bytes of elements', bytes);
    });
    if (kind === 'one' && elements - before !== 1) throw invalid(path, 'is not one entry');
  }
  const owner = info.sessionId ?? stateSessionId(snapshot, index);
  if (owner !== sessionId) throw invalid(`${where}.info.sessionId`, 'is not the session that it comes with');
}

function requireAllowed(path: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw unfit(error, path);
  }
}

/** Adds the path to an error about a limit or an invalid value. */
export async function fitting<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw unfit(error, path);
  }
}

const unfit = (error: unknown, path: string): unknown =>
  error instanceof Unfit ? invalid([path, ...error.path].join('.'), error.message, error) : error;

/** The session id that a state contains, if any. */
function stateSessionId({ fields, where }: IncomingSnapshot, index: EntryIndex): string | undefined {
  const field = fields?.find(([key]) => key === 'sessionId');
  if (!field) return undefined;
  const [, kind, content] = field;
  const id = kind === 'value' ? content : index.get(content[0]!, content[1]!)?.value;
  if (id !== undefined && (kind === 'array' || typeof id !== 'string' || id.trim() === '')) {
    throw invalid(`${where}.fields.sessionId`, 'expected a non-blank string');
  }
  return id;
}

/** Adds an entry's media to those that are reached. */
function* takeMedia(
  { value, media, where }: IncomingEntry,
  index: EntryIndex,
  all: Set<IncomingEntry>,
): Steps<void> {
  let units = 0;
  for (const [path, log, at] of media) {
    if (++units % UNITS === 0) yield;
    const medium = index.get(log, at);
    if (!medium || medium.media.length > 0) throw invalid(`${where}.media`, 'refers to what is no medium');
    let part = value;
    for (const key of path) {
      if (++units % UNITS === 0) yield;
      if (typeof part !== 'object' || part === null || !Object.hasOwn(part, key)) part = undefined;
      else part = (part as Record<string, unknown>)[key];
    }
    if (part !== null) throw invalid(`${where}.media`, `nothing was taken out at ${path.join('.')}`);
    all.add(medium);
  }
}
