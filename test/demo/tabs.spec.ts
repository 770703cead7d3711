import { button, chats, expect, message, regenerate, send, test, turn, watchedAnswer } from './fixture.js';

test('a second tab follows turns, branches and chats without a reload', async ({ openTab }) => {
  const first = await openTab();
  const second = await openTab();
  await send(first, 'hello', 1);
  await second.bringToFront();
  await chats(second).click();
  await expect(turn(second, 1)).toContainText('You wrote “hello”');

  await send(first, 'and now', 2);
  await expect(turn(second, 2)).toContainText('You wrote “and now”');

  await regenerate(second, 2);
  await expect(turn(second, 2)).toContainText('A second take on “and now”');
  // Who stands on a branch stays on it, and sees that there is another one.
  await expect(turn(first, 2)).toContainText('1 / 2');
  await expect(turn(first, 2)).toContainText('You wrote “and now”');

  await button(first, 'New chat').click();
  await send(first, 'something else', 1);
  await expect(chats(second)).toHaveText([/^something else/, /^hello/]);
  await expect(second.getByRole('heading', { name: 'hello' })).toBeVisible();
});

test('two tabs that answer the same message make two branches, and both see both', async ({ openTab }) => {
  const first = await openTab();
  await send(first, 'hello', 1);
  const second = await openTab(new URL(first.url()).hash);
  await expect(turn(second, 1)).toContainText('You wrote “hello”');
  await message(first).fill('left');
  await message(second).fill('right');
  await first.bringToFront();
  await button(first, 'Send').click();
  await expect(turn(first, 2)).toContainText('left');
  // Whoever is writing is not moved along; what they send is beside what has come meanwhile.
  await expect(second.getByRole('treeitem', { name: /^Turn 2/ })).toHaveCount(1);
  await second.bringToFront();
  await expect(second.getByText('You are at an earlier turn.')).toBeVisible();
  await button(second, 'Send').click();
  for (const [tab, own] of [
    [first, 'left'],
    [second, 'right'],
  ] as const) {
    await expect(turn(tab, 2)).toContainText(`You wrote “${own}”`);
    await expect(turn(tab, 2)).toContainText(/[12] \/ 2/);
    await expect(tab.getByRole('treeitem', { name: /^Turn 2/ })).toHaveCount(2);
  }
});

test('a chat that is deleted in one tab closes in the others', async ({ openTab }) => {
  const { first, second } = await watchedAnswer(openTab);
  await second.bringToFront();
  await chats(second).hover();
  await button(second, 'More about hello').click();
  await button(second, 'Delete hello').click();
  for (const tab of [first, second]) {
    await expect(chats(tab)).toHaveCount(0);
    await expect(tab.getByText('Ask something.')).toBeVisible();
  }
});
