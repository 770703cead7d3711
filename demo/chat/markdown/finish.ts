import { copyButton } from './copy-button.js';

/** Changes what has been sanitized into what the page shows. The nodes are not in the page yet, and load nothing. */
export function finish(fragment: DocumentFragment): void {
  for (const image of fragment.querySelectorAll('img')) finishImage(image);
  for (const link of fragment.querySelectorAll('a')) finishLink(link);
  for (const heading of fragment.querySelectorAll('h1, h2, h3, h4, h5, h6')) lower(heading);
  for (const table of fragment.querySelectorAll('table')) scroll(table);
  for (const pre of fragment.querySelectorAll('pre')) finishCode(pre);
}

/** An image from elsewhere would tell that place who reads this, and when. */
function finishImage(image: HTMLImageElement): void {
  const address = image.getAttribute('src') ?? '';
  if (/^(?:data:image\/|blob:)/i.test(address)) return;
  const name = image.alt || address || 'Image';
  if (!address || image.closest('a')) image.replaceWith(name);
  else {
    const link = document.createElement('a');
    link.href = address;
    link.textContent = name;
    image.replaceWith(link);
  }
}

function finishLink(link: HTMLAnchorElement): void {
  // What is relative to this page, or to a place in it, was not meant for this page.
  if (!/^(?:https?:|mailto:)/i.test(link.getAttribute('href') ?? '')) {
    const content = document.createDocumentFragment();
    moveChildren(link, content);
    link.replaceWith(content);
    return;
  }
  link.target = '_blank';
  link.rel = 'noopener noreferrer';
}

function moveChildren(from: Node, to: Node): void {
  while (from.firstChild) to.appendChild(from.firstChild);
}

/** Below the chat's title and the answer's; models skip levels as they like, and a page must not. */
function lower(heading: Element): void {
  // Its text is still to come, or never will.
  if (heading.childNodes.length === 0) {
    heading.remove();
    return;
  }
  const lowered = document.createElement('h3');
  lowered.dataset['level'] = heading.tagName.slice(1);
  moveChildren(heading, lowered);
  heading.replaceWith(lowered);
}

function scroll(table: HTMLTableElement): void {
  const scroller = document.createElement('div');
  scroller.className = 'table';
  scroller.tabIndex = 0;
  scroller.role = 'group';
  scroller.ariaLabel = 'Table';
  table.replaceWith(scroller);
  scroller.append(table);
}

function finishCode(pre: HTMLPreElement): void {
  const language = pre.dataset['language'] ?? '';
  delete pre.dataset['language'];
  pre.tabIndex = 0;
  pre.dir = 'ltr';
  const frame = document.createElement('div');
  frame.className = 'code';
  frame.dir = 'ltr';
  const head = document.createElement('div');
  const name = document.createElement('span');
  name.textContent = language;
  head.append(
    name,
    copyButton(() => pre.textContent),
  );
  pre.replaceWith(frame);
  frame.append(head, pre);
}
