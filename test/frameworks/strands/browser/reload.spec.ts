import { join } from 'node:path';
import { expect, test as base, type Page } from '@playwright/test';
import { serveBuilt } from '../../../sites/build-site.js';
import type { Kind } from './main.js';

/** A tab in which the real SDK runs, as a bundler builds it. */
const test = base.extend<{ page: Page }, { url: string }>({
  url: [
    async ({}, use) => {
      const site = await serveBuilt(import.meta.dirname, join(import.meta.dirname, 'vite.config.ts'));
      await use(site.url);
      await site.close();
    },
    { scope: 'worker' },
  ],
  page: async ({ page, url }, use) => {
    const errors: Error[] = [];
    page.on('pageerror', (error) => errors.push(error));
    await page.goto(url);
    await use(page);
    expect(errors).toEqual([]);
  },
});

const messages = (page: Page) => page.locator('#messages li');
const open = (page: Page, kind: Kind) => page.evaluate((kind) => window.strands.open(kind), kind);
const send = (page: Page, text: string) => page.evaluate((text) => window.strands.send(text), text);

for (const kind of ['snapshot', 'bytes'] as const) {
  test(`${kind}: a conversation is there after a reload, and goes on`, async ({ page }) => {
    await open(page, kind);
    await send(page, 'one');
    await send(page, 'two');

    await page.reload();
    await open(page, kind);
    await expect(messages(page)).toHaveText(['one', '1: one', 'two', '2: two']);
    await send(page, 'three');
    await expect(messages(page).last()).toHaveText('3: three');
  });

  test(`${kind}: an agent goes back to a checkpoint from before a reload`, async ({ page }) => {
    await open(page, kind);
    await send(page, 'one');
    await send(page, 'two');
    const [first] = await page.evaluate(() => window.strands.checkpoints());

    await page.reload();
    await open(page, kind);
    await page.evaluate((id) => window.strands.restore(id), first!);
    await expect(messages(page)).toHaveText(['one', '1: one']);
    await send(page, 'instead');

    await page.reload();
    await open(page, kind);
    await expect(messages(page)).toHaveText(['one', '1: one', 'instead', '2: instead']);
    expect(await page.evaluate(() => window.strands.checkpoints())).toHaveLength(3);
  });

  test(`${kind}: a graph is there after a reload, and gone after its session was deleted`, async ({
    page,
  }) => {
    await open(page, kind);
    await page.evaluate(() => window.strands.runGraph());
    await page.reload();
    await open(page, kind);
    expect(await page.evaluate(() => window.strands.restoreGraph())).toBe(true);

    await page.evaluate(() => window.strands.deleteSession());
    await page.reload();
    await open(page, kind);
    expect(await page.evaluate(() => window.strands.restoreGraph())).toBe(false);
  });
}
