import { expect } from '@playwright/test';
import { tabOf } from '../engines/chromium.mjs';
import { countsHeard, expectIncreasing, hostIn, type RemoteHost } from '../tabs/tabs.js';
import { test } from './bare-chromium.js';
import { crash, freeze, thaw } from './lifecycle.js';
import { allSnapshotIds, countedSoFar, expectAllKept, ReportingTab, SHARED } from './reported-saves.js';

const SAVES = 200;

/** How many snapshots the session had, each time its watcher was told. */
const sizesHeard = async (host: RemoteHost) =>
  (await host.heard()).session.map(({ told }) => (told.type === 'changed' ? told.session.snapshotCount : 0));

test('twenty tabs save 200 times each, two crash and two are frozen for a while: nothing is lost or missed', async ({
  bare,
}) => {
  test.setTimeout(300_000);
  const tabs: ReportingTab[] = [];
  for (let n = 0; n < 20; n++) tabs.push(await ReportingTab.in(await bare.openPage(), `tab${n}`));
  const hostOf = ({ page }: ReportingTab) => hostIn(tabOf(page));
  for (const tab of tabs) await hostOf(tab).watch(SHARED, 's');

  const [crashing, freezing] = [tabs.slice(0, 2), tabs.slice(2, 4)];
  const saving = new Map(tabs.map((tab) => [tab, tab.save(SAVES)]));
  const dying = crashing.map((tab) => expect(saving.get(tab)!).rejects.toThrow('crashed'));
  const isMidway = ({ saved }: ReportingTab) => saved.length >= SAVES / 4;
  await expect.poll(() => [...crashing, ...freezing].every(isMidway)).toBe(true);
  await Promise.all(crashing.map(({ page }) => crash(page)));
  const frozen = freezing.map(({ page }) => page);
  await freeze(...frozen);
  // One that was stopped inside a transaction holds all others up until it goes on.
  await new Promise((resolve) => setTimeout(resolve, 3000));
  await thaw(...frozen);
  await Promise.all(dying);
  const surviving = tabs.filter((tab) => !crashing.includes(tab));
  await Promise.all(surviving.map((tab) => saving.get(tab)!));

  for (const { saved } of crashing) expect(saved.length).toBeLessThan(SAVES);
  for (const { saved } of surviving) expect(saved).toHaveLength(SAVES);
  const hosts = surviving.map(hostOf);
  await expectAllKept(hosts[0]!, tabs);
  const [count, size] = [await countedSoFar(hosts[0]!), (await allSnapshotIds(hosts[0]!)).size];
  let delivered = 0;
  for (const host of hosts) {
    await expect.poll(async () => (await countsHeard(host)).at(-1)).toBe(count);
    await expect.poll(async () => (await sizesHeard(host)).at(-1)).toBe(size);
    const [counts, sizes] = [await countsHeard(host), await sizesHeard(host)];
    expectIncreasing(counts);
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    delivered += counts.length;
  }
  const resolved = tabs.flatMap(({ saved }) => saved).length;
  test.info().annotations.push({
    type: 'figures',
    description: `${resolved} saves resolved, ${count + size - 1} found, ${delivered} versions delivered`,
  });
});
