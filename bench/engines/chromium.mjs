// Chromium, with a real profile on disk: incognito contexts keep IndexedDB in memory.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { launchOptions } from '../../scripts/chromium.mjs';

/** @typedef {import('./engine.d.ts').Engine} Engine */

/** @type {Engine} */
export const engine = {
  name: 'Chromium',

  async start(profile) {
    const context = await chromium.launchPersistentContext(profile, { headless: true, ...launchOptions });
    return {
      version: context.browser()?.version() ?? 'of unknown version',
      async open(url) {
        const page = await context.newPage();
        await page.goto(url);
        await page.waitForFunction('window.bench');
        return {
          run: (phase, request) =>
            page.evaluate(
              ([phase, request]) => window.bench.run(phase, request),
              /** @type {const} */ ([phase, request]),
            ),
          close: () => page.close(),
        };
      },
      close: () => context.close(),
    };
  },

  diskBytes: (profile) => bytesIn(join(profile, 'Default', 'IndexedDB')),
};

/** @param {string} folder @returns {number} */
function bytesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((bytes, entry) => {
    const path = join(folder, entry.name);
    return bytes + (entry.isDirectory() ? bytesIn(path) : statSync(path).size);
  }, 0);
}
