import { expect, type Page } from '@playwright/test';
import { launchChromium } from '../engines/chromium.mjs';
import { loadEngine } from '../engines/index.mjs';
import { withProfile } from '../engines/test.js';
import { test as base } from '../tabs/tabs.js';

/** Tests that do to Chromium's tabs what only Chromium's own protocol can, on a disk of their own. */
export const test = base.extend<{ openPage: () => Promise<Page> }>({
  context: async ({ engine }, use) => {
    const { backend } = await loadEngine(engine);
    await withProfile(async (profile) => {
      const context = await launchChromium(backend, profile);
      await use(context);
      await context.close();
    });
  },
  openPage: async ({ context, url }, use) => {
    const errors: Error[] = [];
    await use(async () => {
      const page = await context.newPage();
      page.on('pageerror', (error) => errors.push(error));
      await page.goto(url);
      return page;
    });
    expect(errors).toEqual([]);
  },
});
