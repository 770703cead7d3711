import { expect } from '@playwright/test';
import { countsHeard, expectIncreasing, hostIn, test } from './tabs.js';

test('two tabs that add one 500 times each, waiting for nothing, make 1,000', async ({ openTab }) => {
  const tabs = [hostIn(await openTab()), hostIn(await openTab())];
  for (const tab of tabs) await tab.watch('a', 's');
  await Promise.all(tabs.map((tab) => tab.increment('a', 500)));

  for (const tab of tabs) {
    expect(await tab.call('getSnapshot', { snapshotId: 'a' })).toMatchObject({ state: { custom: 1_000 } });
    await expect.poll(async () => (await countsHeard(tab)).at(-1)).toBe(1_000);
    const counts = await countsHeard(tab);
    expectIncreasing(counts);
    // Its own 500 at least: this tab's watchers are called before its saves resolve.
    expect(counts.length).toBeGreaterThanOrEqual(500);
    // Of what a busy machine tells too late, all sessions are told at once: as a reset, which is nothing to one session. And
    // one of both may have been told the last of it a moment before the other.
    const changes = async () => {
      const { session, sessions } = await tab.heard();
      return { one: session.map(({ told }) => told), all: sessions.filter(({ type }) => type !== 'reset') };
    };
    await expect.poll(async () => (await changes()).all.length - (await changes()).one.length).toBe(0);
    const { one, all } = await changes();
    expect(all).toEqual(one);
  }
});
