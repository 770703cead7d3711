import { fileURLToPath } from 'node:url';
import { expect, test as base, type Page } from '@playwright/test';
import { serveBuilt } from '../browser/serve.js';

const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const test = base.extend<{ openTab: (hash?: string) => Promise<Page> }, { url: string }>({
  url: [
    async ({}, use) => {
      const site = await serveBuilt(fromRoot('demo'), fromRoot('vite.config.ts'));
      await use(site.url);
      await site.close();
    },
    { scope: 'worker' },
  ],
  openTab: async ({ context, url }, use) => {
    const errors: string[] = [];
    await use(async (hash = '') => {
      const page = await context.newPage();
      page.on('pageerror', (error) => errors.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text());
      });
      await page.goto(url + hash);
      return page;
    });
    expect(errors).toEqual([]);
  },
});

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
const turn = (page: Page, number: number) =>
  page
    .getByRole('list', { name: 'Conversation' })
    .getByRole('listitem')
    .nth(number - 1);
const turns = (page: Page) => page.getByRole('list', { name: 'Conversation' }).getByRole('listitem');
const snapshots = (page: Page) => page.getByRole('list', { name: 'Snapshots' }).getByRole('button');
const chats = (page: Page) => page.getByRole('list', { name: 'Chats' }).getByRole('link');
const idle = (page: Page) => expect(page.getByRole('button', { name: 'Send' })).toBeVisible();

async function begin(page: Page, prompt: string) {
  // A page in the background draws once a second, and Playwright waits for it.
  await page.bringToFront();
  await page.getByRole('textbox', { name: 'Message' }).fill(prompt);
  await button(page, 'Send').click();
}

async function send(page: Page, prompt: string) {
  await begin(page, prompt);
  await idle(page);
}

/** From now on the page's clock, and with it the model, only moves when it is told to. */
async function stopClock(page: Page) {
  const time = Date.now();
  await page.clock.install({ time });
  await page.clock.pauseAt(time + 60_000);
}

/** Lets the model of a stopped clock go on until the turn contains `text`. */
async function answerUntil(page: Page, number: number, text: string) {
  await expect(async () => {
    await page.clock.runFor(30);
    await expect(turn(page, number)).toContainText(text, { timeout: 100 });
  }).toPass();
}

async function regenerate(page: Page, number: number) {
  await page.bringToFront();
  await turn(page, number).getByRole('button', { name: 'Regenerate' }).click();
  await idle(page);
}

test('another answer is a branch, and a reload comes back to the one that was chosen', async ({
  openTab,
}) => {
  const page = await openTab();
  await send(page, 'hello');
  await send(page, 'and now');
  await expect(turn(page, 1)).toContainText('You wrote “hello”');
  await expect(turn(page, 2)).toContainText('I remember the 2 messages before it');

  await regenerate(page, 1);
  await expect(turns(page)).toHaveCount(1);
  await expect(turn(page, 1)).toContainText('A second take on “hello”');
  await expect(turn(page, 1)).toContainText('2 / 2');
  await expect(page.getByText('3 snapshots, 2 branches')).toBeVisible();
  await expect(snapshots(page)).toHaveText([/^Turn 1, 1 of 2: /, /^Turn 2: /, /^Turn 1, 2 of 2: /]);
  await expect(snapshots(page).nth(2)).toHaveAttribute('aria-current', 'true');

  await turn(page, 1).getByRole('button', { name: 'Previous branch' }).click();
  await expect(turns(page)).toHaveCount(2);
  await expect(turn(page, 1)).toContainText('1 / 2');
  await expect(snapshots(page).nth(1)).toHaveAttribute('aria-current', 'true');

  await page.reload();
  await expect(turns(page)).toHaveCount(2);
  await expect(turn(page, 1)).toContainText('1 / 2');
  await expect(turn(page, 2)).toContainText('You wrote “and now”');
  await expect(chats(page)).toHaveText([/^hello/]);
});

