import { expect } from '@playwright/test';
import { counted, countsHeard, hostIn, test, type RemoteHost } from './tabs.js';

const sessionTypes = async (host: RemoteHost) => (await host.heard()).session.map(({ told }) => told.type);
const sessionsTypes = async (host: RemoteHost) => (await host.heard()).sessions.map(({ type }) => type);
/** From the first deletion on: the message of a save that had resolved before the watch may come after it. */
const sessionTypesSinceDeletion = async (host: RemoteHost) => {
  const types = await sessionTypes(host);
  return types.slice(types.indexOf('deleted'));
};
const head = async (host: RemoteHost) =>
  ((await host.call('getHead', 's')) as { snapshotId: string } | undefined)?.snapshotId;

/** `a` ← `b`, `a` ← `c`; `c` is the latest leaf. */
async function saveBranches(host: RemoteHost): Promise<void> {
  await host.save('a', counted(1));
  await host.save('b', counted(2, { parentId: 'a' }));
  await host.save('c', counted(3, { parentId: 'a' }));
}

test('a session deleted in one tab is gone in the other, which is told once', async ({ openTab }) => {
  const [one, two] = [hostIn(await openTab()), hostIn(await openTab())];
  await saveBranches(one);
  expect(await two.call('getLeaves', 's')).toHaveLength(2);
  await two.watch('a', 's');
  await one.call('deleteSession', 's');
  await expect.poll(() => sessionTypes(two)).toEqual(['deleted']);
  expect(await two.call('getSnapshot', { snapshotId: 'a' })).toBeUndefined();
  expect(await two.call('getSession', 's')).toBeUndefined();

  await one.save('a', counted(7));
  await expect.poll(() => sessionTypes(two)).toEqual(['deleted', 'changed']);
  // The snapshot is read by itself.
  await expect.poll(async () => (await countsHeard(two)).at(-1)).toBe(7);
});

test('a snapshot deleted in one tab is gone in the other, which is told', async ({ openTab }) => {
  const [one, two] = [hostIn(await openTab()), hostIn(await openTab())];
  await saveBranches(one);
  await two.watch('a', 's');
  await one.call('deleteSnapshot', 'c');
  await expect
    .poll(async () => (await two.heard()).session.at(-1)?.told)
    .toMatchObject({ type: 'changed', session: { snapshotCount: 2 } });
  expect(await two.call('getSnapshot', { sessionId: 's' })).toMatchObject({ snapshotId: 'b' });
});

test('a delete wins over the saves of the same tab that nobody waited for', async ({ openTab }) => {
  const [one, two] = [hostIn(await openTab()), hostIn(await openTab())];
  await two.watch('a', 's');
  const counting = one.increment('a', 50);
  const removal = one.call('deleteSession', 's');
  await Promise.all([counting, removal]);
  await expect.poll(async () => (await sessionTypes(two)).at(-1)).toBe('deleted');
  expect(await two.call('getSnapshot', { snapshotId: 'a' })).toBeUndefined();
});

test('a branch selected in one tab is the head in the other, and after a reload', async ({ openTab }) => {
  const [pageOne, pageTwo] = [await openTab(), await openTab()];
  const [one, two] = [hostIn(pageOne), hostIn(pageTwo)];
  await saveBranches(one);
  expect(await head(two)).toBe('c');
  await two.watch('a', 's');
  await one.call('selectBranch', 'b');
  await expect
    .poll(async () => (await two.heard()).session.at(-1)?.told)
    .toMatchObject({ session: { selectedSnapshotId: 'b' } });
  expect(await head(two)).toBe('b');

  await two.save('b2', counted(4, { parentId: 'b' }));
  expect(await head(one)).toBe('b2');
  for (const page of [pageOne, pageTwo]) {
    await page.reload();
    expect(await head(hostIn(page))).toBe('b2');
  }
  await pageOne.close();
  await pageTwo.close();
  expect(await head(hostIn(await openTab()))).toBe('b2');
});

