import { button, chats, expect, regenerate, send, snapshots, test, turn, turns } from './fixture.js';

test('another answer is a branch, and a reload comes back to the one that was chosen', async ({
  openTab,
}) => {
  const page = await openTab();
  await send(page, 'hello', 1);
  await send(page, 'and now', 2);
  await expect(turn(page, 1)).toContainText('You wrote “hello”');
  await expect(turn(page, 2)).toContainText('I remember the 2 messages before it');

  await regenerate(page, 1);
  await expect(turns(page)).toHaveCount(1);
  await expect(turn(page, 1)).toContainText('A second take on “hello”');
  await expect(turn(page, 1)).toContainText('2 / 2');
  await expect(page.getByText('3 snapshots, 2 branches')).toBeVisible();

  await turn(page, 1).getByRole('button', { name: 'Previous branch' }).click();
  await expect(turns(page)).toHaveCount(2);
  await expect(turn(page, 1)).toContainText('1 / 2');

  await page.reload();
  await expect(turns(page)).toHaveCount(2);
  await expect(turn(page, 1)).toContainText('1 / 2');
  await expect(turn(page, 2)).toContainText('You wrote “and now”');
  await expect(chats(page)).toHaveText([/^hello/]);
});

test('a message that is edited begins a branch beside the old one', async ({ openTab }) => {
  const page = await openTab();
  await send(page, 'hello', 1);
  await send(page, 'and now', 2);
  await turn(page, 1).getByRole('button', { name: 'Edit message' }).click();
  const editor = page.getByRole('textbox', { name: 'Edited message' });
  await expect(editor).toHaveValue('hello');
  await editor.fill('good morning');
  await button(page, 'Send as a new branch').click();
  await expect(turn(page, 1)).toContainText('You wrote “good morning”');
  await expect(turn(page, 1)).toContainText('2 / 2');
  await expect(turns(page)).toHaveCount(1);
  await turn(page, 1).getByRole('button', { name: 'Previous branch' }).click();
  await expect(turn(page, 1)).toContainText('You wrote “hello”');
  await expect(turn(page, 2)).toContainText('You wrote “and now”');
});

test('an edit can be given up', async ({ openTab }) => {
  const page = await openTab();
  await send(page, 'hello', 1);
  await turn(page, 1).getByRole('button', { name: 'Edit message' }).click();
  await page.getByRole('textbox', { name: 'Edited message' }).fill('something else');
  await page.keyboard.press('Escape');
  await expect(turn(page, 1)).toContainText('hello');
  await expect(page.getByText('1 snapshot, 1 branch')).toBeVisible();
});

test('the tree goes where it is clicked, and what is sent from there begins a branch', async ({
  openTab,
}) => {
  const page = await openTab();
  await send(page, 'one', 1);
  await send(page, 'two', 2);
  await expect(page.getByText('You are at an earlier turn.')).toBeHidden();

  await page.getByRole('treeitem', { name: /^Turn 1/ }).click();
  await expect(turns(page)).toHaveCount(1);
  await expect(page.getByText('You are at an earlier turn.')).toBeVisible();

  await send(page, 'another two', 2);
  await expect(turn(page, 2)).toContainText('2 / 2');
  await expect(page.getByText('You are at an earlier turn.')).toBeHidden();
  await expect(snapshots(page)).toHaveCount(3);
  await expect(
    page.getByRole('treeitem', { name: 'Turn 2, 2 of 2, completed: another two' }),
  ).toHaveAttribute('aria-current', 'true');
});

test('arrow keys walk through the tree, and Enter goes there', async ({ openTab }) => {
  const page = await openTab();
  await send(page, 'one', 1);
  await send(page, 'two', 2);
  await regenerate(page, 2);
  const item = (name: RegExp) => page.getByRole('treeitem', { name });
  await item(/^Turn 2, 2 of 2/).focus();
  await page.keyboard.press('ArrowLeft');
  await expect(item(/^Turn 2, 1 of 2/)).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(item(/^Turn 1,/)).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(item(/^Turn 2, 1 of 2/)).toBeFocused();
  await page.keyboard.press('Home');
  await expect(item(/^Turn 1,/)).toBeFocused();
  await page.keyboard.press('End');
  await expect(item(/^Turn 2, 2 of 2/)).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await expect(turn(page, 2)).toContainText('1 / 2');
  await expect(turn(page, 2)).toContainText('You wrote “two”');
});

test('the tree tells how each turn ended', async ({ openTab }) => {
  const page = await openTab();
  await send(page, 'one', 1);
  await send(page, '/fail please', 2);
  await expect(page.getByRole('treeitem', { name: /^Turn 1, completed/ })).toBeVisible();
  const failed = page.getByRole('treeitem', { name: /^Turn 2, failed/ });
  await expect(failed).toBeVisible();
  const colours = await snapshots(page).evaluateAll((items) =>
    items.map((item) => getComputedStyle(item.querySelector('.dot')!).fill),
  );
  expect(new Set(colours).size).toBe(2);
});

test('branches are compared side by side, from where they part', async ({ openTab }) => {
  const page = await openTab();
  await send(page, 'one', 1);
  await send(page, 'two', 2);
  await regenerate(page, 2);
  await turn(page, 2).getByRole('button', { name: 'Compare branches' }).click();
  const dialog = page.getByRole('dialog', { name: 'Compare branches' });
  await expect(dialog).toContainText('The first turn is the same.');
  await expect(dialog.getByRole('region', { name: 'Left branch' })).toContainText('A second take on “two”');
  await expect(dialog.getByRole('region', { name: 'Right branch' })).toContainText('You wrote “two”');
  await expect(dialog).not.toContainText('You wrote “one”');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
});

test('a turn is continued in a new tab, which stands there and nowhere else', async ({
  openTab,
  context,
}) => {
  const page = await openTab();
  await send(page, 'one', 1);
  await send(page, 'two', 2);
  const opening = context.waitForEvent('page');
  await turn(page, 1).getByRole('link', { name: 'Continue from here in a new tab' }).click();
  const other = await opening;
  await expect(turn(other, 1)).toContainText('You wrote “one”');
  await expect(turns(other)).toHaveCount(1);
  await send(other, 'another two', 2);
  await expect(turn(other, 2)).toContainText('2 / 2');
  // The first tab stays where it is, and shows that there is another branch now.
  await expect(turn(page, 2)).toContainText('You wrote “two”');
  await expect(turn(page, 2)).toContainText('1 / 2');
});

test('the address of a chat that is gone opens an empty one', async ({ openTab }) => {
  const page = await openTab('#chat=gone%');
  await expect(page.getByText('Ask something.')).toBeVisible();
  await send(page, 'hello', 1);
  await page.reload();
  await expect(turn(page, 1)).toContainText('You wrote “hello”');
});
