// `node scripts/absolute-links.mjs <address of the repository> <tag>`: rewrites the links and images of README.md, for
// npm's page of the package. In a clone and in an installed package they are relative, and lead to the files there; npm
// makes them lead to the newest files of the repository instead of those of the version that is shown.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** Where a page names another file: links and images of Markdown, and attributes of HTML. */
const PLACES = /(!?\[[^\]]*\]\(|\b(?:src|srcset|href)=")(?!\w+:|#)([^)"\s]+)/g;

/**
 * @param {string} text
 * @param {(path: string, isImage: boolean) => string} addressOf
 */
export const withLinks = (text, addressOf) =>
  text.replace(PLACES, (_, before, path) => before + addressOf(path, /^!|^src/.test(before)));

/** The addresses of files in a repository on GitHub, as of a tag. @param {string} repository @param {string} tag */
export const ofTag = (repository, tag) => (/** @type {string} */ path, /** @type {boolean} */ isImage) =>
  `${repository}/${isImage ? 'raw' : 'blob'}/${tag}/${path}`;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [repository, tag] = process.argv.slice(2);
  if (!repository?.startsWith('https://') || !tag)
    throw new Error('Name the address of the repository (https://…), and the tag.');
  writeFileSync('README.md', withLinks(readFileSync('README.md', 'utf8'), ofTag(repository, tag)));
}
