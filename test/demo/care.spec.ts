import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContext } from '@playwright/test';
import { button, chats, expect, openPanel, panel, test, turn, type Page } from './fixture.js';
import { seed, threeChats } from './seed.js';

/** The chats of this page as a file. */
async function exported(page: Page): Promise<string> {
  await openPanel(page);
  const downloading = page.waitForEvent('download');
  await button(page, 'Export all chats').click();
  const file = await downloading;
  expect(file.suggestedFilename()).toMatch(/^offshoot-\d{4}-\d\d-\d\d\.jsonl$/);
  await expect(panel(page).getByText(/^Exported 3 chats, [\d.]+ kB\.$/)).toBeVisible();
  return readFile(await file.path(), 'utf8');
}

async function choose(page: Page, text: string): Promise<void> {
  const file = { name: 'chats.jsonl', mimeType: 'application/jsonl', buffer: Buffer.from(text) };
  await page.getByLabel('File to import').setInputFiles(file);
}

const importIt = (page: Page) => button(page, /^Import chats\.jsonl/).click();

/** The panel in a browser that knows nothing of the chats. */
async function openElsewhere(
  browser: Browser,
  url: string,
): Promise<{ context: BrowserContext; other: Page }> {
  const context = await browser.newContext();
  const other = await context.newPage();
  await other.goto(url);
  await openPanel(other);
  return { context, other };
}

test('the panel says how much there is, and leads to what is largest', async ({ openTab, sessions }) => {
  const page = await openTab();
  await seed(sessions, threeChats);
  await openPanel(page);
  await expect(panel(page).getByText('6 snapshots in 3 chats, on this device only.')).toBeVisible();
  await expect(panel(page).getByText(/^[\d.]+ \S+ of [\d.]+ \S+ used$/)).toBeVisible();
  await expect(panel(page).getByRole('meter', { name: 'Storage used' })).toBeVisible();
  const largest = panel(page).getByRole('list', { name: 'The largest chats' }).getByRole('link');
  await expect(largest).toHaveCount(3);
  await expect(largest.first()).toHaveText('Chat b');
  await largest.first().click();
  await expect(panel(page)).toBeHidden();
  await expect(page.getByRole('heading', { name: 'Chat b' })).toBeVisible();
});

test('the browser is asked to keep the data, and what it said is told', async ({ context, openTab }) => {
  await context.addInitScript(() => {
    let asked = 0;
    navigator.storage.persisted = async () => asked > 1;
    navigator.storage.persist = async () => ++asked > 1;
  });
  const page = await openTab();
  await openPanel(page);
  await button(page, 'Keep my data').click();
  await expect(page.getByText('The browser did not promise it.')).toBeVisible();
  await button(page, 'Keep my data').click();
  await expect(page.getByText('The browser has promised to keep your chats')).toBeVisible();
  await page.reload();
  await openPanel(page);
  await expect(button(page, 'Export all chats')).toBeVisible();
  await expect(page.getByText('When the disk gets full')).toBeVisible();
});

test('what was exported comes in elsewhere, is left alone there, or becomes a copy', async ({
  browser,
  openTab,
  url,
  sessions,
}) => {
  const page = await openTab();
  await seed(sessions, threeChats);
  const file = await exported(page);

  const { context, other } = await openElsewhere(browser, url);
  await choose(other, file);
  await importIt(other);
  await expect(panel(other).getByText('3 chats came in.')).toBeVisible();
  await expect(panel(other).getByText('6 snapshots in all.')).toBeVisible();

  await choose(other, file);
  await importIt(other);
  await expect(panel(other).getByText('3 chats left as they were: already here.')).toBeVisible();

  await other.getByLabel('Import them once more, as copies').check();
  await choose(other, file);
  await importIt(other);
  await expect(panel(other).getByText('3 chats came in as copies.')).toBeVisible();

  await button(other, 'Close').click();
  await expect(chats(other)).toHaveCount(6);
  await chats(other).first().click();
  await expect(turn(other, 1)).toContainText('Another answer');
  await expect(turn(other, 1)).toContainText('2 / 2');
  await context.close();
});

