// Firefox as it is, by WebDriver BiDi: Playwright would want a Firefox of its own making.
import { join } from 'node:path';
import { launch } from 'puppeteer-core';
import { findFirefox } from '../../scripts/firefox.mjs';

/** @type {import('./engine.d.ts').Engine} */
export const firefox = {
  name: 'Firefox',
  backend: 'SQLite',
  async start(profile) {
    const executablePath = findFirefox();
    if (!executablePath) throw new Error('There is no Firefox: npm run engines');
    const browser = await launch({
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
          evaluate: (action, argument) => page.evaluate(/** @type {any} */ (action), argument),
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
