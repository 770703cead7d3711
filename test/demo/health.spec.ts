import { button, chats, expect, message, openPanel, send, test, type Page } from './fixture.js';
import { seed, storedIds, threeChats } from './seed.js';

const DATABASE = 'offshoot-demo';

const alert = (page: Page) => page.getByRole('alert');

test('that the database was deleted is said', async ({ openTab }) => {
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

test('that the database went back to an earlier state is said', async ({ context, openTab }) => {
  const page = await openTab();
  await send(page, 'hello', 1);
  await expect.poll(() => storedIds(page)).toHaveLength(1);
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

test('a tab that is out of date is asked to reload', async ({ openTab }) => {
  const page = await openTab();
  await send(page, 'hello', 1);
  await page.evaluate((name) => void indexedDB.open(name, 99), DATABASE);
  await expect(alert(page)).toContainText('Another tab has a newer version of this app');
  await expect(button(page, 'Dismiss')).toHaveCount(0);
  await expect(button(page, 'Reload')).toBeVisible();
});

test('where there is no database, memory has to do, and that is said', async ({ context, openTab }) => {
  await context.addInitScript(() => {
    Object.defineProperty(globalThis, 'indexedDB', { value: undefined, writable: true });
  });
  const page = await openTab();
  await expect(alert(page)).toContainText('your chats are gone when you close this page');
  await send(page, 'hello', 1);
  await openPanel(page);
  await expect(button(page, 'Switch encryption on')).toHaveCount(0);
});

test('a database that cannot be opened is named, and again when it can', async ({ context, openTab }) => {
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

test('when the disk is full, something can be deleted', async ({
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
    for (const how of ['put', 'add'] as const) {
      const write = IDBObjectStore.prototype[how];
      IDBObjectStore.prototype[how] = function (...args) {
        if (localStorage.getItem('full') !== null && this.name === 'snapshots')
          throw new DOMException('The disk is full.', 'QuotaExceededError');
        return write.apply(this, args);
      };
    }
  });
  await page.evaluate(() => localStorage.setItem('full', 'yes'));
  await page.reload();
  await message(page).fill('hello');
  await button(page, 'Send').click();
  await expect(alert(page).filter({ hasText: 'There is no room left' })).toBeVisible();
  await expect(page.getByRole('list', { name: 'What takes most' }).getByRole('link').first()).toHaveText(
    'Chat b',
  );
  await button(page, 'Delete for good: Chat b').click();
  await expect(chats(page)).toHaveText([/^Chat a/, /^Chat c/]);
  await expect(button(page, 'Delete for good: Chat b')).toHaveCount(0);
});
