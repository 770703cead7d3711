import type { DamagedPart, SessionExportError } from '../../types/transfer.js';
import type { Pace } from '../../database/pace.js';
import type { SnapshotRow } from '../../database/schema.js';
import { Unfit } from '../../encoding/nodes.js';
import { SessionStoreError } from '../../errors.js';
import { callSafely } from '../../platform/browser.js';
import { Coverage } from '../format/entry-ranges.js';
import { encodeValue } from '../format/encode-value.js';
import type { EncodedValue, FieldLine, Line, PartLine } from '../format/lines.js';
import { bare } from '../../values/property.js';
import type { Block, StoredEntry } from './read-session.js';
import { spansIn } from '../../database/spans.js';
import { addTo, firstIndex } from '../../values/collections.js';

/** Why a value is not in the file; empty if it could not be read. */
type Why = Pick<DamagedPart, 'path' | 'reason'>;

/** An encoded value, or why there is none. */
type Outcome = { encoded: EncodedValue } | { why: Why };

/**
 * A session's lines except the last; none if no snapshot of it can be exported. What is left out is added to
 * `omissions`.
 */
export async function* blockLines(
  block: Block,
  omissions: Omissions,
  pace: Pace,
): AsyncGenerator<Line | 'selection lost'> {
  for (const part of block.damaged) omissions.add(part);
  const { sessionId } = block;
  const session = block.session && bare({ ...block.session });
  const lost = new LostEntries();
  const entries = await entriesWithMedia(block, pace);
  const candidates = await readable(block.snapshots, entries, block, pace);
  if (candidates.length > 0) {
    const metadata = session?.metadata && (yield* encoded(session.metadata, 0, 'metadata', pace));
    if (metadata && 'why' in metadata) {
      omissions.add({ sessionId, ...metadata.why });
      yield { type: 'dropped' };
    }
    yield sessionLine(
      { ...block, session },
      candidates,
      metadata && 'encoded' in metadata ? metadata.encoded : undefined,
    );
  }
  for (const entry of candidates.length > 0 ? entries : []) {
    const { log, at, media } = entry;
    const outcome = yield* encoded(entry.value, 0, undefined, pace);
    if ('encoded' in outcome) {
      yield { type: 'entry', log, at, value: outcome.encoded, ...(media.length > 0 && { media }) };
    } else {
      lost.add(log, at, outcome.why);
      yield { type: 'dropped' };
    }
  }
  const left = lost.size > 0 ? entries.filter(({ log, at }) => !lost.within(log, at, 1)) : entries;
  const whole = lost.size > 0 ? await readable(candidates, left, block, pace) : candidates;
  const written = new Set<SnapshotRow>();
  const reasons = new Map<SnapshotRow, Why>();
  for (const { row } of whole) {
    const why = yield* snapshotLine(row, block, pace);
    if (why) reasons.set(row, why);
    else written.add(row);
  }
  for (const { row } of block.snapshots) {
    await pace.step();
    if (written.has(row)) continue;
    const why = reasons.get(row) ?? lost.of(row, block.renumber);
    omissions.add({ sessionId, snapshotId: row.id, ...why });
    if (row.id === session?.selected && candidates.some((each) => each.row === row)) yield 'selection lost';
  }
}

/** The entries that could not be encoded, and why. */
class LostEntries {
  size = 0;
  readonly #byLog = new Map<number, { at: number; why: Why }[]>();

