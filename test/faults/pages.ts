import { expect, type Page } from '@playwright/test';
import { test as base } from '../tabs/tabs.js';

/** Tests that do to Chromium's tabs what only Chromium's own protocol can. */
export const test = base.extend<{ openPage: () => Promise<Page> }>({
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
