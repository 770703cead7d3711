// Firefox as it is, by WebDriver BiDi: Playwright would want a Firefox of its own making.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { findFirefox } from '../../scripts/firefox.mjs';

/**
 * As much of Puppeteer as is used here: `npm run frameworks` installs it, and the typecheck must pass without it.
 *
 * @typedef {{
 *   goto(url: string): Promise<unknown>;
 *   reload(): Promise<unknown>;
 *   close(): Promise<void>;
 *   evaluate(action: unknown, argument: unknown): Promise<any>;
 * }} Page
 * @typedef {{ version(): Promise<string>; newPage(): Promise<Page>; close(): Promise<void> }} RunningBrowser
 * @typedef {{ launch(options: object): Promise<RunningBrowser> }} Puppeteer
 */

/** @returns {Puppeteer} */
function loadPuppeteer() {
  try {
    return createRequire(new URL('../frameworks/package.json', import.meta.url))('puppeteer-core');
  } catch (cause) {
    throw new Error('There is no puppeteer-core, which drives Firefox: npm run frameworks', { cause });
  }
}

/** @type {import('./engine.d.ts').Engine} */
export const firefox = {
  name: 'Firefox',
  backend: 'SQLite',
  async start(profile) {
    const executablePath = findFirefox();
    if (!executablePath) throw new Error('There is no Firefox: npm run engines');
    const browser = await loadPuppeteer().launch({
      browser: 'firefox',
      executablePath,
      headless: true,
      userDataDir: profile,
    });
    return {
      version: (await browser.version()).replace('firefox/', ''),
      async open(url) {
        const page = await browser.newPage();
        await page.goto(url);
        return {
          evaluate: (action, argument) => page.evaluate(action, argument),
          async reload() {
            await page.reload();
          },
          close: () => page.close(),
        };
      },
      close: () => browser.close(),
    };
  },
  databases: (profile) => join(profile, 'storage', 'default'),
};
