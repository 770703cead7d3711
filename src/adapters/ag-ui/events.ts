import type { BaseEvent } from '@ag-ui/client';

/** The events that are pieces of one text, and the id of that text. */
const PIECES: Record<string, string> = {
  TEXT_MESSAGE_CONTENT: 'messageId',
  REASONING_MESSAGE_CONTENT: 'messageId',
  TOOL_CALL_ARGS: 'toolCallId',
};

/** What a piece may have; others say something of their own. */
const PLAIN = new Set(['type', 'delta', 'messageId', 'toolCallId', 'timestamp']);

/** Adds an event to a list; a piece that follows one of the same text is joined with that. */
export function addEvent(events: BaseEvent[], event: BaseEvent): void {
  const last: Record<string, unknown> | undefined = events.at(-1);
  const next: Record<string, unknown> = event;
  const id = PIECES[event.type];
  const isSame = id !== undefined && last?.['type'] === event.type && last[id] === next[id];
  if (last && isSame && isPlain(last) && isPlain(next)) {
    const delta = `${String(last['delta'])}${String(next['delta'])}`;
    events[events.length - 1] = Object.assign({}, event, { delta });
  } else events.push(event);
}

const isPlain = (piece: object) => Object.keys(piece).every((key) => PLAIN.has(key));