test('what is sent from an earlier turn begins a branch', async ({ openTab }) => {
  const page = await openTab();
  await send(page, 'one');
  await send(page, 'two');
  await expect(page.getByText('You are at an earlier turn.')).toBeHidden();

  await button(page, 'Turn 1').click();
  await expect(turns(page)).toHaveCount(1);
  await expect(page.getByText('You are at an earlier turn.')).toBeVisible();

  await send(page, 'another two');
  await expect(turn(page, 2)).toContainText('You wrote “another two”');
  await expect(turn(page, 2)).toContainText('2 / 2');
  await expect(page.getByText('You are at an earlier turn.')).toBeHidden();
});

test('a second tab follows turns, branches and chats without a reload', async ({ openTab }) => {
  const first = await openTab();
  const second = await openTab();
  await send(first, 'hello');
  await second.bringToFront();
  await chats(second).click();
  await expect(turn(second, 1)).toContainText('You wrote “hello”');

  await send(first, 'and now');
  await expect(turn(second, 2)).toContainText('You wrote “and now”');
  await expect(chats(second)).toHaveText([/2 snapshots$/]);

  await regenerate(second, 2);
  await expect(turn(first, 2)).toContainText('A second take on “and now”');
  await first.bringToFront();
  await turn(first, 2).getByRole('button', { name: 'Previous branch' }).click();
  await expect(turn(second, 2)).toContainText('1 / 2');

  await button(first, 'New chat').click();
  await send(first, 'something else');
  await expect(chats(second)).toHaveText([/^something else/, /^hello/]);
  await expect(second.getByRole('heading', { name: 'hello' })).toBeVisible();
});

test('a chat is renamed and deleted in every tab', async ({ openTab }) => {
  const first = await openTab();
  const second = await openTab();
  await send(first, 'hello');
  await second.bringToFront();
  await chats(second).click();

  await first.bringToFront();
  await chats(first).hover();
  await button(first, 'Rename hello').click();
  await first.getByRole('textbox', { name: 'Title' }).fill('Greetings');
  await first.keyboard.press('Enter');
  for (const tab of [first, second]) {
    await expect(tab.getByRole('heading', { name: 'Greetings' })).toBeVisible();
    await expect(chats(tab)).toHaveText([/^Greetings/]);
  }

  await button(first, 'Delete Greetings').click();
  await button(first, 'Cancel').click();
  await expect(chats(first)).toHaveCount(1);
  await button(first, 'Delete Greetings').click();
  await first.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  for (const tab of [first, second]) {
    await expect(chats(tab)).toHaveCount(0);
    await expect(turns(tab)).toHaveCount(0);
    await expect(tab.getByRole('status')).toContainText('The chat was deleted.');
  }
});

test('a stopped answer is kept as far as it came', async ({ openTab }) => {
  const page = await openTab();
  await stopClock(page);
  await begin(page, 'hello');
  await answerUntil(page, 1, 'You wrote “hello”.');
  await button(page, 'Stop').click();
  await expect(turn(page, 1).getByText('Stopped')).toBeVisible();
  await expect(turn(page, 1)).not.toContainText('snapshot in IndexedDB');

  await page.reload();
  await expect(turn(page, 1).getByText('Stopped')).toBeVisible();
});

test('an answer that is stopped before its first word gives the message back', async ({ openTab }) => {
  const page = await openTab();
  await stopClock(page);
  await begin(page, 'hello');
  await button(page, 'Stop').click();
  await expect(page.getByRole('textbox', { name: 'Message' })).toHaveValue('hello');
  await expect(turns(page)).toHaveCount(0);
  await expect(chats(page)).toHaveCount(0);
});

