// What `npm publish` would send: all that is meant to ship, with every page that a page of it links to, and nothing else.
import { execSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { withLinks } from './absolute-links.mjs';

const { exports, scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
const [{ files, unpackedSize }] = JSON.parse(
  execSync('npm pack --dry-run --json --ignore-scripts', { encoding: 'utf8' }),
);
/** @type {string[]} */
const packed = files.map((/** @type {{ path: string }} */ file) => file.path);

/** What README links to, beside pictures. */
/** @type {string[]} */
const linked = [];
withLinks(readFileSync('README.md', 'utf8'), (path, isImage) => {
  if (!isImage) linked.push(path.replace(/#.*/, ''));
  return path;
});

/** Every page that can be reached from the first one. */
const pages = ['README.md'];
for (const page of pages) {
  for (const [, link] of readFileSync(page, 'utf8').matchAll(/\]\((?!\w+:)([^)#\s]+\.md)[^)]*\)/g)) {
    const path = posix.join(posix.dirname(page), link ?? '');
    if (!pages.includes(path)) pages.push(path);
  }
}

const documents = ['package.json', 'LICENSE', 'dist/LICENSES.md', 'dist/playwright/LICENSES.md', ...pages];
/** Imported by a name that no compiler looks at. */
const loaded = ['dist/playwright/page.js'];
const entryPoints = Object.values(exports)
  .flatMap((target) => Object.values(typeof target === 'string' ? { target } : target))
  .map((path) => path.replace('./', ''));

const missing = [...new Set([...documents, ...linked, ...entryPoints, ...loaded])].filter(
  (path) => !packed.includes(path),
);
const strange = packed.filter(
  (path) => !documents.includes(path) && !/^dist\/.+\.(js|js\.map|d\.ts)$/.test(path),
);

// What is packed without having been built has no code in it.
if (!scripts.prepack?.includes('build')) missing.push('a build: there is no prepack script that makes one');

for (const path of missing) console.error(`not in the package: ${path}`);
for (const path of strange) console.error(`does not belong in the package: ${path}`);
console.log(`${packed.length} files, ${Math.round(unpackedSize / 1000)} kB unpacked`);
process.exitCode = missing.length + strange.length > 0 ? 1 : 0;
