import { Lexer } from 'marked';

/** A paragraph, a list, a table, …: what can be rendered by itself. */
export interface Block {
  /** Where in the text it begins, which nothing that is written later changes. */
  at: number;
  type: string;
  raw: string;
}

/**
 * The blocks of a text. `before` are those of an earlier version of it: what is finished there is not read again,
 * so that an answer that is being written costs as much as what is new of it.
 */
export function blocksOf(source: string, before: readonly Block[] = []): readonly Block[] {
  const text = source.replaceAll(/\r\n?/g, '\n');
  const finished = before.slice(0, countFinished(before));
  const head = finished.map(({ raw }) => raw).join('');
  const kept = text.startsWith(head) ? finished : [];
  const rest = kept.length > 0 ? text.slice(head.length) : text;
  let at = text.length - rest.length;
  const read = new Lexer().blockTokens(rest).map(({ type, raw }) => {
    const block = { at, type, raw };
    at += raw.length;
    return block;
  });
  return [...kept, ...read];
}

/**
 * Whatever is written next belongs to the last block, to one that no blank line separates from it, or to the list
 * before it: what begins as "2" may become the list's second item.
 */
function countFinished(blocks: readonly Block[]): number {
  let count = blocks.findLastIndex(({ type }) => type !== 'space');
  while (count > 0) {
    const isApart = blocks[count - 1]!.type === 'space' || blocks[count - 1]!.raw.endsWith('\n\n');
    const before = blocks.slice(0, count).findLastIndex(({ type }) => type !== 'space');
    if (isApart && blocks[before]?.type !== 'list') break;
    count = isApart ? before : count - 1;
  }
  return Math.max(count, 0);
}

/** Where links of the form `[text][name]` lead, which may be said in another block than they are. */
export const definitionsOf = (blocks: readonly Block[]): string =>
  blocks
    .filter(({ type }) => type === 'def')
    .map(({ raw }) => raw.trim())
    .join('\n');
