import { answered, begin, expect, test, turn, turns } from './fixture.js';

const LENGTH = 1000;

const seeded = Array.from({ length: LENGTH }, (_, i) => ({
  user: `Question ${i + 1}`,
  model: `Answer ${i + 1}. ${'It goes on for a while. '.repeat(20)}`,
}));

test('a chat of a thousand turns opens at its end, renders what is seen, and goes on', async ({
  openTab,
  sessions,
}) => {
  const ids = await sessions.seed({ sessionId: 'long', title: 'Long', turns: seeded });
  const page = await openTab('#chat=long');
  await expect(turn(page, LENGTH)).toBeVisible();
  expect(await turns(page).count()).toBeLessThan(40);

  await begin(page, 'and now');
  await answered(page, LENGTH + 1);
  await expect(turn(page, LENGTH + 1)).toBeInViewport();
  const last = await sessions.waitForSnapshot({
    sessionId: 'long',
    parentId: ids.at(-1)!,
    status: 'completed',
  });
  expect(last.state?.messages).toHaveLength(2 * (LENGTH + 1));

  await page.locator('.scroller').evaluate((scroller) => (scroller.scrollTop = 0));
  await expect(turn(page, 1)).toBeVisible();
  await expect(turn(page, LENGTH + 1)).toBeHidden();
});

test('who has scrolled up stays there while the answer grows', async ({ openTab, sessions }) => {
  await sessions.seed({ sessionId: 'long', turns: seeded.slice(0, 30) });
  const page = await openTab('#chat=long');
  await page.clock.install();
  await begin(page, '/long');
  await expect(turn(page, 31)).toContainText('Part 1');
  await page.mouse.move(500, 300);
  await page.mouse.wheel(0, -2000);
  await expect(turn(page, 31)).not.toBeInViewport();
  const top = () => page.locator('.scroller').evaluate(({ scrollTop }) => Math.round(scrollTop));
  // Smooth scrolling has come to its end.
  await expect(async () => {
    const before = await top();
    await page.waitForTimeout(100);
    expect(await top()).toBe(before);
  }).toPass();
  const before = await top();
  for (let part = 0; part < 5; part++) await page.clock.fastForward(2000);
  await answered(page, 31);
  expect(await top()).toBe(before);
});

test('what is pending in the store is shown so, whoever put it there', async ({ openTab, sessions }) => {
  const [first] = await sessions.seed({
    sessionId: 'trip',
    turns: [{ user: 'Where to?', model: 'Lisbon' }],
  });
  const page = await openTab('#chat=trip');
  await expect(turn(page, 1)).toContainText('Lisbon');
  const [pending] = await sessions.seed({
    sessionId: 'trip',
    turns: [{ user: 'And then?', parentId: first!, status: 'pending' }],
  });
  await expect(turn(page, 2)).toContainText('Another tab is writing…');
  await sessions.close();
  await expect(turn(page, 2)).toContainText('The tab that was writing this was closed.');
  await sessions.waitForStatus(pending!, 'expired');
});
