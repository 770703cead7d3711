import type { Steps } from '../database/pace.js';

const MARKS = /\p{M}+/gu;

/** Whatever is more than ASCII and Chinese characters, which fold by themselves. */
const OTHERS = /[^\0-\x7f\u4e00-\u9fff]+/g;

/** What short pieces are folded to: mostly punctuation, met again and again. */
const known = new Map<string, string>();
const MOST_KNOWN = 1000;

/**
 * A text as it is compared: NFKC, case folding, without combining marks. What is ASCII or Chinese borders on nothing
 * with which it could combine, but for marks, which go.
 */
export const fold = (text: string): string => text.replace(OTHERS, foldOthers).toLowerCase();

function foldOthers(text: string): string {
  const before = known.get(text);
  if (before !== undefined) return before;
  const bare = text.normalize('NFKD').replace(MARKS, '');
  // Uppercase on the way makes "ss" of "ß", and the lowercase before it a "ß" of "ẞ". Composed again, so that a Korean
  // syllable does not contain another one.
  const folded = bare.toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ').normalize('NFC');
  if (text.length <= 4 && known.size < MOST_KNOWN) known.set(text, folded);
  return folded;
}

/** A folded text, and for each unit of it where in the original it comes from. */
export interface FoldedText {
  text: string;
  from: number[];
  to: number[];
}

/** Parts of a Korean syllable that may continue one. */
const INNER = String.raw`\u1160-\u11ff\ud7b0-\ud7fb\u3133\u3135\u3136\u313a-\u3140\u3144\u314f-\u318e\uffa3-\uffb0\uffb4\uffc2-\uffdc`;
/** What is folded by itself: a character with its marks, or a Korean syllable written in parts. */
const PIECE = new RegExp(String.raw`[^][\p{M}${INNER}]*`, 'gu');

/** The same with the way back, several times slower. */
export function foldWithOrigins(original: string, offset = 0): FoldedText {
  let text = '';
  const [from, to]: [number[], number[]] = [[], []];
  for (const { 0: piece, index } of original.matchAll(PIECE)) {
    const folded = fold(piece);
    text += folded;
    for (let unit = 0; unit < folded.length; unit++) {
      from.push(offset + index);
      to.push(offset + index + piece.length);
    }
  }
  return { text, from, to };
}

/** How much text is folded at once, in UTF-16 units. */
const SLICE = 16 * 1024;

/** Characters before which a text can be cut without changing how either part is folded. */
const CAN_BEGIN = /[\0-\u02ff\u3000-\u3029\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3]/;

/** Cuts a text so that the folded slices in a row are the folded text. */
export function* slicesOf(text: string): Generator<[from: number, to: number]> {
  let from = 0;
  while (text.length - from > SLICE) {
    let to = from + SLICE;
    while (to > from && !CAN_BEGIN.test(text[to]!)) to--;
    // Nobody writes so long without such a character; but a pair of surrogates stays together.
    if (to === from) to = from + SLICE - (/[\ud800-\udbff]/.test(text[from + SLICE - 1]!) ? 1 : 0);
    yield [from, to];
    from = to;
  }
  yield [from, text.length];
}

/** Folds a text slice by slice, each with so much of the one before that no match of `length` units is cut. */
export function* foldedSlices(
  text: string,
  length: number,
): Generator<{ folded: string; from: number; to: number }> {
  let tail = '';
  for (const [from, to] of slicesOf(text)) {
    const folded = tail + fold(text.length > SLICE ? text.slice(from, to) : text);
    yield { folded, from, to };
    tail = length > 1 ? folded.slice(1 - length) : '';
  }
}

/** The words of a query, folded, each once. */
export const wordsOf = (query: string): string[] => [...new Set(fold(query).split(/\s+/).filter(Boolean))];

/** Whether a text contains all words. */
export function* containsAll(text: string, words: readonly string[]): Steps<boolean> {
  let missing = words;
  const longest = words.reduce((most, { length }) => Math.max(most, length), 0);
  for (const { folded } of foldedSlices(text, longest)) {
    missing = missing.filter((word) => !folded.includes(word));
    if (missing.length === 0) return true;
    if (text.length > SLICE) yield;
  }
  return false;
}
