import { AxeBuilder } from '@axe-core/playwright';
import {
  answerAtOnce,
  answered,
  begin,
  beginLong,
  button,
  chats,
  expect,
  idle,
  message,
  regenerate,
  send,
  stopClock,
  test,
  turn,
  type Page,
} from './fixture.js';

async function violations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    // All that axe looks at by itself, and how large targets are.
    .options({ rules: { 'target-size': { enabled: true } } })
    .analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [390, 820, 1280]) {
    test(`axe finds nothing, ${scheme}, ${width} px wide`, async ({ openTab }) => {
      const page = await openTab();
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 844 });
      await expect(page.getByText('Ask something.')).toBeVisible();
      expect(await violations(page)).toEqual([]);
      await page.clock.install();
      await send(page, 'hello', 1);
      await send(page, '/fail', 2);
      await regenerate(page, 1);
      await begin(page, '/long');
      await expect(turn(page, 2)).toContainText('Part 1');
      expect(await violations(page)).toEqual([]);
      await answerAtOnce(page, 2);
      if (width < 960) {
        await page.getByRole('button', { name: 'Branches', exact: true }).click();
        await expect(page.getByRole('tree')).toBeVisible();
        expect(await violations(page)).toEqual([]);
        await page.keyboard.press('Escape');
        await page.getByRole('button', { name: 'Chats', exact: true }).click();
        await expect(chats(page)).toHaveCount(1);
      }
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await turn(page, 1).getByRole('button', { name: 'Compare branches' }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      expect(await violations(page)).toEqual([]);
      // Nothing makes the page itself wider than the screen.
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    });
  }
}

test('the keyboard is enough, and keeps its place', async ({ openTab }) => {
  const page = await openTab();
  await expect(message(page)).toBeFocused();
  await page.keyboard.type('hello');
  await page.keyboard.press('Enter');
  await answered(page, 1);
  await expect(message(page)).toBeFocused();

  const tool = turn(page, 1).getByRole('button', { name: 'Regenerate' });
  await tool.focus();
  await page.keyboard.press('Enter');
  await expect(turn(page, 1)).toContainText('2 / 2');
  await answered(page, 1);

  const previous = turn(page, 1).getByRole('button', { name: 'Previous branch' });
  await previous.focus();
  await page.keyboard.press('Enter');
  await expect(turn(page, 1)).toContainText('1 / 2');
  await expect(previous).toBeFocused();

  await page.keyboard.press('Tab');
  await expect(turn(page, 1).getByRole('button', { name: 'Next branch' })).toBeFocused();
});

test('on a phone, chats and branches open over the conversation', async ({ openTab }) => {
  const page = await openTab();
  await page.setViewportSize({ width: 390, height: 844 });
  await send(page, 'hello', 1);
  await regenerate(page, 1);
  await expect(page.getByRole('tree')).toBeHidden();

  await page.getByRole('button', { name: 'Branches', exact: true }).click();
  await page.getByRole('treeitem', { name: /^Turn 1, 1 of 2/ }).click();
  await expect(turn(page, 1)).toContainText('1 / 2');
  await expect(page.getByRole('tree')).toBeHidden();

  await page.getByRole('button', { name: 'Chats', exact: true }).click();
  await expect(button(page, 'New chat')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Chats', exact: true })).toBeFocused();
  await expect(chats(page)).toHaveCount(0);
});

test('an answer is read out when it is complete', async ({ openTab }) => {
  const page = await openTab();
  await stopClock(page);
  await begin(page, 'hello');
  const log = page.getByRole('log');
  await expect(log).toHaveText('Answering…');
  await page.clock.resume();
  await idle(page);
  await expect(log).toContainText('You wrote “hello”');
});

test('an answer that goes on elsewhere is not called stopped', async ({ openTab }) => {
  const page = await openTab();
  await send(page, 'first', 1);
  await button(page, 'New chat').click();
  await stopClock(page);
  await begin(page, '/long');
  const log = page.getByRole('log');
  await expect(log).toContainText('Answering…');
  await chats(page).filter({ hasText: 'first' }).click();
  await expect(turn(page, 1)).toContainText('You wrote “first”');
  await page.clock.runFor(1000);
  await expect(log).not.toContainText('stopped');
});

test('text that runs from right to left is set so', async ({ openTab }) => {
  const page = await openTab();
  await send(page, 'שלום עולם', 1);
  const prompt = turn(page, 1).locator('.prompt [dir=auto]');
  expect(await prompt.evaluate((element) => getComputedStyle(element).direction)).toBe('rtl');
  const answer = turn(page, 1).locator('.answer [dir=auto]').first();
  expect(await answer.evaluate((element) => getComputedStyle(element).direction)).toBe('ltr');
});

test('who wants less motion gets none', async ({ openTab }) => {
  const page = await openTab();
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await beginLong(page, 1);
  await expect(page.locator('.caret')).toBeVisible();
  const moving = await page.evaluate(() => document.getAnimations().length);
  expect(moving).toBe(0);
});