  /** Has to be called in order of position. */
  add(log: number, at: number, why: Why): void {
    this.size++;
    addTo(this.#byLog, log, { at, why });
  }

  within(log: number, from: number, count: number): { at: number; why: Why } | undefined {
    const lost = this.#byLog.get(log) ?? [];
    const first = lost[firstIndex(lost, ({ at }) => at >= from)];
    return first && first.at < from + count ? first : undefined;
  }

  /** The reason of the first lost entry that a snapshot refers to, with its path in the snapshot. */
  of({ state }: SnapshotRow, renumber: Block['renumber']): Why | undefined {
    for (const [key, kind, content] of state?.fields ?? []) {
      const spans = kind === 'value' ? [] : renumber(content);
      let before = 0;
      for (const [log, from, count] of spansIn(spans)) {
        const lost = this.within(log, from, count);
        if (lost) {
          const { reason, path = '' } = lost.why;
          if (reason === undefined) return lost.why;
          const index = kind === 'one' ? [] : [before + lost.at - from];
          // A linked entry is stored as [element, ...links], so the first step is dropped.
          const inside = kind === 'linked' ? path.replace(/^0\.?/, '') : path;
          return { path: ['state', key, ...index, inside].filter((part) => part !== '').join('.'), reason };
        }
        before += count;
      }
    }
    return undefined;
  }
}

/** The entries, without those that refer to missing media. */
async function entriesWithMedia(block: Block, pace: Pace): Promise<StoredEntry[]> {
  const present = await coverageOf(block.entries, pace);
  const whole: StoredEntry[] = [];
  for (const entry of block.entries) {
    await pace.step();
    let hasAll = true;
    for (const [, log, at] of entry.media) {
      await pace.step();
      hasAll &&= present.has(log, at, 1);
    }
    if (hasAll) whole.push(entry);
  }
  return whole;
}

async function coverageOf(entries: readonly StoredEntry[], pace: Pace): Promise<Coverage> {
  const coverage = new Coverage();
  for (const entry of entries) {
    await pace.step();
    coverage.add(entry);
  }
  return coverage;
}

async function readable(
  snapshots: Block['snapshots'],
  entries: readonly StoredEntry[],
  block: Block,
  pace: Pace,
): Promise<Block['snapshots']> {
  const coverage = await coverageOf(entries, pace);
  const whole: Block['snapshots'] = [];
  for (const snapshot of snapshots) {
    await pace.step();
    let hasAll = true;
    for (const spans of snapshot.spans) {
      hasAll &&= await pace.run(coverage.hasAll(block.renumber(spans)));
    }
    if (hasAll) whole.push(snapshot);
  }
  return whole;
}

function sessionLine(
  { session, sessionId }: Block,
  snapshots: Block['snapshots'],
  metadata: EncodedValue | undefined,
): Line {
  const times = snapshots.map(({ row }) => row.createdMs);
  const selected = session?.selected;
  const first = times.reduce((a, b) => Math.min(a, b));
  const last = times.reduce((a, b) => Math.max(a, b));
  return {
    type: 'session',
    sessionId: sessionId ?? null,
    ...(session?.title !== undefined && { title: session.title }),
    ...(metadata && { metadata }),
    createdAt: new Date(session?.createdMs ?? first).toISOString(),
    updatedAt: new Date(session?.updatedMs ?? last).toISOString(),
    ...(snapshots.some(({ row }) => row.id === selected) && { selectedSnapshotId: selected }),
  };
}

/** A snapshot's line with its parts; or why there is none. */
async function* snapshotLine(
  { id, info, state }: SnapshotRow,
  block: Block,
  pace: Pace,
): AsyncGenerator<Line, Why | undefined> {
  const fields: FieldLine[] = [];
  let parts = 0;
  const take = (outcome: { encoded: EncodedValue }) => {
    if ('parts' in outcome.encoded) parts++;
    return outcome.encoded;
  };
  const head = yield* encoded(info, parts, undefined, pace);
  if ('why' in head) {
    yield { type: 'dropped' };
    return head.why;
  }
  const value = take(head);
  for (const [key, kind, content] of state?.fields ?? []) {
    await pace.step();
    if (kind !== 'value') {
      fields.push([key, kind, block.renumber(content)]);
      continue;
    }
    const outcome = yield* encoded(content, parts, `state.${key}`, pace);
    if ('why' in outcome) {
      yield { type: 'dropped' };
      return outcome.why;
    }
    fields.push([key, kind, take(outcome)]);
  }
  yield {
    type: 'snapshot',
    snapshotId: id,
    info: value,
    ...(state !== undefined && { fields: state && fields }),
  };
  return undefined;
}

/** The part lines of a value, and the encoded value. */
async function* encoded(
  value: unknown,
  number: number,
  where: string | undefined,
  pace: Pace,
): AsyncGenerator<PartLine, Outcome> {
  try {
    return { encoded: yield* encodeValue(value, number, pace) };
  } catch (error) {
    if (error instanceof Unfit) {
      const path = [...(where === undefined ? [] : [where]), ...error.path].join('.');
      return { why: { ...(path !== '' && { path }), reason: error.message } };
    }
    // Rethrows aborts and the store's errors; other errors mean that the browser has lost the file behind a blob.
    if (error instanceof SessionStoreError || pace.signal?.aborted) throw error;
    return { why: {} };
  }
}

/** How many parts an error's message names. */
const MOST_NAMED = 3;

/** What an export left out. Each is reported to `onDamaged`; without it, the export fails at the end. */
export class Omissions {
  readonly all: DamagedPart[] = [];

  constructor(readonly tell: ((part: DamagedPart) => void) | undefined) {}

  add(part: DamagedPart): void {
    this.all.push(part);
    if (this.tell) callSafely(this.tell, part);
  }

  /** Throws for what was left out, unless it was reported: an incomplete file must not look complete. */
  requireNone(): void {
    const { all, tell } = this;
    if (all.length === 0 || tell) return;
    const names = all.slice(0, MOST_NAMED).map(nameOf).join('; ');
    const more = all.length > MOST_NAMED ? `; and ${all.length - MOST_NAMED} more` : '';
    const isLoss = all.some(({ reason }) => reason === undefined);
    const error = new SessionStoreError(
      isLoss ? 'DATA_LOSS' : 'FAILED_PRECONDITION',
      `the export lacks ${names}${more}. Everything else was exported. Pass onDamaged to be told of each and to get a complete file, or delete them`,
      all[0]!.path ?? all[0]!.snapshotId ?? all[0]!.sessionId,
    );
    const failed: SessionExportError = Object.assign(error, { damaged: all });
    throw failed;
  }
}

function nameOf({ sessionId, snapshotId, path, reason = 'cannot be read' }: DamagedPart): string {
  const snapshot = snapshotId === undefined ? '' : `snapshot "${snapshotId}"`;
  const session = sessionId === undefined ? '' : `session "${sessionId}"`;
  const whole = snapshot && session ? `${snapshot} of ${session}` : snapshot || session;
  return `${whole} (${path === undefined ? '' : `${path} `}${reason})`;
}
