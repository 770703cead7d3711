import { expect, test as base, type Page } from '@playwright/test';
import { serveBuilt } from '../../../sites/build-site.js';

/** Tabs that show one chat by the real `useChat`. */
const test = base.extend<{ openTab: () => Promise<Page> }, { url: string }>({
  url: [
    async ({}, use) => {
      const site = await serveBuilt(import.meta.dirname, false);
      await use(site.url);
      await site.close();
    },
    { scope: 'worker' },
  ],
  openTab: async ({ context, url }, use) => {
    const errors: Error[] = [];
    await use(async () => {
      const page = await context.newPage();
      page.on('pageerror', (error) => errors.push(error));
      await page.goto(url);
      await expect(page.locator('output')).toHaveText('ready');
      return page;
    });
    expect(errors).toEqual([]);
  },
});

const messages = (page: Page) => page.locator('li');
const stored = (page: Page) => page.locator('#root');

async function ask(page: Page, text: string): Promise<void> {
  await page.evaluate((text) => window.chatTab.ask(text), text);
  await expect.poll(() => page.evaluate(() => window.chatTab.isAsked())).toBe(true);
}

test('another tab sees the question at once and the answer grow, and goes on', async ({ openTab }) => {
  const [first, second] = [await openTab(), await openTab()];
  await ask(first, 'a story');
  await expect(messages(second)).toHaveText(['a story']);
  await first.evaluate(() => window.chatTab.model.begin('Once '));
  await expect(messages(second)).toHaveText(['a story', 'Once ']);
  await first.evaluate(() => window.chatTab.model.go('upon a time'));
  await expect(messages(second)).toHaveText(['a story', 'Once upon a time']);
  await first.evaluate(() => window.chatTab.model.end());

  await expect(first.locator('output')).toHaveText('ready');
  await ask(second, 'go on');
  await expect(messages(first)).toHaveText(['a story', 'Once upon a time', 'go on']);
  await second.evaluate(() => window.chatTab.model.begin('there was'));
  await second.evaluate(() => window.chatTab.model.end());
  await expect(messages(first)).toHaveText(['a story', 'Once upon a time', 'go on', 'there was']);
});

test('a tab that is closed in the middle of an answer loses neither question nor words', async ({
  openTab,
}) => {
  const first = await openTab();
  await ask(first, 'a story');
  await first.evaluate(() => window.chatTab.model.begin('Once '));
  const second = await openTab();
  await expect(messages(second)).toHaveText(['a story', 'Once ']);
  await expect(stored(second)).toHaveAttribute('data-status', 'pending');
  await first.close();

  const third = await openTab();
  await expect(messages(third)).toHaveText(['a story', 'Once ']);
  await expect(stored(third)).toHaveAttribute('data-status', 'expired');
  await third.evaluate(() => window.chatTab.regenerate());
  await expect.poll(() => third.evaluate(() => window.chatTab.isAsked())).toBe(true);
  await third.evaluate(() => window.chatTab.model.begin('A frog'));
  await third.evaluate(() => window.chatTab.model.end());
  await expect(messages(second)).toHaveText(['a story', 'A frog']);
  await third.reload();
  await expect(messages(third)).toHaveText(['a story', 'A frog']);
  await expect(stored(third)).toHaveAttribute('data-status', 'completed');
});
