import type { SnapshotRow, Spans, StoredField } from '../../database/schema.js';
import { spansIn, spansOf } from '../../database/spans.js';
import { jsonOf } from '../../platform/json.js';
import { merged, runsByLog } from '../../logs/runs.js';
import { instantOf } from '../../values/schema.js';
import { isPendingStatus, type PushLine, type SnapshotLine, type WireSpans } from '../protocol/index.js';
import { digestOf, encode, encodeField, textOf } from './body.js';
import type { EntryItem, FieldItem, Item, Sent, SnapshotContent, WireField } from './items.js';

/** Makes a line of an item, and what `accept` has to know of it. */
export async function lineOf(item: Item, now: number): Promise<{ line: PushLine; sent: Sent }> {
  switch (item.kind) {
    case 'session': {
      const { kind: _, noted: __, fields, ...line } = item;
      const edits = await fieldEdits(fields, now);
      const hasEdits = Object.keys(edits).length > 0;
      return { line: { op: 'session', ...line, ...(hasEdits && { fields: edits }) }, sent: item };
    }
    case 'entries': {
      const { kind, incarnation, log, wire, at, entries } = item;
      const bodies: string[] = [];
      for (const entry of entries) bodies.push(await entryText(entry));
      const digests = await Promise.all(bodies.map(digestOf));
      return {
        line: { op: 'entries', incarnation, log: wire, at, digests, bodies },
        sent: { kind, incarnation, log, at, count: entries.length },
      };
    }
    case 'snapshot':
      return snapshotLine(item, now);
    case 'delete-session': {
      const { incarnation, session, saw } = item;
      return { line: { op: item.kind, incarnation, session, ...(saw > 0 && { saw }) }, sent: item };
    }
  }
  const { incarnation, id, saw } = item;
  return { line: { op: item.kind, incarnation, id, saw }, sent: item };
}

async function fieldEdits(fields: Record<string, FieldItem>, now: number) {
  const edits: Record<string, { value?: unknown; saw: number; age: number }> = {};
  for (const [name, { value, saw, at }] of Object.entries(fields))
    edits[name] = {
      ...(value !== undefined && { value: await encodeField(value) }),
      saw,
      age: Math.max(0, now - at),
    };
  return edits;
}

/** The text of an entry. Its digest is the same on every device. */
export const entryText = async ({ value, media }: EntryItem): Promise<string> =>
  textOf([await encode(value), ...(media.length > 0 ? [media] : [])]);

async function snapshotLine(
  { incarnation, session, noted, saw, row, wires }: Extract<Item, { kind: 'snapshot' }>,
  now: number,
): Promise<{ line: SnapshotLine; sent: Sent }> {
  const { id, info } = row;
  const { parentId: parent, status, heartbeatAt } = info as Record<string, string | undefined>;
  const isPending = isPendingStatus(status);
  const body = textOf(await encode(contentOf(row, session, wires, isPending)));
  const beat = isPending && heartbeatAt !== undefined ? now - Date.parse(heartbeatAt) : NaN;
  const line = {
    op: 'snapshot' as const,
    incarnation,
    id,
    ...(parent !== undefined && { parent }),
    // As it was saved, whatever it is ordered by here.
    createdMs: instantOf(info.createdAt),
    ...(status !== undefined && { status }),
    spans: isPending ? [] : reachOf(row, wires),
    body,
  };
  const digest = await digestOf(jsonOf(line));
  return {
    line: { ...line, saw, digest, ...(beat >= 0 && { beat }) },
    sent: { kind: 'snapshot', incarnation, session, id, noted, digest, isPending },
  };
}

/** All that a state reaches, in an order that is the same on every device. */
function reachOf(row: SnapshotRow, wires: ReadonlyMap<number, string>): WireSpans {
  const runs = [...runsByLog(spansOf(row))].map(([log, runs]) => [wires.get(log)!, merged(runs)] as const);
  runs.sort(([a], [b]) => (a < b ? -1 : 1));
  return runs.flatMap(([wire, all]) => all.flatMap(([from, to]) => [wire, from, to - from]));
}

/** How the row travels. The session's id may be another elsewhere, so only where it stands is told. */
export function contentOf(
  { info, state }: SnapshotRow,
  session: string,
  wires: ReadonlyMap<number, string>,
  isBare: boolean,
): SnapshotContent {
  const isOwn = ([key, kind, content]: StoredField) =>
    key === 'sessionId' && kind === 'value' && content === session;
  const names: SnapshotContent['names'] = [
    info.sessionId === session,
    !isBare && !!state?.fields.some(isOwn),
  ];
  // In their places, since the order of keys is part of what was saved.
  const rest = {
    ...info,
    ...(names[0] && { sessionId: null }),
    ...(info.parentId !== undefined && { parentId: null }),
  };
  const content: SnapshotContent = { info: rest, names };
  if (isBare || state === undefined) return content;
  const wire = (spans: Spans): WireSpans =>
    Array.from(spansIn(spans), ([log, from, count]) => [wires.get(log)!, from, count]).flat();
  content.fields =
    state &&
    state.fields.map((field): WireField => {
      const [key, kind, value] = field;
      if (kind === 'value') return [key, kind, isOwn(field) ? null : value];
      return [key, kind, wire(value)];
    });
  return content;
}
