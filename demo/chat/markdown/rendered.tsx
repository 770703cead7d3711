import { memo, useLayoutEffect, useRef } from 'react';
import { blocksOf, definitionsOf, type Block } from './blocks.js';
import { renderMarkdown } from './render.js';

/** Markdown with everything that it needs; loaded when there is something to render. */
export default function Rendered({ text }: { text: string }) {
  const blocks = useBlocks(text);
  const definitions = definitionsOf(blocks);
  return (
    <div className="markdown">
      {blocks.map(({ at, type, raw }) =>
        type === 'space' || type === 'def' ? null : (
          <RenderedBlock key={at} source={raw.includes('[') ? `${definitions}\n\n${raw}` : raw} />
        ),
      )}
    </div>
  );
}

function useBlocks(text: string): readonly Block[] {
  const read = useRef<{ text: string; blocks: readonly Block[] }>(undefined);
  if (read.current?.text !== text) read.current = { text, blocks: blocksOf(text, read.current?.blocks) };
  return read.current.blocks;
}

const RenderedBlock = memo(({ source }: { source: string }) => {
  const place = useRef<HTMLDivElement>(null);
  // As nodes: HTML that is written out and read again may turn into something that nobody has looked at.
  useLayoutEffect(() => place.current!.replaceChildren(renderMarkdown(source)), [source]);
  return <div ref={place} dir="auto" />;
});