for (const remove of ['clear', 'deleteDatabase'] as const) {
  test(`${remove} while another tab is open: it goes on, and hears of what comes later`, async ({
    openTab,
  }) => {
    const [one, two] = [hostIn(await openTab()), hostIn(await openTab())];
    await saveBranches(one);
    await two.watch('a', 's');
    await expect.poll(() => countsHeard(two)).toEqual([1]);

    await one.call(remove);
    await expect.poll(() => sessionTypesSinceDeletion(two)).toEqual(['deleted']);
    await expect.poll(async () => (await sessionsTypes(two)).includes('reset')).toBe(true);
    expect(await two.call('listSessions')).toMatchObject({ sessions: [] });

    await one.save('a', counted(11));
    await expect.poll(() => countsHeard(two)).toEqual([1, 11]);
    await expect.poll(() => sessionTypesSinceDeletion(two)).toEqual(['deleted', 'changed']);

    await one.watch('a', 's');
    await two.save('a', counted(12));
    await expect.poll(async () => (await countsHeard(one)).at(-1)).toBe(12);
    expect(await countsHeard(two)).toEqual([1, 11, 12]);
    expect(await one.call('getSession', 's')).toMatchObject({ snapshotCount: 1 });
  });

  test(`${remove} while another tab saves: nobody fails, and what is left is whole`, async ({ openTab }) => {
    const [one, two] = [hostIn(await openTab()), hostIn(await openTab())];
    await one.save('before', counted(1));
    await two.watch('a', 's');
    const counting = two.increment('a', 100);
    await expect.poll(async () => (await countsHeard(two)).length).toBeGreaterThan(5);
    await one.call(remove);
    await counting;
    await two.increment('a', 1);

    const left = (await one.call('getSnapshot', { snapshotId: 'a' })) as { state: { custom: number } };
    expect((await countsHeard(two)).at(-1)).toBe(left.state.custom);
    expect(left.state.custom).toBeLessThan(101);
    expect(await one.call('getSnapshot', { snapshotId: 'before' })).toBeUndefined();
    expect(await one.call('getSession', 's')).toMatchObject({ snapshotCount: 1 });
  });
}

test('two namespaces hear nothing of each other', async ({ openTab }) => {
  const writers = [hostIn(await openTab()), hostIn(await openTab())];
  const listeners = [hostIn(await openTab()), hostIn(await openTab())];
  for (const [n, namespace] of ['one', 'two'].entries()) {
    for (const host of [writers[n]!, listeners[n]!]) await host.open({ namespace });
    await listeners[n]!.watch('a', 's');
  }
  for (let round = 0; round < 3; round++) {
    await writers[0]!.save('a', counted(10 + round));
    await writers[1]!.save('a', counted(20 + round));
  }
  // Each has heard of its last write; what the other was told came before or will never come.
  await expect.poll(async () => (await countsHeard(listeners[0]!)).at(-1)).toBe(12);
  await expect.poll(async () => (await countsHeard(listeners[1]!)).at(-1)).toBe(22);
  expect((await countsHeard(listeners[0]!)).every((count) => count < 20)).toBe(true);
  expect((await countsHeard(listeners[1]!)).every((count) => count >= 20)).toBe(true);

  await writers[0]!.call('deleteDatabase');
  await expect.poll(() => sessionTypes(listeners[0]!)).toContain('deleted');
  await writers[1]!.save('a', counted(23));
  await expect.poll(async () => (await countsHeard(listeners[1]!)).at(-1)).toBe(23);
  expect(await sessionTypes(listeners[1]!)).not.toContain('deleted');
  expect(await sessionsTypes(listeners[1]!)).not.toContain('reset');
});

test('twenty tabs are open, one saves, and all hear of it', async ({ openTab }) => {
  test.setTimeout(180_000);
  const hosts: RemoteHost[] = [];
  for (let n = 0; n < 20; n++) hosts.push(hostIn(await openTab()));
  for (const host of hosts) await host.watch('a', 's');
  for (const [n, writer] of [hosts[0]!, hosts[19]!].entries()) {
    await writer.save('a', counted(n + 1));
    for (const host of hosts) await expect.poll(async () => (await countsHeard(host)).at(-1)).toBe(n + 1);
  }
  for (const host of hosts) {
    const { counts, session, sessions } = await host.heard();
    expect(counts.map(({ told }) => told)).toEqual([1, 2]);
    expect(session.map(({ told }) => told.type)).toEqual(['changed', 'changed']);
    expect(sessions).toEqual(session.map(({ told }) => told));
  }
});
