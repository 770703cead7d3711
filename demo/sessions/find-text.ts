import { cutAt } from '../app/cut.js';

/** Where something was found, and what stands around it. */
export interface Found {
  before: string;
  match: string;
  after: string;
}

const BEFORE = 32;
const AFTER = 96;

/** What to look for: the words in this order, whatever white space is between them, in upper or lower case. */
export function needleOf(query: string): RegExp {
  const words = query.trim().split(/\s+/);
  return new RegExp(words.map((word) => word.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('\\s+'), 'iu');
}

export function findText(text: string, needle: RegExp): Found | undefined {
  const found = needle.exec(text);
  if (!found) return undefined;
  const [match] = found;
  const end = found.index + match.length;
  const start = cutAt(text, Math.max(0, found.index - BEFORE));
  const last = cutAt(text, end + AFTER);
  return {
    before:
      start > 0 ? text.slice(start, found.index).replace(/^\S*\s+(?=\S)/, '…') : text.slice(0, found.index),
    match,
    after: text.slice(end, last) + (text.length > last ? '…' : ''),
  };
}
