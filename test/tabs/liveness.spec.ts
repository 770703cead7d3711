import { expect } from '@playwright/test';
import type { Place } from './page/main.js';
import {
  completed,
  expectShown,
  expectTold,
  expectToldOnly,
  MINUTE,
  pending,
  soon,
  statusesTold,
  stopTimers,
  takeLocksAway,
} from './pending.js';
import { counted, hostIn, test } from './tabs.js';

/** Where a worker can be that goes when its tab goes. A service worker goes when the browser likes. */
const PLACES: Place[] = ['tab', 'dedicated worker', 'shared worker'];

for (const place of PLACES) {
  const worker = place === 'tab' ? 'the worker' : `a ${place}`;

  test(`while the tab of ${worker} lives, its turn is pending to all others, however late its heartbeat`, async ({
    openTab,
    engine,
  }) => {
    const tab = await openTab();
    const [worker, other] = [hostIn(tab, place), hostIn(await openTab())];
    // Here the tab in front hides it; Playwright pretends that all tabs are seen, and WebKit has a window for each.
    const visibility = engine === 'firefox' ? 'hidden' : 'visible';
    await expect.poll(() => tab.evaluate(() => document.visibilityState, undefined)).toBe(visibility);

    await other.watch('a', 's');
    await worker.save('a', pending(4 * MINUTE));
    await expectTold(other, 'pending');
    await expectShown(other, 'pending');
    for (const shown of Object.values(await other.show('a', 's'))) {
      // Genkit judges by this alone, and gives up after a minute.
      expect(Date.now() - Date.parse(shown!.heartbeatAt!)).toBeLessThan(MINUTE / 2);
    }
  });

  test(`when the tab of ${worker} is closed, its turn is expired at once, and watchers are told once, without a timer`, async ({
    openTab,
  }) => {
    const [tab, otherTab] = [await openTab(), await openTab()];
    await stopTimers(otherTab);
    const [worker, other] = [hostIn(tab, place), hostIn(otherTab)];
    await worker.save('root', counted(0));
    await worker.save('a', { ...pending(0), parentId: 'root' });
    await other.watch('a', 's');
    await expectTold(other, 'pending');

    await tab.close();
    await expectTold(other, 'pending', 'expired');
    await expectShown(other, 'expired');
    await expectToldOnly(other, 'pending', 'expired');

    const late = hostIn(await openTab());
    await late.watch('a', 's');
    await expectShown(late, 'expired');
    await expectToldOnly(late, 'expired');
  });
}

test('a turn that never gave a sign of life is pending while its tab lives, and expired afterwards', async ({
  openTab,
}) => {
  const [tab, other] = [await openTab(), hostIn(await openTab())];
  await hostIn(tab).save('a', pending());
  await expectShown(other, 'pending');
  // Nothing is made up.
  expect((await other.show('a', 's'))['getHead']).not.toHaveProperty('heartbeatAt');
  await tab.close();
  await expectShown(other, 'expired');
});

test('the turn of a dedicated worker that is ended expires, its tab included', async ({ openTab }) => {
  const [tab, other] = [await openTab(), hostIn(await openTab())];
  await hostIn(tab, 'dedicated worker').save('a', pending(0));
  for (const host of [hostIn(tab), other]) {
    await host.watch('a', 's');
    await expectTold(host, 'pending');
  }
  await tab.evaluate(() => window.endWorker(), undefined);
  for (const host of [hostIn(tab), other]) {
    await expectShown(host, 'expired');
    await expectToldOnly(host, 'pending', 'expired');
  }
});

test('a shared worker that outlives the tab which began the turn is still believed', async ({ openTab }) => {
  const [tab, otherTab] = [await openTab(), await openTab()];
  await hostIn(otherTab, 'shared worker').heard();
  await hostIn(tab, 'shared worker').save('a', pending(4 * MINUTE));
  const other = hostIn(otherTab);
  await other.watch('a', 's');
  await expectTold(other, 'pending');
  await tab.close();
  await expectToldOnly(other, 'pending');
  await expectShown(other, 'pending');
});

