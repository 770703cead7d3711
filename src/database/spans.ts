import { type Steps, UNITS } from './pace.js';
import type { SnapshotRow, Spans } from './schema.js';

/** Goes through spans, which are stored flat. */
export function* spansIn(spans: Spans): Generator<[log: number, from: number, count: number], void, void> {
  for (let i = 0; i < spans.length; i += 3) yield [spans[i]!, spans[i + 1]!, spans[i + 2]!];
}

/** The spans of everything that a snapshot reaches. */
export function spansOf({ state }: SnapshotRow): Spans[] {
  if (!state) return [];
  const spans = state.fields.flatMap(([, kind, content]) => (kind === 'value' ? [] : [content]));
  return [...spans, state.media];
}

export function* spansOfAll(rows: Iterable<SnapshotRow>): Generator<Spans> {
  for (const row of rows) yield* spansOf(row);
}

/** The logs that a snapshot reaches, a medium's included. */
export const logsOf = (row: SnapshotRow): Set<number> =>
  new Set(spansOf(row).flatMap((spans) => Array.from(spansIn(spans), ([log]) => log)));

/** Spans of the same positions in logs of other numbers. */
export function* renumbering(spans: Spans, numberOf: (log: number) => number): Steps<Spans> {
  const result: Spans = [];
  for (const [log, from, count] of spansIn(spans)) {
    if (result.push(numberOf(log), from, count) % (3 * UNITS) === 0) yield;
  }
  return result;
}
