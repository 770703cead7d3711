import DOMPurify, { type Config } from 'dompurify';
import { Marked } from 'marked';
import { withBareTags } from './bare-tags.js';
import { finish } from './finish.js';

/** Of these, none is an address. */
const PLAIN_ATTRIBUTES = 'alt title start align colspan rowspan data-language'.split(' ');

const ALLOWED_ATTRIBUTES = new Set(['href', 'src', ...PLAIN_ATTRIBUTES]);

const marked = new Marked({
  renderer: {
    html: ({ text }) => withBareTags(text, ALLOWED_ATTRIBUTES),
    // Nothing of a model may be a control, not even one that does nothing.
    checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
    code({ text, lang }) {
      const language = lang?.match(/^[\w+#.-]+/)?.[0] ?? '';
      return `<pre data-language="${language}"><code>${escaped(text)}</code></pre>`;
    },
  },
});

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const BLOCKS = 'p div blockquote pre ul ol li dl dt dd hr h1 h2 h3 h4 h5 h6 details summary';
const TABLES = 'table caption thead tbody tfoot tr th td';
const PHRASES = 'a img br b strong i em u s del ins mark small sub sup q cite abbr code kbd samp var span';
const RUBY = 'ruby rb rt rp';

const ALLOWED: Config & { RETURN_DOM_FRAGMENT: true } = {
  ALLOWED_TAGS: [BLOCKS, TABLES, PHRASES, RUBY].flatMap((names) => names.split(' ')),
  ALLOWED_ATTR: [...ALLOWED_ATTRIBUTES],
  ADD_URI_SAFE_ATTR: PLAIN_ATTRIBUTES,
  ALLOW_ARIA_ATTR: false,
  ALLOW_DATA_ATTR: false,
  // Images from elsewhere become links before they are in the page, and so before anybody asks for them.
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|blob:)/i,
  RETURN_DOM_FRAGMENT: true,
};

/** What a model wrote, as nodes that can do nothing and ask nobody for anything. */
export function renderMarkdown(source: string): DocumentFragment {
  const html = marked.parse(source, { async: false });
  const fragment = DOMPurify.sanitize(html, ALLOWED);
  finish(fragment);
  return fragment;
}
