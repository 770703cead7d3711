import { button, chats, expect, send, stopClock, test, turn, type Page } from './fixture.js';
import { seed, storedIds, type Seed } from './seed.js';

const MINUTE = 60_000;

const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

/** Chats named after their letters, the latest first. */
const named = (letters: string, more: Partial<Seed> = {}): Seed[] =>
  letters.split('').map((letter, i) => ({
    id: letter,
    title: `Chat ${letter}`,
    at: ago((i + 1) * MINUTE),
    branches: [[`Hello from ${letter}`, `An answer to ${letter}`]],
    ...more,
  }));

const names = (...letters: string[]) => letters.map((letter) => new RegExp(`^Chat ${letter}`));
const search = (page: Page) => page.getByRole('searchbox', { name: 'Search chats' });

async function choose(page: Page, verb: string, title: string): Promise<void> {
  await page.bringToFront();
  await chats(page).filter({ hasText: title }).first().hover();
  await button(page, `More about ${title}`).click();
  await button(page, `${verb} ${title}`).click();
}

test('a chat says how long ago it was, and time goes on', async ({ context, openTab, sessions }) => {
  await context.clock.install();
  const page = await openTab();
  await seed(sessions, named('a', { at: ago(3 * MINUTE) }));
  await expect(chats(page)).toHaveText([/3 min. ago · 1 turn$/]);
  await page.clock.fastForward(10 * MINUTE);
  await expect(chats(page)).toHaveText([/13 min. ago/]);
});

test('a title is edited in its place, and is new in every tab', async ({ openTab, sessions }) => {
  const first = await openTab();
  const second = await openTab();
  await seed(sessions, named('ab'));
  await choose(first, 'Rename', 'Chat b');
  const title = first.getByRole('textbox', { name: 'Title' });
  await expect(title).toBeFocused();
  await title.fill('Other');
  await first.keyboard.press('Escape');
  await expect(chats(first)).toHaveText(names('a', 'b'));

  await choose(first, 'Rename', 'Chat b');
  await title.fill('Something else');
  await first.keyboard.press('Enter');
  await expect(first.getByRole('link', { name: 'Something else' })).toBeFocused();
  for (const tab of [first, second]) await expect(chats(tab)).toHaveText([/^Chat a/, /^Something else/]);

  await choose(first, 'Rename', 'Something else');
  await title.fill('By leaving');
  await search(first).click();
  await expect(chats(second)).toHaveText([/^Chat a/, /^By leaving/]);
  await expect(search(first)).toBeFocused();
});

test('what is pinned stands at the top, even from far down the list', async ({ openTab, sessions }) => {
  const first = await openTab();
  const others = Array.from({ length: 450 }, (_, i) => ({
    id: `other ${i}`,
    at: ago((i + 10) * MINUTE),
    branches: [['hi']],
  }));
  await seed(sessions, [
    ...named('abc'),
    ...others,
    ...named('z', { at: ago(9999 * MINUTE), metadata: { pinned: true } }),
  ]);
  const second = await openTab();
  await expect(chats(second).first()).toHaveText(/^Chat z/);
  await choose(second, 'Pin', 'Chat c');
  for (const tab of [first, second]) await expect(chats(tab).nth(3)).toHaveText(/^Chat b/);
  await expect(chats(first).nth(0)).toHaveText(/^Chat c.*Pinned/);
  await choose(first, 'Unpin', 'Chat z');
  for (const tab of [first, second]) await expect(chats(tab).nth(1)).toHaveText(/^Chat a/);
});

test('what is archived is out of the way, and can be seen and brought back', async ({
  openTab,
  sessions,
}) => {
  const page = await openTab();
  await seed(sessions, named('abc'));
  await choose(page, 'Archive', 'Chat b');
  await expect(chats(page)).toHaveText(names('a', 'c'));
  await button(page, 'Archived (1)').click();
  await expect(chats(page)).toHaveText(names('b'));
  await choose(page, 'Unarchive', 'Chat b');
  await expect(page.getByText('Nothing is archived.')).toBeVisible();
  await button(page, 'All chats').click();
  await expect(chats(page)).toHaveText(names('a', 'b', 'c'));
});

