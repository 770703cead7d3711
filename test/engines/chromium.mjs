// Chromium by Playwright, with a real profile on disk: incognito contexts keep IndexedDB in memory.
import { join } from 'node:path';
import { chromium as playwright } from '@playwright/test';
import { launchOptions, withoutFeatures } from '../../scripts/chromium.mjs';

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

const sqlite = 'IdbSqliteBackingStore,IdbSqliteOnDiskRollout';

// As long as there are two, each is asked for by name, whichever is the default.
const features = {
  LevelDB: withoutFeatures(sqlite),
  SQLite: `--enable-features=${sqlite}`,
};

/** For tests that need more of Chromium than every engine has. @param {Engine['backend']} backend @param {string} profile */
export const launchChromium = (backend, profile) =>
  playwright.launchPersistentContext(profile, {
    ...launchOptions,
    headless: true,
    args: [...launchOptions.args, features[backend]],
  });

/** @param {Pick<Engine, 'name' | 'backend'>} names @returns {Engine} */
const chromiumWith = (names) => ({
  ...names,
  async start(profile) {
    const context = await launchChromium(names.backend, profile);
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

export const chromium = chromiumWith({ name: 'Chromium', backend: 'LevelDB' });

export const chromiumSqlite = chromiumWith({ name: 'Chromium on SQLite', backend: 'SQLite' });
