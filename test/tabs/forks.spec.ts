import { expect } from '@playwright/test';
import type { SessionSnapshot, SnapshotInfo } from '../../src/index.js';
import { counted, hostIn, test, type RemoteHost } from './tabs.js';

const ROUNDS = 10;

const turns = (name: string, count: number) => Array.from({ length: count }, (_, n) => `${name} ${n}`);

const textsIn = async (host: RemoteHost, snapshotId: string) => {
  const snapshot = (await host.call('getSnapshot', { snapshotId })) as SessionSnapshot;
  return snapshot.state?.messages?.map(({ content }) => content[0]?.text);
};

const idsIn = (snapshots: unknown) => (snapshots as SnapshotInfo[]).map(({ snapshotId }) => snapshotId);

/** Every snapshot of the branch is there, in its place, with the whole conversation up to it. */
async function expectWhole(
  host: RemoteHost,
  { root, ids, texts }: { root: string; ids: string[]; texts: string[] },
): Promise<void> {
  expect(idsIn(await host.call('getHistory', ids.at(-1)))).toEqual([root, ...ids]);
  for (const [n, id] of ids.entries()) expect(await textsIn(host, id)).toEqual(texts.slice(0, n + 1));
}

const expectSound = async (host: RemoteHost) =>
  expect(await host.call('check')).toMatchObject({ problems: [] });

/** How many snapshots the session had at each change that the host's watchers were told of. */
async function snapshotCountsHeard(host: RemoteHost): Promise<number[]> {
  const { session } = await host.heard();
  return session.map(({ told }) => (told.type === 'changed' ? told.session.snapshotCount : 0));
}

test('a stale tab forks: what it adds becomes a branch, and nothing of the newer one is touched', async ({
  openTab,
}) => {
  const [tabs, watching] = [[hostIn(await openTab()), hostIn(await openTab())], hostIn(await openTab())];
  const [one, stale] = tabs as [RemoteHost, RemoteHost];
  await one.save('root', counted(0));
  // It holds the conversation, as of now.
  expect(await stale.call('getHead', 's')).toMatchObject({ snapshotId: 'root' });
  expect(await textsIn(stale, 'root')).toBeUndefined();

  const newer = await one.converse('root', turns('newer', 3));
  const before = await one.call('getSnapshot', { snapshotId: newer.at(-1) });
  for (const host of [...tabs, watching]) await host.watch('root', 's');
  const [older] = (await stale.converse('root', ['older'])) as [string];

  for (const host of [...tabs, watching]) {
    // A message of what was there before the watch may come after it.
    await expect
      .poll(async () => (await snapshotCountsHeard(host)).filter((count) => count > 4))
      .toEqual([5]);
    expect(await host.call('getSnapshot', { snapshotId: newer.at(-1) })).toEqual(before);
    expect(idsIn(await host.call('getLeaves', 's'))).toEqual([older, newer.at(-1)]);
    await expectWhole(host, { root: 'root', ids: newer, texts: turns('newer', 3) });
    await expectWhole(host, { root: 'root', ids: [older], texts: ['older'] });
  }

  const further = await one.converse(newer.at(-1)!, ['further']);
  await expectWhole(stale, {
    root: 'root',
    ids: [...newer, ...further],
    texts: [...turns('newer', 3), 'further'],
  });
  await expectSound(stale);
});

test('two tabs that go on from one snapshot at the same time make two whole branches, and are told of both', async ({
  openTab,
}) => {
  const tabs = [hostIn(await openTab()), hostIn(await openTab())];
  for (const tab of tabs) await tab.watch('root', 's');
  for (let round = 0; round < ROUNDS; round++) {
    await tabs[0]!.call('clear');
    const root = `root ${round}`;
    await tabs[0]!.save(root, counted(round));
    const length = 1 + (round % 4);
    const branches = await Promise.all(
      tabs.map(async (tab, n) => {
        const texts = turns(`tab ${n}`, length);
        return { root, texts, ids: await tab.converse(root, texts) };
      }),
    );
    const leaves = branches.map(({ ids }) => ids.at(-1));
    for (const tab of tabs) {
      await expect.poll(async () => (await snapshotCountsHeard(tab)).at(-1)).toBe(1 + 2 * length);
      expect(new Set(idsIn(await tab.call('getLeaves', 's')))).toEqual(new Set(leaves));
      for (const branch of branches) await expectWhole(tab, branch);
      expect(leaves).toContain(((await tab.call('getHead', 's')) as SnapshotInfo).snapshotId);
    }
  }
  await expectSound(tabs[0]!);
});

test('many branches from one snapshot, made in two tabs at once, waiting for nothing, are all there', async ({
  openTab,
}) => {
  const tabs = [hostIn(await openTab()), hostIn(await openTab())];
  await tabs[0]!.save('root', counted(0));
  for (const tab of tabs) await tab.watch('root', 's');
  const branches = await Promise.all(
    turns('branch', 40).map(async (text, n) => {
      const texts = turns(text, 2);
      return { root: 'root', texts, ids: await tabs[n % 2]!.converse('root', texts) };
    }),
  );
  for (const tab of tabs) {
    await expect.poll(async () => (await snapshotCountsHeard(tab)).at(-1)).toBe(81);
    const leaves = branches.map(({ ids }) => ids.at(-1));
    expect(new Set(idsIn(await tab.call('getLeaves', 's')))).toEqual(new Set(leaves));
    expect(await tab.call('getSnapshot', { snapshotId: 'root' })).toMatchObject({ state: { custom: 0 } });
    for (const branch of branches) await expectWhole(tab, branch);
  }
  await expectSound(tabs[0]!);
});
