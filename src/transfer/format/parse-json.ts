import type { Pace, Steps } from '../../database/pace.js';
import { invalid } from '../../values/arguments.js';
import { MOST_DEEP } from './lines.js';

/** The nesting of a line around its values. */
const WRAPPED = 8;

/** How many bytes are scanned between pauses; one less than a power of two. */
const MANY = 2 ** 16 - 1;

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = Array.from('"\\[]{}', (sign) =>
  sign.charCodeAt(0),
);

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Parses untrusted JSON. The nesting is measured first, since `JSON.parse` could overflow the stack. */
export async function parseJson(bytes: Uint8Array, where: string, pace: Pace): Promise<unknown> {
  if ((await pace.run(depthOf(bytes))) > MOST_DEEP + WRAPPED) {
    throw invalid(where, `is nested more than ${MOST_DEEP} levels deep`);
  }
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch (cause) {
    throw invalid(where, 'is not JSON in UTF-8', cause);
  }
}

function* depthOf(bytes: Uint8Array): Steps<number> {
  let depth = 0;
  let deepest = 0;
  let isText = false;
  for (let i = 0; i < bytes.length; i++) {
    if ((i & MANY) === 0) yield;
    const byte = bytes[i];
    if (isText) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) isText = false;
    } else if (byte === QUOTE) {
      isText = true;
    } else if (byte === OPEN || byte === OPEN_LIST) {
      depth++;
      if (depth > deepest) deepest = depth;
    } else if (byte === CLOSE || byte === CLOSE_LIST) {
      depth--;
    }
  }
  return deepest;
}
