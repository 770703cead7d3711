import { expect } from '@playwright/test';
import { tabOf } from '../engines/chromium.mjs';
import { counted, countsHeard, expectIncreasing, hostIn, type RemoteHost } from '../tabs/tabs.js';
import { crash } from './lifecycle.js';
import { test } from './pages.js';
import { expectAllKept, ReportingTab } from './reported-saves.js';

const healthOf = async (host: RemoteHost) => (await host.heard()).health;

test('data that the user cleared while tabs are open: they go on with an empty database', async ({
  openPage,
}) => {
  const page = await openPage();
  const [one, two] = [hostIn(tabOf(page)), hostIn(tabOf(await openPage()))];
  await one.save('a', counted(1));
  await two.watch('a', 's');
  await expect.poll(() => countsHeard(two)).toEqual([1]);

  const session = await page.context().newCDPSession(page);
  await session.send('Storage.clearDataForOrigin', {
    origin: new URL(page.url()).origin,
    storageTypes: 'indexeddb',
  });
  // The browser aborts what is begun before it is done, at the second attempt too.
  await expect(async () =>
    expect(await one.call('getSnapshot', { snapshotId: 'a' })).toBeUndefined(),
  ).toPass();
  await one.save('a', counted(2));
  await expect.poll(() => countsHeard(two)).toEqual([1, 2]);
  await two.save('a', counted(3));
  expect(await one.call('getSnapshot', { snapshotId: 'a' })).toMatchObject({ state: { custom: 3 } });
  expect(await one.call('getSession', 's')).toMatchObject({ snapshotCount: 1 });
  // Whichever tab looks first notes what it has found, for the others too.
  const told = [...(await healthOf(one)), ...(await healthOf(two))];
  expect(told.length).toBeGreaterThan(0);
  for (const event of told) expect(event).toEqual({ type: 'wiped', database: 'offshoot' });
});

test('data that is cleared again and again: every loss is told once', async ({ openPage }) => {
  const page = await openPage();
  const host = hostIn(tabOf(page));
  const session = await page.context().newCDPSession(page);
  for (let times = 1; times <= 5; times++) {
    await expect(() => host.save('a', counted(times))).toPass();
    await expect.poll(() => healthOf(host)).toHaveLength(times - 1);
    await session.send('Storage.clearDataForOrigin', {
      origin: new URL(page.url()).origin,
      storageTypes: 'indexeddb',
    });
    await expect(async () =>
      expect(await host.call('getSnapshot', { snapshotId: 'a' })).toBeUndefined(),
    ).toPass();
    await expect.poll(() => healthOf(host)).toHaveLength(times);
  }
  expect((await healthOf(host)).every(({ type }) => type === 'wiped')).toBe(true);
});

test('a tab whose data the user cleared hears of it, though nobody saves or reads any more', async ({
  openPage,
}) => {
  const page = await openPage();
  const tab = hostIn(tabOf(page));
  await tab.save('a', counted(1));
  await tab.watch('a', 's');
  await expect.poll(() => countsHeard(tab)).toEqual([1]);

  const session = await page.context().newCDPSession(page);
  await session.send('Storage.clearDataForOrigin', {
    origin: new URL(page.url()).origin,
    storageTypes: 'indexeddb',
  });
  await expect
    .poll(async () => (await tab.heard()).session.map(({ told }) => told.type))
    .toEqual(['deleted']);
});

test('a tab that crashes in the midst of its saves leaves whole what it saved, and the others go on', async ({
  openPage,
}) => {
  const page = await openPage();
  const [one, two] = [hostIn(tabOf(page)), hostIn(tabOf(await openPage()))];
  await two.watch('a', 's');
  const counting = one.increment('a', 200_000);
  const dying = expect(counting).rejects.toThrow('crashed');
  await expect.poll(async () => (await countsHeard(two)).length).toBeGreaterThan(10);

  await crash(page);
  await dying;

  await two.increment('a', 1);
  const counts = await countsHeard(two);
  expectIncreasing(counts);
  expect(counts.at(-1)).toBeLessThan(200_000);
  expect(await two.call('getSnapshot', { sessionId: 's' })).toMatchObject({
    state: { custom: counts.at(-1) },
  });
  expect(await two.call('getSession', 's')).toMatchObject({ snapshotCount: 1 });
});

test('a tab that crashes amid its saves and its turn: each save that had resolved is kept, the turn expires', async ({
  openPage,
}) => {
  const [page, other] = [await openPage(), await openPage()];
  const [one, two] = [hostIn(tabOf(page)), hostIn(tabOf(other))];
  const tabs = [await ReportingTab.in(page, 'one'), await ReportingTab.in(other, 'two')] as const;
  await one.save('turn', counted(1, { status: 'pending' }));
  await two.watch('turn', 's');
  const dying = expect(tabs[0].save(100_000)).rejects.toThrow('crashed');
  const saving = tabs[1].save(1000);
  await expect.poll(() => tabs[0].saved.length).toBeGreaterThan(200);
  await crash(page);
  await Promise.all([dying, saving]);

  expect(tabs[1].saved).toHaveLength(1000);
  await expectAllKept(two, [...tabs]);
  await expect.poll(async () => (await two.heard()).statuses).toEqual(['pending', 'expired']);
  expect(await two.call('getSnapshot', { snapshotId: 'turn' })).toMatchObject({ status: 'expired' });
});
