import { expect } from '@playwright/test';
import { tabOf } from '../engines/chromium.mjs';
import { counted, hostIn } from '../tabs/tabs.js';
import { test } from './pages.js';

test('the data of the site is deleted, time and again, while a tab reads and saves: nothing waits for ever', async ({
  openPage,
}) => {
  const page = await openPage();
  const host = hostIn(tabOf(page));
  const { origin } = new URL(page.url());
  const session = await page.context().newCDPSession(page);
  for (let round = 0; round < 8; round++) {
    await host.save('a', counted(round)).catch(() => {});
    const works = Array.from({ length: 40 }, (_, n) =>
      n % 2 ? host.call('getTree', 's') : host.save(`${round}-${n}`, counted(n)),
    );
    const outcomes = Promise.allSettled(works);
    // As a response with Clear-Site-Data does.
    await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });
    for (const outcome of await outcomes) {
      if (outcome.status === 'rejected') expect(String(outcome.reason)).toMatch(/UNAVAILABLE|ABORTED/);
    }
  }
  await expect(async () => {
    await host.save('last', counted(1));
    expect(await host.call('getSnapshot', { snapshotId: 'last' })).toMatchObject({ state: { custom: 1 } });
  }).toPass();
});
