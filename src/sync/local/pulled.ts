import type { SnapshotRow } from '../../database/schema.js';
import { Pace } from '../../database/pace.js';
import { measure } from '../../encoding/measure.js';
import { Unfit } from '../../encoding/nodes.js';
import { sizeOf } from '../../logs/media.js';
import type { DeletedSnapshotRow, SessionRowLine, SnapshotRowLine } from '../protocol/index.js';
import { decode } from './body.js';
import type { SnapshotContent } from './items.js';

/** An entry as it came. */
export interface PulledEntry {
  value: unknown;
  media: [path: string[], wire: string, at: number][];
  isPlain: boolean;
  /** Approximate, in bytes. */
  size: number;
}

export interface PulledSnapshot {
  line: SnapshotRowLine;
  content: SnapshotContent;
}

/** What was pulled of a session, decoded. */
export interface Pulled {
  entries: Map<string, Map<number, PulledEntry>>;
  snapshots: PulledSnapshot[];
  deleted: DeletedSnapshotRow[];
  /** Whether it has all bodies, also those that this database has pushed. */
  isWhole: boolean;
}

const MOST_DEEP = 100_000;

/** Decodes lines, which a transaction could not wait for. Throws `Unfit` for what nobody can have sent. */
export async function decodeRows(rows: readonly SessionRowLine[], pace = new Pace()): Promise<Pulled> {
  const pulled: Pulled = { entries: new Map(), snapshots: [], deleted: [], isWhole: true };
  for (const line of rows) {
    if (line.op === 'delete-snapshot') pulled.deleted.push(line);
    else if (line.op === 'snapshot') {
      const content = (await decode(parsed(line.body), pace)) as SnapshotContent;
      pulled.snapshots.push({ line, content });
    } else if (!line.bodies) pulled.isWhole = false;
    else {
      const known = pulled.entries.get(line.log) ?? new Map<number, PulledEntry>();
      pulled.entries.set(line.log, known);
      for (const [index, body] of line.bodies.entries())
        known.set(line.at + index, await decodeEntry(body, pace));
    }
  }
  return pulled;
}

async function decodeEntry(body: unknown, pace: Pace): Promise<PulledEntry> {
  const [encoded, media = []] = parsed(body) as [unknown, PulledEntry['media']?];
  const value = await decode(encoded, pace);
  const { isPlain } = await pace.run(measure(value, MOST_DEEP));
  return { value, media, isPlain, size: sizeOf(value) };
}

function parsed(body: unknown): unknown {
  if (typeof body !== 'string') throw new Unfit('is no text');
  return JSON.parse(body) as unknown;
}

/** The info of a snapshot as it is here, with keys in the order in which they were saved. */
export function infoOf(
  { line, content }: PulledSnapshot,
  sessionId: string,
  heardMs: number,
): SnapshotRow['info'] {
  const info = { ...content.info } as SnapshotRow['info'];
  if (content.names[0]) info.sessionId = sessionId;
  if (line.parent !== undefined) info.parentId = line.parent;
  // By this device's clock, so that its worker's end shows here, too.
  if (line.beat !== undefined) info['heartbeatAt'] = new Date(heardMs - line.beat).toISOString();
  return info;
}
