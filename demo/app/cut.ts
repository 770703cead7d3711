// Firefox has none before 125.
const characters = 'Segmenter' in Intl ? new Intl.Segmenter() : undefined;

/** The last place up to `at` where a text can be cut without taking apart what is read as one character. */
export function cutAt(text: string, at: number): number {
  if (at >= text.length) return text.length;
  const start = characters?.segment(text).containing(at)?.index;
  if (start) return start;
  return /^[\ud800-\udbff][\udc00-\udfff]/.test(text.slice(Math.max(0, at - 1), at + 1)) ? at - 1 : at;
}

/** At most so much of the beginning of a text. */
export const beginningOf = (text: string, most: number): string => text.slice(0, cutAt(text, most));
