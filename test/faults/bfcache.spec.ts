import { expect } from '@playwright/test';
import { tabOf } from '../engines/chromium.mjs';
import { counted, countsHeard, expectIncreasing, hostIn, type RemoteHost } from '../tabs/tabs.js';
import { test, type BareChromium } from './bare-chromium.js';
import { goBack, leave } from './lifecycle.js';
import { expectAllKept, ReportingTab } from './reported-saves.js';

async function twoTabs(bare: BareChromium) {
  const page = await bare.openPage();
  return { page, one: hostIn(tabOf(page)), two: hostIn(tabOf(await bare.openPage())) };
}

const statusesHeard = async (host: RemoteHost) => (await host.heard()).statuses;

test('a page that is left and gone back to hears of everything it missed, and saves at once', async ({
  bare,
}) => {
  const { page, one, two } = await twoTabs(bare);
  await one.watch('a', 's');
  await one.save('a', counted(1));
  await leave(page);
  for (let round = 0; round < 20; round++) await two.increment('a', 10);
  await two.save('b', counted(0, { parentId: 'a' }));

  expect(await goBack(page)).toBe(true);
  await expect.poll(async () => (await countsHeard(one)).at(-1)).toBe(201);
  await expect
    .poll(async () => (await one.heard()).session.at(-1)?.told)
    .toMatchObject({ session: { snapshotCount: 2 } });

  await one.increment('a', 1);
  expect((await countsHeard(one)).at(-1)).toBe(202);
  await two.increment('a', 1);
  await expect.poll(async () => (await countsHeard(one)).at(-1)).toBe(203);
  expectIncreasing(await countsHeard(one));
  expect(await one.call('check')).toMatchObject({ problems: [] });
});

test('a turn reads expired while its page is left, and pending again when that has come back and saved', async ({
  bare,
}) => {
  const { page, one, two } = await twoTabs(bare);
  const turn = { snapshotId: 'turn' };
  await one.save('turn', counted(1, { status: 'pending' }));
  await two.watch('turn', 's');
  await expect.poll(() => statusesHeard(two)).toEqual(['pending']);

  await leave(page);
  await expect.poll(() => statusesHeard(two)).toEqual(['pending', 'expired']);
  expect(await two.call('getSnapshot', turn)).toMatchObject({ status: 'expired' });

  expect(await goBack(page)).toBe(true);
  expect(await one.call('getSnapshot', turn)).toMatchObject({ status: 'pending' });
  await one.save('turn', counted(2, { status: 'pending' }));
  expect(await two.call('getSnapshot', turn)).toMatchObject({ status: 'pending' });
  await expect.poll(() => statusesHeard(two)).toEqual(['pending', 'expired', 'pending']);
  await page.close();
  await expect.poll(() => statusesHeard(two)).toEqual(['pending', 'expired', 'pending', 'expired']);
});

test('a page that waits for a turn of another tab can be left, and hears how it ended meanwhile', async ({
  bare,
}) => {
  const page = await bare.openPage();
  const working = await bare.openPage();
  const [one, two] = [hostIn(tabOf(page)), hostIn(tabOf(working))];
  await two.save('turn', counted(1, { status: 'pending' }));
  await one.watch('turn', 's');
  await expect.poll(() => statusesHeard(one)).toEqual(['pending']);

  await leave(page);
  await two.save('turn', counted(2, { status: 'pending' }));
  await working.close();
  expect(await goBack(page)).toBe(true);
  // The browser may take a moment longer over the other tab's end than over the way back.
  await expect.poll(async () => (await statusesHeard(one)).at(-1)).toBe('expired');
  expect(new Set(await countsHeard(one))).toEqual(new Set([1, 2]));
});

test('a page that has gone back waits on for the turn of another tab', async ({ bare }) => {
  const page = await bare.openPage();
  const working = await bare.openPage();
  const [one, two] = [hostIn(tabOf(page)), hostIn(tabOf(working))];
  await two.save('turn', counted(1, { status: 'pending' }));
  await one.watch('turn', 's');
  await expect.poll(() => statusesHeard(one)).toEqual(['pending']);

  await leave(page);
  expect(await goBack(page)).toBe(true);
  expect(await one.call('getSnapshot', { snapshotId: 'turn' })).toMatchObject({ status: 'pending' });
  await working.close();
  await expect.poll(() => statusesHeard(one)).toEqual(['pending', 'expired']);
});

test('a page that is left keeps nobody from deleting the database, and hears of it', async ({ bare }) => {
  const { page, one, two } = await twoTabs(bare);
  await one.save('a', counted(1));
  await one.watch('a', 's');
  await expect.poll(() => countsHeard(one)).toEqual([1]);
  await leave(page);
  await two.call('deleteDatabase');
  await two.save('b', counted(2));
  expect((await two.heard()).health).toEqual([]);

  expect(await goBack(page)).toBe(true);
  expect(await one.call('getSnapshot', { snapshotId: 'a' })).toBeUndefined();
  await expect.poll(async () => (await one.heard()).sessions).toContainEqual({ type: 'reset' });
  await expect
    .poll(async () => (await one.heard()).session.at(-1)?.told)
    .toMatchObject({ session: { snapshotCount: 1 } });
  await one.save('a', counted(3));
  expect(await countsHeard(one)).toEqual([1, 3]);
});

test('a page that is left amid its saves has lost none that had resolved, and holds nobody up', async ({
  bare,
}) => {
  const [page, front] = [await bare.openPage(), await bare.openPage()];
  const [one, two] = [hostIn(tabOf(page)), hostIn(tabOf(front))];
  const tabs = [await ReportingTab.in(page, 'one'), await ReportingTab.in(front, 'two')] as const;
  // Whether the browser keeps a page that has something to do is its own affair, and so is how this ends.
  tabs[0].save(100_000).catch(() => {});
  await expect.poll(() => tabs[0].saved.length).toBeGreaterThan(200);
  await leave(page);
  await tabs[1].save(200);
  await expectAllKept(two, [...tabs]);
  await goBack(page);
  await one.increment('a', 1);
  await expectAllKept(one, [...tabs]);
});
