// The browsers that the tests run in, as the bench sees them.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { engineNames, loadEngine as load } from '../../test/engines/index.mjs';

export { engineNames };

/** @param {string} name @returns {Promise<import('./engine.d.ts').Engine>} */
export async function loadEngine(name) {
  const known = engineNames.find((engine) => engine === name);
  if (!known) throw new Error(`--engine=${name}: there are ${engineNames.join(', ')}`);
  const engine = await load(known);
  return {
    name: engine.name,
    backend: engine.backend,
    async start(profile) {
      const browser = await engine.start(profile);
      return {
        version: browser.version,
        open: async (url) => benchIn(await browser.open(url)),
        close: browser.close,
      };
    },
    diskBytes(profile) {
      const databases = engine.databases(profile);
      // Where Chromium keeps the private file systems of origins.
      return bytesIn(databases) + bytesIn(join(dirname(databases), 'File System'));
    },
  };
}

/** @param {import('../../test/engines/engine.d.ts').Tab} tab @returns {import('./engine.d.ts').Tab} */
const benchIn = (tab) => ({
  run: (phase, request) =>
    tab.evaluate(
      ([phase, request]) => window.bench.run(phase, request),
      /** @type {const} */ ([phase, request]),
    ),
  close: tab.close,
  crash: tab.crash,
});

/** `0` for a folder that is not there. @param {string} folder @returns {number} */
function bytesIn(folder) {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder, { withFileTypes: true }).reduce((bytes, entry) => {
    const path = join(folder, entry.name);
    return bytes + (entry.isDirectory() ? bytesIn(path) : statSync(path).size);
  }, 0);
}
