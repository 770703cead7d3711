import { expect, type Page } from '@playwright/test';
import { tabOf } from '../engines/chromium.mjs';
import { completed, expectShown, expectTold, expectToldOnly, MINUTE, pending } from '../tabs/pending.js';
import { hostIn } from '../tabs/tabs.js';
import { test } from './bare-chromium.js';
import { crash, freeze, goBack, leave, thaw } from './lifecycle.js';

const host = (page: Page) => hostIn(tabOf(page));

test('when the tab of a worker crashes, its turn is expired at once, and watchers are told once', async ({
  bare,
}) => {
  const [page, other] = [await bare.openPage(), host(await bare.openPage())];
  await host(page).save('a', pending(0));
  await hostIn(tabOf(page), 'dedicated worker').save('b', pending(0));
  await other.watch('a', 's');
  await other.watch('b', 's');
  await expectTold(other, 'pending', 'pending');

  await crash(page);
  await expectTold(other, 'pending', 'pending', 'expired', 'expired');
  for (const snapshotId of ['a', 'b']) {
    expect(await other.call('getSnapshot', { snapshotId })).toMatchObject({ status: 'expired' });
  }
  await expectToldOnly(other, 'pending', 'pending', 'expired', 'expired');
});

test('a worker that has finished just before its tab crashes is never told as expired', async ({ bare }) => {
  const other = host(await bare.openPage());
  await other.watch('a', 's');
  const told: string[] = [];
  for (let round = 0; round < 5; round++) {
    const page = await bare.openPage();
    await host(page).save('a', pending(0));
    await expectTold(other, ...told, 'pending');
    await host(page).save('a', completed());
    await crash(page);
    told.push('pending', 'completed');
    await expectTold(other, ...told);
    await expectShown(other, 'completed');
  }
  await expectToldOnly(other, ...told);
});

test('a tab that crashes while it waits for a worker takes nothing with it', async ({ bare }) => {
  const [page, waiting, other] = [await bare.openPage(), await bare.openPage(), host(await bare.openPage())];
  await host(page).save('a', pending(4 * MINUTE));
  for (const watcher of [host(waiting), other]) {
    await watcher.watch('a', 's');
    await expectTold(watcher, 'pending');
  }
  await crash(waiting);
  await expectToldOnly(other, 'pending');
  await expectShown(other, 'pending');
  await crash(page);
  await expectTold(other, 'pending', 'expired');
});

test('after the browser was killed nothing claims that a worker still runs', async ({ bare }) => {
  const page = await bare.openPage();
  await host(page).save('a', pending(0));
  await expectShown(host(await bare.openPage()), 'pending');
  await bare.kill();
  await bare.start();
  const after = host(await bare.openPage());
  await expectShown(after, 'expired');
});

test('a worker in a tab that is hidden, and then frozen, is believed, and goes on when it is thawed', async ({
  bare,
}) => {
  const page = await bare.openPage();
  const worker = host(page);
  await worker.save('a', pending(4 * MINUTE));
  const other = host(await bare.openPage());
  await other.watch('a', 's');
  await expect.poll(() => page.evaluate(() => document.visibilityState)).toBe('hidden');
  await expectShown(other, 'pending');

  await freeze(page);
  await expectToldOnly(other, 'pending');
  await expectShown(other, 'pending');

  await thaw(page);
  await worker.save('a', completed());
  await expectToldOnly(other, 'pending', 'completed');
});

test('a worker whose page was left and is shown again is believed again, and goes on, although a frozen tab waits for it', async ({
  bare,
}) => {
  const page = await bare.openPage();
  const worker = host(page);
  await worker.save('a', pending(4 * MINUTE));
  const [waiting, otherPage] = [await bare.openPage(), await bare.openPage()];
  const other = host(otherPage);
  for (const watcher of [host(waiting), other]) {
    await watcher.watch('a', 's');
    await expectTold(watcher, 'pending');
  }
  await freeze(waiting);
  await leave(page);
  await expectTold(other, 'pending', 'expired');
  await expectShown(other, 'expired');

  expect(await goBack(page)).toBe(true);
  await expectShown(other, 'pending');
  await worker.save('a', pending(0));
  await expectTold(other, 'pending', 'expired', 'pending');
  await worker.save('a', completed());
  await expectTold(other, 'pending', 'expired', 'pending', 'completed');
  await thaw(waiting);
  await expect.poll(async () => (await host(waiting).heard()).statuses.at(-1)).toBe('completed');
});