test('a chat that is deleted while it is being answered stays deleted', async ({ openTab }) => {
  const first = await openTab();
  const second = await openTab();
  await send(first, 'hello');
  await stopClock(first);
  await begin(first, 'and now');
  await answerUntil(first, 2, 'You wrote “and now”.');

  await second.bringToFront();
  await chats(second).hover();
  await button(second, 'Delete hello').click();
  await second.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(first.getByRole('status')).toContainText('The chat was deleted.');
  await first.clock.resume();

  await first.reload();
  await expect(first.getByText('No chats yet.')).toBeVisible();
});

test('an answer goes on while another chat is open', async ({ openTab }) => {
  const page = await openTab();
  await stopClock(page);
  await begin(page, 'hello');
  await button(page, 'New chat').click();
  await expect(turns(page)).toHaveCount(0);
  await page.clock.resume();
  await expect(chats(page)).toHaveText([/^hello/]);
  await expect(turns(page)).toHaveCount(0);
  await chats(page).click();
  await expect(turn(page, 1)).toContainText('still be here after a reload');
});

test('a message that is sent before its chat is loaded stays where it was written', async ({ openTab }) => {
  const page = await openTab();
  await send(page, 'hello');
  // In one task, so that nothing can be loaded in between.
  await button(page, 'New chat').evaluate((newChat: HTMLElement) => {
    newChat.click();
    const message = document.querySelector('textarea')!;
    message.value = 'too early';
    message.dispatchEvent(new Event('input'));
    message.form!.requestSubmit();
  });
  await expect(page.getByRole('textbox', { name: 'Message' })).toHaveValue('too early');
  await button(page, 'Send').click();
  await expect(turn(page, 1)).toContainText('You wrote “too early”');
});

test('the keyboard is enough, and keeps its place', async ({ openTab }) => {
  const page = await openTab();
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeFocused();
  await page.keyboard.type('hello');
  await expect(button(page, 'Send')).toBeEnabled();
  await page.keyboard.press('Enter');
  await idle(page);

  await page.keyboard.press('Shift+Tab');
  await expect(turn(page, 1).getByRole('button', { name: 'Regenerate' })).toBeFocused();
  await page.keyboard.press('Enter');
  await idle(page);
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeFocused();

  const previous = turn(page, 1).getByRole('button', { name: 'Previous branch' });
  await previous.focus();
  await page.keyboard.press('Enter');
  await expect(turn(page, 1)).toContainText('1 / 2');
  await expect(previous).toBeFocused();
  await expect(previous).toBeDisabled();
});

test('markup in a message stays text', async ({ openTab }) => {
  const page = await openTab();
  const prompt = '<img src="x" onerror="console.error(1)"><b>bold</b>';
  await send(page, prompt);
  await expect(turn(page, 1)).toContainText(prompt);
  await expect(chats(page)).toContainText('<img');
});

test('an address of a chat that is gone opens an empty one', async ({ openTab }) => {
  const page = await openTab('#chat=gone%');
  await expect(page.getByText('Ask something.')).toBeVisible();
  await send(page, 'hello');
  await page.reload();
  await expect(turn(page, 1)).toContainText('You wrote “hello”');
});

test('without IndexedDB the page says so', async ({ context, openTab }) => {
  await context.addInitScript(() => {
    Object.defineProperty(globalThis, 'indexedDB', { value: undefined });
  });
  const page = await openTab();
  await expect(page.getByRole('status')).toContainText('UNAVAILABLE');
  await expect(button(page, 'Send')).toBeDisabled();
});

test('on a phone, chats and branches open over the conversation', async ({ openTab }) => {
  const page = await openTab();
  await page.setViewportSize({ width: 390, height: 844 });
  await send(page, 'hello');
  await regenerate(page, 1);
  await expect(snapshots(page)).toHaveCount(0);

  await button(page, 'Branches').click();
  await button(page, /^Turn 1, 1 of 2/).click();
  await expect(turn(page, 1)).toContainText('1 / 2');
  await expect(snapshots(page)).toHaveCount(0);

  await button(page, 'Chats').click();
  await expect(button(page, 'New chat')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(button(page, 'Chats')).toBeFocused();
  await expect(chats(page)).toHaveCount(0);
});
