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

/** The last ones leave no room for anything that is worth saving. */
const SIZES = [MEGABYTE, 100_000, 10_000, 1000];

test('a full disk: the application is told how full it is, and what takes most', async ({ openPage }) => {
  const page = await openPage();
  await limitStorage(page, 6 * MEGABYTE);
  const host = hostIn(tabOf(page));
  const { saved, failure } = await host.fillUp(SIZES);

  expect(failure.status).toBe('RESOURCE_EXHAUSTED');
  // Chromium tells pages another quota than the one it applies.
  expect(failure.room!.quota).toBeGreaterThan(0);
  const { usage, sessions } = failure.room!;
  expect(usage).toBeGreaterThan(3 * MEGABYTE);
  expect(sessions.length).toBeLessThanOrEqual(20);
  const bytes = sessions.map((session) => session.bytes);
  expect(bytes).toEqual([...bytes].sort((a, b) => b - a));
  expect(bytes[0]).toBeGreaterThan(MEGABYTE);
  expect(saved).toEqual(expect.arrayContaining(sessions.map(({ sessionId }) => sessionId)));
  const { health } = await host.heard();
  expect(health.length).toBeGreaterThan(0);
  // Work in idle time may find the disk full after the save has.
  expect(health).toContainEqual({ type: 'quota', database: 'offshoot', ...failure.room });
  expect((await host.call('check')) as object).toMatchObject({ problems: [] });
});

test('a full disk: sessions can be deleted, every time', async ({ openPage }) => {
  const page = await openPage();
  await limitStorage(page, 4 * MEGABYTE);
  const host = hostIn(tabOf(page));
  let deleted = 0;
  for (let run = 0; deleted < 30; run++) {
    const { saved, failure } = await host.fillUp(SIZES);
    expect(failure.status).toBe('RESOURCE_EXHAUSTED');
    // In the first run there is room for the large ones; what comes later gets what the browser has freed by then.
    if (run === 0) expect(saved.length).toBeGreaterThan(2);
    const largest = failure.room!.sessions[0]?.sessionId;
    // Chromium may free nothing of a cleared database as long as nothing can be written: there it ends.
    if (largest === undefined) {
      expect(saved).toEqual([]);
      expect(deleted).toBeGreaterThan(0);
      break;
    }
    expect(await host.failureOf('deleteSession', largest), `run ${run}`).toBeUndefined();
    expect(await host.call('getSession', largest)).toBeUndefined();
    expect(await host.call('getSnapshot', { snapshotId: largest })).toBeUndefined();
    deleted++;
    if (deleted % 3 !== 0) continue;
    expect(await host.failureOf('clear'), `run ${run}`).toBeUndefined();
    expect(await host.call('listSessions')).toMatchObject({ sessions: [] });
  }
  expect((await host.call('check')) as object).toMatchObject({ problems: [] });
});

test('a full disk: deleting a snapshot needs room, and where there is none all of it is left', async ({
  openPage,
}) => {
  const page = await openPage();
  await limitStorage(page, 4 * MEGABYTE);
  const host = hostIn(tabOf(page));
  await host.save('root', counted(1));
  await host.save('leaf', counted(2, { parentId: 'root' }));
  await host.fillUp([...SIZES, 100, 10]);

  // A browser may find room for little: then it is deleted.
  const failure = await host.failureOf('deleteSnapshot', 'leaf');
  if (failure) expect(failure.status).toBe('RESOURCE_EXHAUSTED');
  expect(await host.call('getSession', 's')).toMatchObject({ snapshotCount: failure ? 2 : 1 });
  expect(await host.call('deleteSession', 's')).toBe(failure ? 2 : 1);
  expect((await host.call('check')) as object).toMatchObject({ problems: [] });
});

test('a full disk: an application that frees some has its save', async ({ openPage }) => {
  const page = await openPage();
  await limitStorage(page, 6 * MEGABYTE);
  const host = hostIn(tabOf(page));
  const { failure } = await host.fillUp(SIZES);
  const largest = failure.room!.sessions[0]!.sessionId;

  await host.open({}, { freeing: true });
  await host.saveFiller('wanted', 100_000);
  expect(await host.call('getSnapshot', { sessionId: 'wanted' })).toBeDefined();
  expect(await host.call('getSession', largest)).toBeUndefined();
  expect((await host.heard()).health).toMatchObject([{ type: 'quota' }]);
  expect((await host.call('check')) as object).toMatchObject({ problems: [] });
});
