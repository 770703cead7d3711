// What `npm publish` would send: all that is meant to ship, and nothing else.
import { execSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const { exports } = JSON.parse(readFileSync('package.json', 'utf8'));
const [{ files, unpackedSize }] = JSON.parse(execSync('npm pack --dry-run --json', { encoding: 'utf8' }));
/** @type {string[]} */
const packed = files.map((/** @type {{ path: string }} */ file) => file.path);

const documents = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'dist/playwright/LICENSES.md'];
/** Imported by a name that no compiler looks at. */
const loaded = ['dist/playwright/page.js'];
const entryPoints = Object.values(exports)
  .flatMap((target) => Object.values(typeof target === 'string' ? { target } : target))
  .map((path) => path.replace('./', ''));

const missing = [...new Set([...documents, ...entryPoints, ...loaded])].filter(
  (path) => !packed.includes(path),
);
const strange = packed.filter(
  (path) => !documents.includes(path) && !/^dist\/.+\.(js|js\.map|d\.ts)$/.test(path),
);

for (const path of missing) console.error(`not in the package: ${path}`);
for (const path of strange) console.error(`does not belong in the package: ${path}`);
console.log(`${packed.length} files, ${Math.round(unpackedSize / 1000)} kB unpacked`);
process.exitCode = missing.length + strange.length > 0 ? 1 : 0;