test('after a reload of its tab nothing claims that a worker still runs', async ({ openTab }) => {
  const [tab, other] = [await openTab(), hostIn(await openTab())];
  const worker = hostIn(tab);
  await worker.save('a', pending(0));
  await other.watch('a', 's');
  await expectTold(other, 'pending');

  await tab.reload();
  await worker.watch('a', 's');
  await expectShown(worker, 'expired');
  await expectToldOnly(worker, 'expired');
  await expectShown(other, 'expired');
  await expectToldOnly(other, 'pending', 'expired');
});

test('a worker lost inside a living tab expires after five timeouts of silence', async ({ openTab }) => {
  const [worker, other] = [hostIn(await openTab()), hostIn(await openTab())];
  for (const [heartbeatTimeoutMs, patienceMs] of [
    [undefined, 5 * MINUTE],
    [10 * MINUTE, 50 * MINUTE],
  ] as const) {
    await other.open({ heartbeatTimeoutMs });
    await worker.open({ heartbeatTimeoutMs });
    await worker.save('a', pending(patienceMs - MINUTE));
    await expectShown(other, 'pending');
    await worker.save('a', pending(patienceMs + MINUTE));
    for (const host of [worker, other]) {
      await expectShown(host, 'expired');
      await host.watch('a', 's');
      await expectTold(host, 'expired');
    }
  }
});

test('that a heartbeat has run out is told without anybody writing or asking', async ({ openTab }) => {
  const [worker, other] = [hostIn(await openTab()), hostIn(await openTab())];
  for (const host of [worker, other]) {
    await host.open({ heartbeatTimeoutMs: 500 });
    await host.watch('a', 's');
  }
  await worker.save('a', pending(0));
  for (const host of [worker, other]) {
    await expect.poll(async () => (await statusesTold(host)).at(-1), soon).toBe('expired');
  }
});

test('where a reader has no locks, the heartbeat alone decides, whether the tab lives or not', async ({
  openTab,
}) => {
  const [tab, otherTab] = [await openTab(), await openTab()];
  await takeLocksAway(otherTab);
  const [worker, other] = [hostIn(tab), hostIn(otherTab)];
  await worker.save('a', pending(2 * MINUTE));
  await expectShown(other, 'expired');
  await worker.save('a', pending());
  await expectShown(other, 'pending');
  await worker.save('a', pending(0));
  await expectShown(other, 'pending');
  await other.watch('a', 's');
  await tab.close();
  await expectToldOnly(other, 'pending');
  await expectShown(other, 'pending');
});

test('where a worker had no locks, the heartbeat alone decides, whether its tab lives or not', async ({
  openTab,
}) => {
  const [tab, other] = [await openTab(), hostIn(await openTab())];
  await takeLocksAway(tab);
  const worker = hostIn(tab);
  await worker.save('a', pending(2 * MINUTE));
  for (const host of [worker, other]) await expectShown(host, 'expired');
  for (const silentMs of [undefined, 0]) {
    await worker.save('a', pending(silentMs));
    for (const host of [worker, other]) await expectShown(host, 'pending');
  }
  await other.watch('a', 's');
  await tab.close();
  await expectToldOnly(other, 'pending');
  await expectShown(other, 'pending');
});

test('a turn that another tab takes up again is believed again, and expires with that tab', async ({
  openTab,
}) => {
  const other = hostIn(await openTab());
  await other.watch('a', 's');
  const told: string[] = [];
  for (let round = 0; round < 3; round++) {
    const tab = await openTab();
    await hostIn(tab).save('a', pending(2 * MINUTE));
    told.push('pending');
    await expectTold(other, ...told);
    await expectShown(other, 'pending');
    await tab.close();
    told.push('expired');
    await expectTold(other, ...told);
    await expectShown(other, 'expired');
  }
  await hostIn(await openTab()).save('a', completed());
  await expectToldOnly(other, ...told, 'completed');
});
