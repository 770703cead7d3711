import { join } from 'node:path';
import { expect } from '@playwright/test';
import { buildSite, type Site } from '../sites/build-site.js';
import type { Tab } from '../engines/engine.d.ts';
import { test as base } from '../engines/test.js';
import type { Host } from './page/host.js';
import type { Place } from './page/main.js';

/** A store in a tab or in one of its workers, to be used from the test. */
export type RemoteHost = {
  [Action in keyof Host]: (...args: Parameters<Host[Action]>) => Promise<Awaited<ReturnType<Host[Action]>>>;
};

/** The host of a place, as seen from the tab. */
export function hostIn(tab: Tab, place: Place = 'tab'): RemoteHost {
  return new Proxy({} as RemoteHost, {
    get:
      (_, action: keyof Host) =>
      (...args: unknown[]) =>
        tab.evaluate(([place, request]) => window.askHost(place, request), [
          place,
          { action, args },
        ] as const),
  });
}

/** Tests that get tabs of one browser, whose storage nobody else uses. */
export const test = base.extend<{ url: string; openTab: () => Promise<Tab> }, { site: Site }>({
  site: [
    async ({}, use) => {
      const root = join(import.meta.dirname, 'page');
      await use(await buildSite(root, join(root, 'vite.config.ts')));
    },
    { scope: 'worker' },
  ],
  url: async ({ site }, use) => {
    const { url, close } = await site.serve();
    await use(url);
    await close();
  },
  openTab: async ({ running, url }, use) => {
    const uncaught: string[] = [];
    const open = new Set<Tab>();
    /** What a page did not catch goes with it. */
    const noteUncaught = async (tab: Tab) =>
      uncaught.push(...(await tab.evaluate(() => window.uncaught, undefined)));

    await use(async () => {
      const tab = await running.open(url);
      const noting: Tab = {
        evaluate: tab.evaluate,
        async reload() {
          await noteUncaught(tab);
          await tab.reload();
        },
        async close() {
          await noteUncaught(tab);
          open.delete(noting);
          await tab.close();
        },
      };
      open.add(noting);
      return noting;
    });
    for (const tab of open) await tab.close();
    expect(uncaught).toEqual([]);
  },
});

export const counted = (count: number, fields: object = {}) => ({
  sessionId: 's',
  createdAt: '2026-01-01T00:00:00Z',
  state: { custom: count },
  ...fields,
});

/** The counts that the watchers of a host were told. */
export async function countsHeard(host: RemoteHost): Promise<number[]> {
  return (await host.heard()).counts.map(({ told }) => told);
}

/** Neither older after newer, nor anything twice. */
export function expectIncreasing(counts: number[]): void {
  expect(counts).toEqual([...new Set(counts)].sort((a, b) => a - b));
}
