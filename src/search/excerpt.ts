import type { Steps } from '../database/pace.js';
import type { Hit } from '../types/search.js';
import { foldedSlices, foldWithOrigins, type FoldedText } from './fold.js';

/** The length of an excerpt, and how much of it precedes the first word, in UTF-16 units; longer if a word is. */
const LENGTH = 160;
const LEAD = 40;

/** How many places of words are looked at to choose an excerpt. */
const MOST_PLACES = 200;

interface Place {
  word: string;
  from: number;
  to: number;
}

/** An excerpt that shows as many words as possible; the text contains all of them. */
export function* excerptOf(text: string, words: readonly string[]): Steps<Hit['excerpt']> {
  const longest = words.reduce((most, { length }) => Math.max(most, length), 0);
  const slices: [from: number, to: number][] = [];
  let isFound = false;
  for (const { folded, from, to } of foldedSlices(text, longest)) {
    slices.push([from, to]);
    // One more, since the excerpt may reach into it.
    if (isFound) break;
    isFound = words.some((word) => folded.includes(word));
    yield;
  }
  let places: Place[] = [];
  // A word that is full of marks may begin in an earlier slice.
  for (const first of [Math.max(0, slices.length - 3), 0]) {
    if (places.length > 0) break;
    const [from, to] = [slices[first]![0], slices.at(-1)![1]];
    places = placesIn(foldWithOrigins(text.slice(from, to), from), words);
    yield;
  }
  return cutOut(text, places);
}

function placesIn({ text, from, to }: FoldedText, words: readonly string[]): Place[] {
  const places: Place[] = [];
  for (const word of words) {
    let at = text.indexOf(word);
    for (let count = 0; at >= 0 && count < MOST_PLACES; count++) {
      places.push({ word, from: from[at]!, to: to[at + word.length - 1]! });
      at = text.indexOf(word, at + word.length);
    }
  }
  return places.sort((a, b) => a.from - b.from || b.to - a.to);
}

function cutOut(text: string, places: readonly Place[]): Hit['excerpt'] {
  const first = richest(places) ?? { from: 0, to: 0 };
  const wanted = Math.max(0, first.from - LEAD);
  const [from, to] = wholeGraphemes(text, wanted, Math.max(first.to, Math.min(text.length, wanted + LENGTH)));
  const ranges: [number, number][] = [];
  for (const place of places) {
    if (place.from < from || place.to > to) continue;
    const last = ranges.at(-1);
    if (last && place.from - from < last[1]) last[1] = Math.max(last[1], place.to - from);
    else ranges.push([place.from - from, place.to - from]);
  }
  return { text: text.slice(from, to), ranges };
}

/** The place from which an excerpt shows most words; the first of several. */
function richest(places: readonly Place[]): Place | undefined {
  const shown = new Map<string, number>();
  let [best, most, next] = [places[0], 0, 0];
  for (const place of places) {
    for (; next < places.length && places[next]!.to <= place.from + LENGTH - LEAD; next++) {
      const { word } = places[next]!;
      shown.set(word, (shown.get(word) ?? 0) + 1);
    }
    if (shown.size > most) [best, most] = [place, shown.size];
    const left = (shown.get(place.word) ?? 0) - 1;
    if (left > 0) shown.set(place.word, left);
    else shown.delete(place.word);
  }
  return best;
}

/** No character of several units is longer than this, apart from what is made to be. */
const MARGIN = 64;

/** Extends a piece of a text so that no emoji and no accented letter is cut. */
function wholeGraphemes(text: string, from: number, to: number): [from: number, to: number] {
  const start = Math.max(0, from - MARGIN);
  const around = text.slice(start, to + MARGIN);
  const isPair = (at: number) => /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(at - 1, at + 1));
  if (typeof Intl !== 'object' || !Intl.Segmenter) {
    return [isPair(from) ? from - 1 : from, isPair(to) ? to + 1 : to];
  }
  const graphemes = new Intl.Segmenter().segment(around);
  const before = from === 0 ? 0 : start + graphemes.containing(from - start)!.index;
  const last = to < text.length ? graphemes.containing(to - start) : undefined;
  const isCut = last && start + last.index < to;
  return [before, isCut ? start + last.index + last.segment.length : to];
}
