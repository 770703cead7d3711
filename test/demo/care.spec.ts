import { readFile } from 'node:fs/promises';
import { button, chats, expect, send, test, turn, type Page } from './fixture.js';
import { seed, storedIds } from './seed.js';

const DATABASE = 'offshoot-demo';

const panel = (page: Page) => page.getByRole('dialog', { name: 'Your data' });

async function openPanel(page: Page): Promise<void> {
  await page.bringToFront();
  await button(page, 'Your data').click();
  await expect(panel(page)).toBeVisible();
}

const threeChats = ['a', 'b', 'c'].map((id, i) => ({
  id,
  title: `Chat ${id}`,
  at: new Date(Date.UTC(2026, 0, 3 - i)).toISOString(),
  branches: [
    [`Hello from ${id}`, 'One answer'],
    [`Hello from ${id}`, 'Another answer'.repeat(i === 1 ? 2000 : 1)],
  ],
}));

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

  const elsewhere = await browser.newContext();
  const other = await elsewhere.newPage();
  await other.goto(url);
  await openPanel(other);
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
  await elsewhere.close();
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
  const context = await browser.newContext();
  const other = await context.newPage();
  await other.goto(url);
  await openPanel(other);
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

test.describe('What became of the database is told in plain words', () => {
  const alert = (page: Page) => page.getByRole('alert');

  test('it was deleted', async ({ openTab }) => {
    const page = await openTab();
    await send(page, 'hello', 1);
    // What is there is noted soon after it was written.
    await expect.poll(() => page.evaluate(() => localStorage.getItem('offshoot:offshoot-demo'))).toBeTruthy();
    await page.evaluate(async (name) => {
      await new Promise((resolve) => (indexedDB.deleteDatabase(name).onsuccess = resolve));
    }, DATABASE);
    await page.reload();
    await expect(alert(page)).toContainText('All chats that had been saved are gone');
    await button(page, 'Dismiss').click();
    await expect(alert(page)).toHaveCount(0);
  });

  test('it went back to an earlier state', async ({ context, openTab, sessions }) => {
    const page = await openTab();
    await send(page, 'hello', 1);
    await expect.poll(() => storedIds(sessions)).toHaveLength(1);
    await context.addInitScript(() => {
      const key = 'offshoot:offshoot-demo';
      const [epoch, clock] = (localStorage.getItem(key) ?? '').split(' ').map(Number);
      if (epoch && clock) localStorage.setItem(key, `${epoch} ${clock + 1e9}`);
    });
    await page.reload();
    await expect(alert(page)).toContainText('The latest changes are gone');
    await button(page, 'Dismiss').click();
    await expect(alert(page)).toHaveCount(0);
  });

  test('another tab has a newer version', async ({ openTab }) => {
    const page = await openTab();
    await send(page, 'hello', 1);
    await page.evaluate((name) => void indexedDB.open(name, 99), DATABASE);
    await expect(alert(page)).toContainText('Another tab has a newer version of this app');
    await expect(button(page, 'Dismiss')).toHaveCount(0);
    await expect(button(page, 'Reload')).toBeVisible();
  });

  test('there is none, and memory has to do', async ({ context, openTab }) => {
    await context.addInitScript(() => {
      Object.defineProperty(globalThis, 'indexedDB', { value: undefined, writable: true });
    });
    const page = await openTab();
    await expect(alert(page)).toContainText('your chats are gone when you close this page');
    await send(page, 'hello', 1);
    await openPanel(page);
    await expect(button(page, 'Switch encryption on')).toHaveCount(0);
  });

  test('it cannot be opened, and later it can', async ({ context, openTab }) => {
    const page = await openTab();
    await send(page, 'hello', 1);
    await page.close();
    await context.addInitScript(() => {
      if (localStorage.getItem('repaired')) return;
      const open = indexedDB.open.bind(indexedDB);
      indexedDB.open = (name, version) => {
        if (name === 'offshoot-demo') throw new DOMException('Internal error.', 'UnknownError');
        return open(name, version);
      };
    });
    const broken = await openTab();
    await expect(alert(broken)).toContainText('Your chats cannot be opened now');
    await send(broken, 'in the meantime', 1);
    await broken.evaluate(() => localStorage.setItem('repaired', 'yes'));
    await broken.reload();
    await expect(broken.getByRole('status').filter({ hasText: 'can be opened again' })).toBeVisible();
  });

  test('the disk is full, and something can be deleted', async ({
    context,
    openTab,
    expectedErrors,
    sessions,
  }) => {
    expectedErrors.push(/RESOURCE_EXHAUSTED/);
    const page = await openTab();
    await seed(sessions, threeChats);
    await context.addInitScript(() => {
      if (localStorage.getItem('full') === null) return;
      const put = IDBObjectStore.prototype.put;
      IDBObjectStore.prototype.put = function (...args) {
        if (localStorage.getItem('full') !== null && this.name === 'snapshots')
          throw new DOMException('The disk is full.', 'QuotaExceededError');
        return put.apply(this, args);
      };
    });
    await page.evaluate(() => localStorage.setItem('full', 'yes'));
    await page.reload();
    await page.getByRole('textbox', { name: 'Message', exact: true }).fill('hello');
    await button(page, 'Send').click();
    await expect(alert(page).filter({ hasText: 'There is no room left' })).toBeVisible();
    await expect(page.getByRole('list', { name: 'What takes most' }).getByRole('link').first()).toHaveText(
      'Chat b',
    );
    await button(page, 'Delete for good: Chat b').click();
    await expect(chats(page)).toHaveText([/^Chat a/, /^Chat c/]);
    await expect(button(page, 'Delete for good: Chat b')).toHaveCount(0);
  });
});
