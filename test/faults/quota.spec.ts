import { randomBytes } from 'node:crypto';
import { expect, type Page } from '@playwright/test';
import { tabOf } from '../engines/chromium.mjs';
import { counted, hostIn, type RemoteHost } from '../tabs/tabs.js';
import { test } from './pages.js';

/** Before the origin uses IndexedDB for the first time: later, Chromium no longer cares. */
async function limitStorage(page: Page, bytes: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { origin } = new URL(page.url());
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: bytes });
}

const MEGABYTE = 1_000_000;

/** Cannot be compressed. */
const large = (count: number) => counted(count, { payload: randomBytes(MEGABYTE).toString('base64') });

/** Saves until the disk is full; how many saves succeeded, and what was stored before the one that did not. */
async function fillUp(host: RemoteHost) {
  let saved = 0;
  for (;;) {
    const before = await host.dump();
    const failure = await host.save(`${saved}`, large(saved)).then(
      () => undefined,
      (error: Error) => error,
    );
    if (failure) return { saved, before, failure };
    saved++;
    expect(saved, 'the quota is not observed').toBeLessThan(50);
  }
}

test('a full disk: RESOURCE_EXHAUSTED, nothing half written, and all that was saved can be read', async ({
  openPage,
}) => {
  test.setTimeout(120_000);
  const page = await openPage();
  await limitStorage(page, 8 * MEGABYTE);
  const [host, other] = [hostIn(tabOf(page)), hostIn(tabOf(await openPage()))];
  await host.save('first', counted(1));
  await host.watch('first', 's');
  await other.watch('first', 's');

  const { saved, before, failure } = await fillUp(host);
  expect(failure.message).toMatch(/RESOURCE_EXHAUSTED: .*full/);
  expect(saved).toBeGreaterThan(0);
  expect(await host.dump()).toEqual(before);
  expect(await host.call('getSession', 's')).toMatchObject({ snapshotCount: saved + 1 });
  for (let n = 0; n < saved; n++) {
    expect(await host.call('getSnapshot', { snapshotId: `${n}` })).toMatchObject({ state: { custom: n } });
  }
  expect(await host.call('getSnapshot', { snapshotId: `${saved}` })).toBeUndefined();

  // Nobody was told of what was not written.
  const counts = (heard: Awaited<ReturnType<RemoteHost['heard']>>) =>
    heard.session.map(({ told }) => (told.type === 'changed' ? told.session.snapshotCount : 0));
  expect(counts(await host.heard()).at(-1)).toBe(saved + 1);
  await expect.poll(async () => counts(await other.heard()).at(-1)).toBe(saved + 1);
});
