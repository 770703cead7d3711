import { expect } from '@playwright/test';
import type { Place } from './page/main.js';
import { counted, countsHeard, expectIncreasing, hostIn, test, type RemoteHost } from './tabs.js';

/** Somewhere else of the same origin, as seen from a tab. */
const PLACES: Place[] = ['tab', 'dedicated worker', 'shared worker', 'service worker'];

/** Everything that can be done to a session, one after the other: each is heard before the next begins. */
async function expectHeard(writer: RemoteHost, listener: RemoteHost): Promise<void> {
  await listener.watch('a', 's');
  const types: string[] = [];
  const counts: number[] = [];
  const expectTold = async (type: string) => {
    types.push(type);
    await expect
      .poll(async () => (await listener.heard()).session.map(({ told }) => told.type))
      .toEqual(types);
    await expect.poll(async () => (await listener.heard()).sessions.map(({ type }) => type)).toEqual(types);
    await expect.poll(() => countsHeard(listener)).toEqual(counts);
  };

  for (const count of [1, 2]) {
    await writer.save('a', counted(count));
    counts.push(count);
    await expectTold('changed');
  }
  await writer.save('b', counted(9, { parentId: 'a' }));
  await expectTold('changed');
  await writer.call('updateSession', 's', { title: 'T' });
  await expectTold('changed');
  await writer.call('selectBranch', 'a');
  await expectTold('changed');
  await writer.call('deleteSnapshot', 'b');
  await expectTold('changed');

  const { session, sessions } = await listener.heard();
  const stored = await writer.call('getSession', 's');
  expect(stored).toMatchObject({ title: 'T', selectedSnapshotId: 'a', snapshotCount: 1 });
  expect(session.at(-1)?.told).toEqual({ type: 'changed', sessionId: 's', session: stored });
  expect(sessions).toEqual(session.map(({ told }) => told));

  await writer.call('deleteSession', 's');
  await expectTold('deleted');
}

for (const place of PLACES) {
  const elsewhere = place === 'tab' ? 'another tab' : `a ${place}`;

  test(`what is done in a tab reaches the watchers in ${elsewhere}`, async ({ openTab }) => {
    const [here, there] = [hostIn(await openTab()), hostIn(await openTab(), place)];
    await expectHeard(here, there);
  });

  test(`what is done in ${elsewhere} reaches the watchers in a tab`, async ({ openTab }) => {
    const [here, there] = [hostIn(await openTab()), hostIn(await openTab(), place)];
    await expectHeard(there, here);
  });

  test(`what arrives in ${elsewhere} is committed, and never goes back`, async ({ openTab }) => {
    const [here, there] = [hostIn(await openTab()), hostIn(await openTab(), place)];
    await there.watchAndLook('a', 's');
    // Two at a time, so that there is something to overtake.
    await Promise.all([here.increment('a', 100), there.increment('a', 50)]);
    await expect.poll(async () => (await countsHeard(there)).at(-1)).toBe(150);
    await expect
      .poll(async () => {
        const { counts, session } = await there.heard();
        return [...counts, ...session].every(({ found }) => found !== undefined);
      })
      .toBe(true);

    const { counts } = await there.heard();
    expectIncreasing(counts.map(({ told }) => told));
    for (const { told, found } of counts) expect(found).toBeGreaterThanOrEqual(told);
  });

  test(`a session that arrives in ${elsewhere} is committed, and never goes back`, async ({ openTab }) => {
    const [here, there] = [hostIn(await openTab()), hostIn(await openTab(), place)];
    await there.watchAndLook('a', 's');
    const ids = Array.from({ length: 60 }, (_, n) => `${n}`);
    await Promise.all(ids.map((id) => (Number(id) % 3 ? here : there).save(id, counted(0))));

    const snapshots = async (seen: 'told' | 'found') => {
      const { session } = await there.heard();
      return session.map(({ [seen]: change }) =>
        change?.type === 'changed' ? change.session.snapshotCount : 0,
      );
    };
    await expect.poll(async () => (await snapshots('told')).at(-1)).toBe(60);
    await expect.poll(async () => (await snapshots('found')).every((count) => count > 0)).toBe(true);
    const [told, found] = await Promise.all([snapshots('told'), snapshots('found')]);
    expectIncreasing(told);
    for (const [n, count] of told.entries()) expect(found[n]).toBeGreaterThanOrEqual(count);
  });
}

test('a tab and all its workers end on the same, each having seen its own writes', async ({ openTab }) => {
  const page = await openTab();
  const hosts = PLACES.map((place) => hostIn(page, place));
  for (const host of hosts) await host.watch('a', 's');
  await Promise.all(hosts.map((host) => host.increment('a', 25)));
  for (const host of hosts) {
    await expect.poll(async () => (await countsHeard(host)).at(-1)).toBe(100);
    const counts = await countsHeard(host);
    expectIncreasing(counts);
    expect(counts.length).toBeGreaterThanOrEqual(25);
  }
});
