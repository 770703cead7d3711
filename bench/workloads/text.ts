/** The same numbers from 0 to 1 for the same seed, on every machine (mulberry32). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const syllables =
  'ka le mi no pu ra se ti vo zu an ber cor dan est fi gra hol ing jor ment sho tra ver'.split(' ');
const next = random(1);
const pick = () => syllables[Math.floor(next() * syllables.length)]!;
const vocabulary = Array.from({ length: 8000 }, () =>
  Array.from({ length: 1 + Math.floor(next() * 3.5) }, pick).join(''),
);

/** Prose of about `length` bytes. A few words are common and most are rare, so it compresses like prose. */
export function prose(length: number, seed: number): string {
  const next = random(seed);
  let text = '';
  while (text.length < length) text += `${vocabulary[Math.floor(next() ** 1.5 * vocabulary.length)]!} `;
  return text;
}