test('a file that is dropped on the page is imported, when its reader says so', async ({
  openTab,
  sessions,
}) => {
  const page = await openTab();
  await seed(sessions, threeChats);
  const file = await exported(page);
  await button(page, 'Close').click();
  const dropped = await page.evaluateHandle((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], 'chats.jsonl', { type: '' }));
    return data;
  }, file);
  await page.dispatchEvent('main', 'dragover', { dataTransfer: dropped });
  await expect(page.getByText('Drop the file to import its chats')).toBeVisible();
  await page.dispatchEvent('main', 'drop', { dataTransfer: dropped });
  await expect(page.getByText('Drop the file to import its chats')).toBeHidden();
  await importIt(page);
  await expect(panel(page).getByText('3 chats left as they were: already here.')).toBeVisible();
});

test('an image that is dropped is no file to import', async ({ openTab }) => {
  const page = await openTab();
  const dropped = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File(['x'], 'x.png', { type: 'image/png' }));
    return data;
  });
  await page.dispatchEvent('aside', 'dragover', { dataTransfer: dropped });
  await page.dispatchEvent('aside', 'drop', { dataTransfer: dropped });
  await expect(panel(page)).toHaveCount(0);
});

test('an import that is cut off says what came in, and what was wrong', async ({
  browser,
  openTab,
  url,
  sessions,
}) => {
  const page = await openTab();
  await seed(sessions, threeChats);
  const lines = (await exported(page)).trimEnd().split('\n');
  const { context, other } = await openElsewhere(browser, url);
  await choose(other, lines.slice(0, -2).join('\n'));
  await importIt(other);
  await expect(other.getByRole('alert')).toContainText('The file could not be read to its end. DATA_LOSS');
  await expect(panel(other).getByText('2 chats came in.')).toBeVisible();
  await choose(other, 'Dear diary\n');
  await importIt(other);
  await expect(other.getByRole('alert')).toContainText('INVALID_ARGUMENT');
  await expect(panel(other).getByText('There was no chat in it.')).toBeVisible();
  await context.close();
});

test('an import shows how far it has come, and can be cancelled', async ({ openTab, sessions }) => {
  const page = await openTab();
  await seed(sessions, threeChats);
  const file = await exported(page);
  // A disk that has fallen asleep in the midst of the file.
  await page.evaluate(() => {
    const read = Blob.prototype.stream;
    File.prototype.stream = function () {
      const half = read.call(this.slice(0, this.size - 200));
      return half.pipeThrough(new TransformStream({ flush: () => new Promise(() => {}) }));
    };
  });
  await page.getByLabel('Import them once more, as copies').check();
  await choose(page, file);
  await importIt(page);
  const progress = page.getByRole('progressbar', { name: 'Importing…' });
  await expect(progress).toHaveAttribute('value', /^\d{3,}$/);
  await button(page, 'Cancel').click();
  await expect(panel(page).getByText('The import was cancelled.')).toBeVisible();
  await expect(progress).toHaveCount(0);
  await expect(button(page, /^Import chats/)).toHaveCount(0);
});

test('an export can be cancelled', async ({ openTab, sessions }) => {
  const page = await openTab();
  await seed(sessions, threeChats);
  await openPanel(page);
  await page.evaluate(() => {
    // Nobody takes what there is, until it is called off.
    Response.prototype.blob = async function () {
      const reader = this.body!.getReader();
      await reader.read();
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        const { cancelled } = window as { cancelled?: boolean };
        if (cancelled) await reader.read();
      }
    };
  });
  await button(page, 'Export all chats').click();
  await expect(page.getByRole('progressbar', { name: 'Exporting…' })).toBeVisible();
  await button(page, 'Cancel').click();
  await page.evaluate(() => Object.assign(window, { cancelled: true }));
  await expect(panel(page).getByText('The export was cancelled.')).toBeVisible();
});
