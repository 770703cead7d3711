import { expect } from '@playwright/test';
import { tabOf } from '../engines/chromium.mjs';
import { counted, hostIn } from '../tabs/tabs.js';
import { test } from './bare-chromium.js';
import { expectAllKept, ReportingTab } from './reported-saves.js';

test('a browser that is killed amid the saves of two tabs keeps each that had resolved', async ({ bare }) => {
  const tabs = [
    await ReportingTab.in(await bare.openPage(), 'one'),
    await ReportingTab.in(await bare.openPage(), 'two'),
  ];
  const dying = tabs.map((tab) => expect(tab.save(100_000)).rejects.toThrow());
  for (const { saved } of tabs) await expect.poll(() => saved.length).toBeGreaterThan(200);
  await bare.kill();
  await Promise.all(dying);

  await bare.start();
  const host = hostIn(tabOf(await bare.openPage()));
  await expectAllKept(host, tabs);
  await host.increment('a', 1);
});

test('a turn that was running when the browser was killed reads expired at once', async ({ bare }) => {
  const before = hostIn(tabOf(await bare.openPage()));
  // Its last sign of life is as good as new.
  const heartbeatAt = new Date(Date.now() + 60_000).toISOString();
  await before.save('turn', counted(1, { status: 'pending', heartbeatAt }));
  await bare.kill();

  await bare.start();
  const [reader, watcher] = [hostIn(tabOf(await bare.openPage())), hostIn(tabOf(await bare.openPage()))];
  await watcher.watch('turn', 's');
  expect(await reader.call('getSnapshot', { snapshotId: 'turn' })).toMatchObject({
    status: 'expired',
    state: { custom: 1 },
  });
  await expect.poll(async () => (await watcher.heard()).statuses).toEqual(['expired']);
  await reader.save('turn', counted(2, { status: 'pending' }));
  await expect.poll(async () => (await watcher.heard()).statuses).toEqual(['expired', 'pending']);
});
