import { expect, type Page } from '@playwright/test';
import { test } from './app.js';

const NOTE = 'offshoot:offshoot';
const STALE = '1770000000000000 1770000000000042';

/** What the app's store will find when it begins. */
async function noted(page: Page): Promise<unknown> {
  await page.addInitScript((name) => {
    Object.assign(globalThis, { noted: localStorage.getItem(name) });
  }, NOTE);
  await page.goto('/');
  return page.evaluate(() => (globalThis as { noted?: unknown }).noted);
}

test.describe('in a context that was signed in without its databases', () => {
  test.use({
    storageState: async ({ site }, use) =>
      use({
        cookies: [],
        origins: [
          {
            origin: new URL(site).origin,
            localStorage: [
              { name: NOTE, value: STALE },
              { name: 'token', value: 'signed in' },
              { name: 'offshoot:of the app', value: 'its own' },
            ],
          },
        ],
      }),
  });

  test('stores find no note of them, and everything else', async ({ page }) => {
    expect(await noted(page)).toBeNull();
    expect(await page.evaluate(() => [localStorage['token'], localStorage['offshoot:of the app']])).toEqual([
      'signed in',
      'its own',
    ]);
    await expect.poll(() => page.evaluate((name) => localStorage.getItem(name), NOTE)).not.toBeNull();
    // The note of the database that there is now stays.
    await page.reload();
    expect(await page.evaluate(() => (globalThis as { noted?: unknown }).noted)).not.toBeNull();
  });
});

test('a context with its databases keeps their notes', async ({ page, context, sessions }) => {
  await sessions.seed({ sessionId: 'trip', turns: [{ user: 'Where to in May?', model: 'Lisbon' }] });
  await page.goto('/');
  await expect.poll(() => page.evaluate((name) => localStorage.getItem(name), NOTE)).not.toBeNull();
  await page.reload();
  const { origins } = await context.storageState();
  expect(origins.flatMap(({ localStorage }) => localStorage.map(({ name }) => name))).toContain(NOTE);
});
