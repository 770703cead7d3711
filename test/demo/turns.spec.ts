import {
  answerAtOnce,
  answered,
  answerUntil,
  begin,
  button,
  chats,
  conversation,
  expect,
  message,
  send,
  stopClock,
  test,
  turn,
  turns,
  watchedAnswer,
} from './fixture.js';

test('a turn is pending in every tab while it is answered, and grows there', async ({ openTab }) => {
  const { first, second } = await watchedAnswer(openTab);
  await expect(turn(second, 2)).toContainText(/Tab “.+” is writing…/);
  await expect(turn(second, 2)).toContainText('Part 2');
  await expect(second.getByRole('treeitem', { name: /^Turn 2, pending/ })).toBeVisible();
  await answerAtOnce(first, 2);
  await expect(turn(second, 2)).toContainText('Part 12');
  await answered(second, 2);
});

test('an answer is stopped where it is', async ({ openTab }) => {
  const page = await openTab();
  await stopClock(page);
  await begin(page, 'hello');
  await answerUntil(page, 1, 'You wrote “hello”.');
  await button(page, 'Stop').click();
  await expect(turn(page, 1).getByText('Stopped')).toBeVisible();
  await expect(turn(page, 1)).not.toContainText('snapshot in IndexedDB');

  await page.reload();
  await expect(turn(page, 1).getByText('Stopped')).toBeVisible();
  await expect(turn(page, 1)).toContainText('You wrote “hello”.');
});

test('an answer is stopped from another tab', async ({ openTab }) => {
  const { first, second } = await watchedAnswer(openTab);
  await expect(button(second, 'Stop it')).toBeVisible();
  await second.bringToFront();
  await button(second, 'Stop it').click();
  await expect(turn(second, 2).getByText('Stopped')).toBeVisible();
  await expect(turn(first, 2).getByText('Stopped')).toBeVisible();
  await expect(turn(first, 2)).not.toContainText('Part 12');
  await expect(button(first, 'Send')).toBeVisible();
});

test('an answer goes on while its tab is hidden', async ({ openTab, context }) => {
  const page = await openTab();
  await page.clock.install();
  await begin(page, '/long');
  // Headless Chromium shows all its tabs; what a page does when it is told that it is hidden can be tried all the same.
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
    Object.defineProperty(document, 'hidden', { value: true, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await (await context.newPage()).bringToFront();
  await answerAtOnce(page, 1);
  await expect(turn(page, 1)).toContainText('Part 12');
});

test('a turn whose tab died is shown as such, keeps what it had, and can be tried again', async ({
  openTab,
}) => {
  const { first, second } = await watchedAnswer(openTab);
  await first.close();
  await expect(turn(second, 2)).toContainText('The tab that was writing this was closed.');
  await expect(turn(second, 2)).toContainText('Part 1');
  await expect(second.getByRole('treeitem', { name: /^Turn 2, expired/ })).toBeVisible();
  await turn(second, 2).getByRole('button', { name: 'Retry' }).click();
  await expect(turn(second, 2)).toContainText('2 / 2');
  await answerAtOnce(second, 2);
  await expect(turn(second, 2)).toContainText('Part 12');
});

test('a turn that fails says why, and can be tried again', async ({ openTab }) => {
  const page = await openTab();
  await send(page, '/fail now', 1);
  await expect(turn(page, 1)).toContainText('You wrote “/fail now”. I am');
  await expect(turn(page, 1)).toContainText('The scripted model was asked to fail.');
  await turn(page, 1).getByRole('button', { name: 'Retry' }).click();
  await expect(turn(page, 1)).toContainText('2 / 2');
  await expect(turn(page, 1)).toContainText('The scripted model was asked to fail.');
  await page.reload();
  await expect(turn(page, 1)).toContainText('The scripted model was asked to fail.');
});

/** A red dot. */
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==';

test('images are attached, sent, kept and taken away again', async ({ openTab }) => {
  const page = await openTab();
  const image = { name: 'dot.png', mimeType: 'image/png', buffer: Buffer.from(PNG, 'base64') };
  const choosing = page.waitForEvent('filechooser');
  await button(page, 'Attach images').click();
  await (await choosing).setFiles([image]);
  await expect(page.getByRole('img', { name: 'Attached 1' })).toBeVisible();
  await button(page, 'Remove image 1').click();
  await expect(page.getByRole('img', { name: 'Attached 1' })).toBeHidden();

  await page.locator('input[type=file]').setInputFiles([image]);
  await expect(page.getByRole('img', { name: 'Attached 1' })).toBeVisible();
  await begin(page, 'what is this');
  await expect(turn(page, 1)).toContainText('You attached an image.');
  await page.reload();
  const shown = turn(page, 1).getByRole('img', { name: 'Attachment 1' });
  await expect(shown).toBeVisible();
  expect(await shown.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(5);
});

test('an image that is too large is refused with what to do', async ({ openTab }) => {
  const page = await openTab();
  const buffer = Buffer.alloc(5 * 1024 * 1024 + 1);
  await page.locator('input[type=file]').setInputFiles([{ name: 'big.png', mimeType: 'image/png', buffer }]);
  await expect(page.getByRole('status').filter({ hasText: 'larger than 5 MB' })).toContainText(
    'Attach a smaller copy',
  );
});

test('an answer goes on while another chat is open', async ({ openTab }) => {
  const page = await openTab();
  await page.clock.install();
  await begin(page, '/long');
  await expect(conversation(page)).toContainText('Part 1');
  await button(page, 'New chat').click();
  await expect(turns(page)).toHaveCount(0);
  await page.clock.fastForward(15_000);
  await chats(page).click();
  await expect(turn(page, 1)).toContainText('Part 12');
});

test('a draft stays with its chat over a reload', async ({ openTab }) => {
  const page = await openTab();
  await send(page, 'hello', 1);
  await message(page).fill('not yet');
  await button(page, 'New chat').click();
  await expect(message(page)).toHaveValue('');
  await message(page).fill('another one');
  await page.reload();
  await expect(message(page)).toHaveValue('another one');
  await chats(page).click();
  await expect(message(page)).toHaveValue('not yet');
});

test('markup in a message stays text', async ({ openTab }) => {
  const page = await openTab();
  const prompt = '<img src="x" onerror="console.error(1)"><b>bold</b>';
  await begin(page, prompt);
  await expect(turn(page, 1).locator('.prompt')).toHaveText(`You${prompt}`);
  await expect(chats(page)).toContainText('<img');
});
