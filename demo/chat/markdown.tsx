import { lazy, memo, Suspense } from 'react';

interface MarkdownProps {
  text: string;
}

/** What renders it is fetched with the first answer. Where that fails, the text can be read all the same. */
const Rendered = lazy(() => import('./markdown/rendered.js').catch(() => ({ default: Plain })));

/** What a model wrote. It may be called with more of the same text as often as the page is drawn. */
export const Markdown = memo(({ text }: MarkdownProps) => (
  <Suspense fallback={<Plain text={text} />}>
    <Rendered text={text} />
  </Suspense>
));

function Plain({ text }: MarkdownProps) {
  return <div className="markdown plain">{text}</div>;
}