test('deleting hides a chat in every tab at once, and can be undone', async ({ openTab, sessions }) => {
  const first = await openTab();
  await seed(sessions, named('ab'));
  const second = await openTab('#chat=b');
  await chats(first).nth(1).click();
  for (const tab of [first, second]) {
    await expect(turn(tab, 1)).toContainText('An answer to b');
    // What can be undone for some seconds, and what is said for some.
    await stopClock(tab);
  }

  await choose(first, 'Delete', 'Chat b');
  for (const tab of [first, second]) {
    await expect(chats(tab)).toHaveText(names('a'));
    await expect(tab.getByText('Ask something.')).toBeVisible();
  }
  await expect(second.getByText('The chat was deleted.')).toBeVisible();
  await expect(first.getByText('The chat was deleted.')).toHaveCount(0);

  await first.getByRole('status').getByRole('button', { name: 'Undo' }).click();
  for (const tab of [first, second]) await expect(chats(tab)).toHaveText(names('a', 'b'));
  await expect(turn(first, 1)).toContainText('An answer to b');
});

test('when the time for undoing is over, a chat is really deleted', async ({
  context,
  openTab,
  sessions,
}) => {
  await context.clock.install();
  const page = await openTab();
  await seed(sessions, named('ab'));
  await choose(page, 'Delete', 'Chat a');
  await expect(page.getByRole('status').filter({ hasText: 'Deleted “Chat a”' })).toBeVisible();
  await page.clock.fastForward(9_000);
  await expect(button(page, 'Undo')).toHaveCount(0);
  await expect.poll(() => storedIds(page)).toEqual(['b']);
});

test('what a tab was about to delete when it was closed, a later start deletes', async ({
  context,
  openTab,
  sessions,
}) => {
  const first = await openTab();
  await seed(sessions, named('abc'));
  await choose(first, 'Delete', 'Chat a');
  await expect(chats(first)).toHaveText(names('b', 'c'));
  // Somebody may still think better of it.
  expect(await storedIds(first)).toEqual(['a', 'b', 'c']);
  await first.close();
  await sessions.close();
  await context.clock.install({ time: Date.now() + MINUTE });
  const second = await openTab();
  await expect(chats(second)).toHaveText(names('b', 'c'));
  await second.clock.fastForward(9_000);
  await expect.poll(() => storedIds(second)).toEqual(['b', 'c']);
});

test('the search finds titles and what was said on any branch, and goes there', async ({
  openTab,
  sessions,
}) => {
  const page = await openTab();
  await seed(sessions, [
    ...named('ab'),
    {
      id: 'tree',
      title: 'Garden',
      at: ago(9 * MINUTE),
      branches: [
        ['What shall I plant?', 'Tomatoes are said to grow nearly everywhere, given enough of sun'],
        ['What shall I plant?', 'Take pumpkins (they look after\nthemselves)'],
      ],
    },
    { id: 'said', title: 'Kitchen', at: ago(20 * MINUTE), branches: [['Are pumpkins berries?', 'Yes.']] },
    { id: 'named', title: 'Pumpkins', at: ago(30 * MINUTE), branches: [['Hi']] },
    {
      id: 'gone',
      title: 'Pumpkins, too',
      at: ago(1),
      branches: [['Hi']],
    },
  ]);
  await choose(page, 'Delete', 'Pumpkins, too');
  await search(page).fill('PUMPKINS');
  await expect(page.getByText('3 found in 5')).toBeVisible();
  await expect(chats(page)).toHaveText([/^Pumpkins/, /^GardenTake pumpkins/, /^KitchenAre pumpkins/]);
  await expect(chats(page).locator('mark')).toHaveText(['Pumpkins', 'pumpkins', 'pumpkins']);

  await search(page).fill('after themselves)');
  await expect(chats(page)).toHaveText([/^Garden/]);
  await chats(page).click();
  await expect(turn(page, 1)).toContainText('Take pumpkins');
  await search(page).fill('tomatoes');
  await expect(chats(page).locator('mark')).toHaveText(['Tomatoes']);
  await chats(page).click();
  await expect(turn(page, 1)).toContainText('Tomatoes are said');

  await search(page).fill('nowhere');
  await expect(page.getByText('0 found in 5')).toBeVisible();
  await search(page).press('Escape');
  await expect(chats(page)).toHaveCount(5);
});

