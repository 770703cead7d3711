import { spansIn } from '../database/spans.js';
import type { Spans, StoredState } from '../database/schema.js';
import type { LoadedState } from '../logs/state.js';
import { ownOf } from '../values/schema.js';

/** How many graphemes a preview has at most. */
const LENGTH = 80;

/** How much text is looked at: what is longer is cut there. */
const MOST_UNITS = 4000;

/** How many messages are looked at, from the last one back. */
const MOST_MESSAGES = 100;

const MESSAGES = 'messages';

/** How many messages a stored state has. */
export function countMessages(state: StoredState | null | undefined): number {
  const field = state?.fields.find(([key]) => key === MESSAGES);
  if (!field) return 0;
  const [, kind, content] = field;
  if (kind === 'value') return Array.isArray(content) ? content.length : 0;
  return Array.from(spansIn(content), ([, , count]) => count).reduce((sum, count) => sum + count, 0);
}

/** The beginning of the last text of a state's messages; `undefined` if none of the last ones has any. */
export function previewOf(state: LoadedState | null | undefined): string | undefined {
  const field = state?.fields.find(({ key }) => key === MESSAGES);
  if (!field) return undefined;
  if (field.kind === 'value') return lastTextIn(field.value);
  const { entries } = field.sequence;
  return lastText(entries.length, (index) => bareOf(field.kind, entries[index]!.value));
}

/** The same for a state of which `find` knows the entries. */
export function previewIn(
  state: StoredState | null | undefined,
  find: (log: number, at: number) => unknown,
): string | undefined {
  const field = state?.fields.find(([key]) => key === MESSAGES);
  if (!field) return undefined;
  const [, kind, content] = field;
  if (kind === 'value') return lastTextIn(content);
  const last = lastOf(content);
  return lastText(last.length, (index) => bareOf(kind, find(...last[index]!)));
}

function lastOf(spans: Spans): [log: number, at: number][] {
  const places: [number, number][] = [];
  for (const [log, from, count] of [...spansIn(spans.slice(-3 * MOST_MESSAGES))].reverse())
    for (let at = from + count - 1; at >= from && places.length < MOST_MESSAGES; at--)
      places.unshift([log, at]);
  return places;
}

/** The message of an entry, without what it has of others. */
const bareOf = (kind: string, value: unknown): unknown =>
  kind === 'linked' ? Array.isArray(value) && value[0] : value;

const lastTextIn = (value: unknown) =>
  Array.isArray(value) ? lastText(value.length, (index) => value[index]) : undefined;

function lastText(length: number, messageAt: (index: number) => unknown): string | undefined {
  for (let index = length - 1; index >= 0 && index >= length - MOST_MESSAGES; index--) {
    const text = textOf(messageAt(index)).replace(/\s+/g, ' ').trim();
    if (text !== '') return beginning(text);
  }
  return undefined;
}

/** The text of a message, or as much as a preview can show. */
function textOf(message: unknown): string {
  const content = ownOf(Object(message), 'content');
  let text = '';
  for (const part of Array.isArray(content) ? content : []) {
    const own = ownOf(Object(part), 'text');
    if (typeof own === 'string') text += own.slice(0, MOST_UNITS);
    if (text.length >= MOST_UNITS) break;
  }
  return text.slice(0, MOST_UNITS);
}

/** Never ends amid a character. */
function beginning(text: string): string {
  // Finding characters takes longer than all else here; in plain ASCII each is one unit.
  if (/^[ -~]*$/.test(text.slice(0, LENGTH + 1))) return text.slice(0, LENGTH);
  let length = 0;
  let count = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (count === LENGTH) break;
    // The last character may have been cut.
    if (count > 0 && length + segment.length === MOST_UNITS) break;
    count++;
    length += segment.length;
  }
  return text.slice(0, length);
}
