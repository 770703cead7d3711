import { fileURLToPath } from 'node:url';
import { expect, test as base, type Page } from '@playwright/test';
import { sessionStoreFixtures, type SessionStoreFixtures } from 'offshoot/playwright';
import { PATIENT } from '../playwright/patient.js';
import { serveBuilt } from '../sites/build-site.js';

const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

interface Fixtures extends SessionStoreFixtures {
  /** Opens the demo in a tab of its own; a test fails if one of them reports an error that it does not expect. */
  openTab: (hash?: string) => Promise<Page>;
  /** Errors that a test brings about on purpose: of the demo, or `Refused by the policy: <directive>`. */
  expectedErrors: RegExp[];
}

export const test = base.extend<Fixtures, { url: string }>({
  url: [
    async ({}, use) => {
      const site = await serveBuilt(fromRoot('demo'), fromRoot('vite.config.ts'));
      await use(site.url);
      await site.close();
    },
    { scope: 'worker' },
  ],
  ...sessionStoreFixtures,
  sessionStoreOptions: async ({ url }, use) => use({ url, name: 'offshoot-demo', ...PATIENT }),
  expectedErrors: async ({}, use) => use([]),
  openTab: async ({ context, url, expectedErrors }, use) => {
    const errors: string[] = [];
    await context.addInitScript(() =>
      addEventListener('securitypolicyviolation', ({ effectiveDirective }) =>
        console.error(`Refused by the policy: ${effectiveDirective}`),
      ),
    );
    await use(async (hash = '') => {
      const page = await context.newPage();
      page.on('pageerror', (error) => errors.push(String(error)));
      page.on('console', (message) => {
        // What the browser itself remarks has no arguments, and other words in every version.
        if (message.type() === 'error' && message.args().length > 0) errors.push(message.text());
      });
      await page.goto(url + hash);
      return page;
    });
    expect(errors.filter((error) => !expectedErrors.some((expected) => expected.test(error)))).toEqual([]);
  },
});

export { expect, type Page };

export const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
export const conversation = (page: Page) => page.getByRole('list', { name: 'Conversation' });
export const turns = (page: Page) => page.getByRole('article', { name: /^Turn \d+$/ });
export const turn = (page: Page, number: number) =>
  page.getByRole('article', { name: `Turn ${number}`, exact: true });
export const snapshots = (page: Page) => page.getByRole('treeitem');
export const chats = (page: Page) => page.getByRole('list', { name: 'Chats' }).getByRole('link');
export const message = (page: Page) => page.getByRole('textbox', { name: 'Message', exact: true });
export const idle = (page: Page) => expect(button(page, 'Send')).toBeVisible();

/** Sends and does not wait for the answer. */
export async function begin(page: Page, prompt: string): Promise<void> {
  // A page in the background draws once a second, and Playwright waits for it.
  await page.bringToFront();
  await message(page).fill(prompt);
  await expect(button(page, 'Send')).not.toHaveAttribute('aria-disabled', 'true');
  await button(page, 'Send').click();
  await expect(message(page)).toHaveValue('');
}

/** Sends, and waits until the turn with this number has been answered. */
export async function send(page: Page, prompt: string, number: number): Promise<void> {
  await begin(page, prompt);
  await expect(turn(page, number)).toContainText(prompt);
  await answered(page, number);
}

export async function answered(page: Page, number: number): Promise<void> {
  await expect(turn(page, number).getByRole('button', { name: 'Regenerate' })).toBeVisible();
}

/** Lets the answer of a page whose clock is installed come to its end at once. */
export async function answerAtOnce(page: Page, number: number): Promise<void> {
  await page.clock.fastForward(15_000);
  await answered(page, number);
}

export async function regenerate(page: Page, number: number): Promise<void> {
  await page.bringToFront();
  const address = page.url();
  await turn(page, number).getByRole('button', { name: 'Regenerate' }).click();
  // The other branch is another address.
  await expect.poll(() => page.url()).not.toBe(address);
  await answered(page, number);
}

/** Two tabs at one chat: the first is at its second turn, a long one, and the second, whose clock is installed, sees it. */
export async function watchedAnswer(openTab: Fixtures['openTab']): Promise<{ first: Page; second: Page }> {
  const first = await openTab();
  await send(first, 'hello', 1);
  const second = await openTab(new URL(first.url()).hash);
  await second.clock.install();
  await expect(turn(second, 1)).toContainText('You wrote “hello”');
  await beginLong(first, 2, second);
  return { first, second };
}

/**
 * Begins a long answer, of which another tab shows the first parts, too. It goes on when the page's clock does, which is
 * stopped: so it does not come to its end while a busy machine looks at it.
 */
export async function beginLong(page: Page, number: number, other?: Page): Promise<void> {
  await stopClock(page);
  await begin(page, '/long');
  await answerUntil(page, number, 'Part 1');
  if (!other) return;
  await page.clock.runFor(2000);
  await expect(async () => {
    // What is said is saved now and then.
    await page.clock.runFor(250);
    await expect(turn(other, number)).toContainText('Part 2', { timeout: 1000 });
  }).toPass({ intervals: [1] });
}

/** From now on the page's clock, and with it the scripted model, only moves when it is told to. */
export async function stopClock(page: Page): Promise<void> {
  const time = Date.now();
  await page.clock.install({ time });
  await page.clock.pauseAt(time + 60_000);
}

/** Lets the model of a stopped clock go on until the turn contains `text`. */
export async function answerUntil(page: Page, number: number, text: string): Promise<void> {
  await expect(async () => {
    await page.clock.runFor(30);
    await expect(turn(page, number)).toContainText(text, { timeout: 100 });
  }).toPass();
}

export const panel = (page: Page) => page.getByRole('dialog', { name: 'Your data' });

/** "Your data", where a person cares for it. */
export async function openPanel(page: Page): Promise<void> {
  await page.bringToFront();
  await button(page, 'Your data').click();
  await expect(panel(page)).toBeVisible();
}