test('what a search has found is renamed, deleted and brought back in its place', async ({
  openTab,
  sessions,
}) => {
  const page = await openTab();
  await seed(sessions, named('abc'));
  await search(page).fill('hello');
  await expect(chats(page).locator('mark')).toHaveCount(3);
  await choose(page, 'Rename', 'Chat a');
  await page.getByRole('textbox', { name: 'Title' }).fill('Chat z');
  await page.keyboard.press('Enter');
  await expect(chats(page)).toHaveText(names('z', 'b', 'c'));
  await stopClock(page);
  // What is found is shown now and then.
  const shown = (...letters: string[]) =>
    expect(async () => {
      await page.clock.runFor(100);
      await expect(chats(page)).toHaveText(names(...letters), { timeout: 1000 });
    }).toPass();
  await choose(page, 'Delete', 'Chat b');
  await shown('z', 'c');
  await button(page, 'Undo').click();
  await shown('z', 'b', 'c');
});

test('the list needs no mouse', async ({ openTab, sessions }) => {
  const page = await openTab();
  await seed(sessions, named('abcd'));
  const link = (letter: string) => page.getByRole('link', { name: `Chat ${letter}` });
  await search(page).focus();
  await page.keyboard.press('Tab');
  await expect(link('a')).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(link('b')).toBeFocused();
  await page.keyboard.press('End');
  await expect(link('d')).toBeFocused();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowUp');
  await expect(link('a')).toBeFocused();

  await page.keyboard.press('Tab');
  const more = button(page, 'More about Chat a');
  await expect(more).toBeFocused();
  await expect(more).toHaveCSS('opacity', '1');
  await page.keyboard.press('Enter');
  await expect(button(page, 'Rename Chat a')).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(button(page, 'Pin Chat a')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(more).toBeFocused();

  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('F2');
  await expect(page.getByRole('textbox', { name: 'Title' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(link('a')).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Delete');
  await expect(chats(page)).toHaveText(names('a', 'c', 'd'));
  await expect(link('c')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(turn(page, 1)).toContainText('An answer to c');
  await expect(link('c')).toHaveAttribute('aria-current', 'page');
});

test('a chat comes to the top when it goes on', async ({ openTab, sessions }) => {
  const page = await openTab('#chat=c');
  await seed(sessions, named('abc'));
  await send(page, 'more', 2);
  await expect(chats(page)).toHaveText(names('c', 'a', 'b'));
});

test('ten thousand chats scroll to the end, and are searched through', async ({ openTab, sessions }) => {
  test.slow();
  const COUNT = 10_000;
  await seed(
    sessions,
    Array.from({ length: COUNT }, (_, i) => ({
      id: `chat ${i}`,
      at: ago((i + 1) * MINUTE),
      branches: [[`Question ${i}`, `Answer ${i}${i % 5000 === 4321 ? ', a needle' : ''}`]],
      ...(i === 0 && { title: 'The newest' }),
      ...(i === COUNT - 1 && { title: 'The oldest' }),
    })),
  );
  const page = await openTab();
  await expect(chats(page).first()).toHaveAccessibleName(/^The newest/);
  const scroller = page.locator('.session-scroller');
  const oldest = page.getByRole('link', { name: 'The oldest' });
  await expect(async () => {
    await scroller.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await expect(oldest).toBeVisible({ timeout: 50 });
  }).toPass({ intervals: [50], timeout: 180_000 });
  const item = page.getByRole('listitem').filter({ has: oldest });
  await expect(item).toHaveAttribute('aria-posinset', String(COUNT));
  await expect(item).toHaveAttribute('aria-setsize', String(COUNT));
  expect(await chats(page).count()).toBeLessThan(60);
  await oldest.click();
  await expect(turn(page, 1)).toContainText('Answer 9999');

  await search(page).fill('needle');
  await expect(page.getByText(/searched [\d,]+ of 10,000/)).toBeVisible();
  await expect(page.getByText('2 found in 10,000')).toBeVisible({ timeout: 120_000 });
  await expect(chats(page).locator('mark')).toHaveText(['needle', 'needle']);
});
