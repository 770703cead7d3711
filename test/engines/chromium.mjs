// Chromium by Playwright, with a real profile on disk: incognito contexts keep IndexedDB in memory.
import { join } from 'node:path';
import { chromium as playwright } from '@playwright/test';
import { launchOptions } from '../../scripts/chromium.mjs';

/** @typedef {import('./engine.d.ts').Engine} Engine */

/** @param {import('@playwright/test').Page} page @returns {import('./engine.d.ts').Tab} */
export const tabOf = (page) => ({
  evaluate: (action, argument) => page.evaluate(/** @type {any} */ (action), argument),
  async reload() {
    await page.reload();
  },
  close: () => page.close(),
  async crash() {
    const session = await page.context().newCDPSession(page);
    const crashed = page.waitForEvent('crash');
    const at = Date.now();
    // A tab that is gone does not answer.
    session.send('Page.crash').catch(() => {});
    await crashed;
    return at;
  },
});

/** @param {Pick<Engine, 'name' | 'backend'>} names @param {string} features @returns {Engine} */
const chromiumWith = (names, features) => ({
  ...names,
  async start(profile) {
    const context = await playwright.launchPersistentContext(profile, {
      ...launchOptions,
      headless: true,
      args: [...launchOptions.args, features],
    });
    return {
      version: context.browser()?.version() ?? 'of unknown version',
      async open(url) {
        const page = await context.newPage();
        await page.goto(url);
        return tabOf(page);
      },
      close: () => context.close(),
    };
  },
  databases: (profile) => join(profile, 'Default', 'IndexedDB'),
});

const sqlite = 'IdbSqliteBackingStore,IdbSqliteOnDiskRollout';

export const chromium = chromiumWith(
  { name: 'Chromium', backend: 'LevelDB' },
  // As long as there are two, each is asked for by name, whichever is the default.
  `--disable-features=${sqlite}`,
);

export const chromiumSqlite = chromiumWith(
  { name: 'Chromium on SQLite', backend: 'SQLite' },
  `--enable-features=${sqlite}`,
);
