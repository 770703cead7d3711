import type { TranscriptMessage } from './store.js';

type Parts = Pick<TranscriptMessage, 'parts'>;

/** The parts of an answer that only grow, in the terms of the AI SDK and TanStack AI. */
interface Part {
  type?: unknown;
  text?: unknown;
  content?: unknown;
  id?: unknown;
  toolCallId?: unknown;
  url?: unknown;
}

/**
 * Whether an answer may be a later version of one with the same id, while it streams and when its tools are done. Some
 * servers give all answers one id, so it must begin with the same text, tool calls and files; everything else may
 * change.
 */
export function isGrown(later: Parts, earlier: Parts): boolean {
  const calls = new Set(callsOf(later));
  return textOf(later).startsWith(textOf(earlier)) && callsOf(earlier).every((call) => calls.has(call));
}

const partsOf = ({ parts }: Parts) =>
  parts.filter((part) => typeof part === 'object' && part !== null) as Part[];

const textOf = (message: Parts): string =>
  partsOf(message)
    .map(({ type, text, content }) =>
      [text, content].find((said) => type === 'text' && typeof said === 'string'),
    )
    .join('');

const callsOf = (message: Parts): unknown[] =>
  partsOf(message)
    .map(({ type, id, toolCallId, url }) => toolCallId ?? (type === 'tool-call' ? id : url))
    .filter((call) => call !== undefined);
