import { expect, type Page } from '@playwright/test';
import { tabOf } from '../engines/chromium.mjs';
import { counted, countsHeard, expectIncreasing, hostIn, type RemoteHost } from '../tabs/tabs.js';
import { test, type BareChromium } from './bare-chromium.js';
import { freeze, thaw } from './lifecycle.js';
import { countedSoFar, expectAllKept, ReportingTab } from './reported-saves.js';

/** The second is in front: only a tab behind another can be frozen. */
async function twoTabs(bare: BareChromium) {
  const [page, front] = [await bare.openPage(), await bare.openPage()];
  return { page, front, one: hostIn(tabOf(page)), two: hostIn(tabOf(front)) };
}

const statusesHeard = async (host: RemoteHost) => (await host.heard()).statuses;

test('a tab that was frozen ends on the last version, having seen versions only in order', async ({
  bare,
}) => {
  const { page, one, two } = await twoTabs(bare);
  await one.watch('a', 's');
  await two.increment('a', 1);
  await expect.poll(() => countsHeard(one)).toEqual([1]);
  await freeze(page);
  for (let round = 0; round < 20; round++) await two.increment('a', 5);
  await two.save('b', counted(0, { parentId: 'a' }));
  await thaw(page);
  // These come on top of what the browser kept for it.
  await Promise.all([one.increment('a', 10), two.increment('a', 10)]);

  await expect.poll(async () => (await countsHeard(one)).at(-1)).toBe(121);
  expectIncreasing(await countsHeard(one));
  await expect
    .poll(async () => (await one.heard()).session.at(-1)?.told)
    .toMatchObject({ session: { snapshotCount: 2 } });
});

test('a tab that is frozen again and again amid its saves loses none, nor do the others', async ({
  bare,
}) => {
  const { page, front, one, two } = await twoTabs(bare);
  const tabs = [await ReportingTab.in(page, 'one'), await ReportingTab.in(front, 'two')];
  await two.watch('a', 's');
  const saving = Promise.all(tabs.map((tab) => tab.save(1000)));
  for (let times = 1; times <= 10; times++) {
    await expect.poll(() => tabs[0]!.saved.length).toBeGreaterThan(times * 50);
    await freeze(page);
    await thaw(page);
  }
  await saving;

  expect(tabs.map(({ saved }) => saved.length)).toEqual([1000, 1000]);
  expect(await countedSoFar(one)).toBe(1000);
  await expectAllKept(two, tabs);
  await expect.poll(async () => (await countsHeard(two)).at(-1)).toBe(1000);
  expectIncreasing(await countsHeard(two));
});

declare global {
  interface Window {
    heardOfSave: Promise<void>;
  }
}

/** Resolves while `host` is in the midst of a save, where it stays for some time: a busy tab cannot be asked. */
async function beginSave(host: RemoteHost, elsewhere: Page) {
  await elsewhere.evaluate(() => {
    window.heardOfSave = new Promise((resolve) => {
      new BroadcastChannel('amid a save').onmessage = () => resolve();
    });
  });
  const saving = host.saveSlowly('a', counted(2), 3000);
  await elsewhere.evaluate(() => window.heardOfSave);
  return { saving };
}

test('a tab frozen inside a transaction keeps nobody waiting, and saves when it goes on', async ({
  bare,
}) => {
  const { page, front, one, two } = await twoTabs(bare);
  await one.save('a', counted(1));
  // What the first tab remembers is outdated by this, so its next save has more to ask for when the mutator returns.
  await two.save('b', counted(1, { parentId: 'a' }));
  const { saving } = await beginSave(one, front);
  await freeze(page);
  await two.save('b', counted(2, { parentId: 'a' }));
  expect(await two.call('getSnapshot', { snapshotId: 'a' })).toMatchObject({ state: { custom: 1 } });

  await thaw(page);
  await saving;
  expect(await two.call('getSnapshot', { snapshotId: 'a' })).toMatchObject({ state: { custom: 2 } });
  expect(await one.call('getSnapshot', { snapshotId: 'b' })).toMatchObject({ state: { custom: 2 } });
  expect(await two.call('check')).toMatchObject({ problems: [] });
});

test('a frozen tab keeps nobody from deleting the database, and hears of it when it is thawed', async ({
  bare,
}) => {
  const { page, one, two } = await twoTabs(bare);
  await one.save('a', counted(1));
  await one.watch('a', 's');
  await expect.poll(() => countsHeard(one)).toEqual([1]);
  await freeze(page);
  await two.call('deleteDatabase');
  expect((await two.heard()).health).toEqual([]);
  await two.save('b', counted(2));

  await thaw(page);
  expect(await one.call('getSnapshot', { snapshotId: 'a' })).toBeUndefined();
  await expect.poll(async () => (await one.heard()).sessions).toContainEqual({ type: 'reset' });
  await one.save('a', counted(3));
  expect(await countsHeard(one)).toEqual([1, 3]);
  expect(await two.call('getSession', 's')).toMatchObject({ snapshotCount: 2 });
});

test('a frozen tab keeps nobody from upgrading the database, and says that it has to be reloaded', async ({
  bare,
}) => {
  const { page, front, one } = await twoTabs(bare);
  await one.save('a', counted(1));
  await freeze(page);
  const upgraded = await front.evaluate(
    () =>
      new Promise<string[]>((resolve, reject) => {
        const events: string[] = [];
        const request = indexedDB.open('offshoot', 99);
        request.onblocked = () => events.push('blocked');
        request.onerror = () => reject(request.error);
        request.onsuccess = () => {
          request.result.close();
          resolve(events);
        };
      }),
  );
  expect(upgraded).toEqual([]);

  await thaw(page);
  await expect(one.save('a', counted(2))).rejects.toThrow(/FAILED_PRECONDITION: .* Reload the page/);
  expect((await one.heard()).health).toEqual([{ type: 'outdated', database: 'offshoot' }]);
});

const MINUTE = 60_000;

test('a turn stays pending while its tab is hidden or frozen, and expires when that tab is gone', async ({
  bare,
}) => {
  const { page, one, two } = await twoTabs(bare);
  // Later than any timer of a hidden tab would have come.
  const heartbeatAt = new Date(Date.now() - 2 * MINUTE).toISOString();
  await one.save('turn', counted(1, { status: 'pending', heartbeatAt }));
  await two.watch('turn', 's');
  const read = async () =>
    (await two.call('getSnapshot', { snapshotId: 'turn' })) as { status: string; heartbeatAt: string };
  const expectPending = async () => {
    const { status, heartbeatAt } = await read();
    expect(status).toBe('pending');
    expect(Date.now() - Date.parse(heartbeatAt)).toBeLessThan(MINUTE);
  };
  await expect.poll(() => page.evaluate(() => document.visibilityState)).toBe('hidden');
  await expectPending();
  await freeze(page);
  await expectPending();
  await thaw(page);
  await expectPending();
  expect(await statusesHeard(two)).toEqual(['pending']);

  await freeze(page);
  await page.close();
  await expect.poll(() => statusesHeard(two)).toEqual(['pending', 'expired']);
  expect(await read()).toMatchObject({ status: 'expired', heartbeatAt });
});
