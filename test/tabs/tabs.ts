import { join } from 'node:path';
import { expect, test as base, type Page } from '@playwright/test';
import { serveBuilt } from '../browser/serve.js';
import type { Host } from './page/host.js';
import type { Place } from './page/main.js';

/** A store in a tab or in one of its workers, to be used from the test. */
export type RemoteHost = {
  [Action in keyof Host]: (...args: Parameters<Host[Action]>) => Promise<Awaited<ReturnType<Host[Action]>>>;
};

/** The host of a place, as seen from the tab. */
export function hostIn(page: Page, place: Place = 'tab'): RemoteHost {
  return new Proxy({} as RemoteHost, {
    get:
      (_, action: keyof Host) =>
      (...args: unknown[]) =>
        page.evaluate(([place, request]) => window.askHost(place, request), [
          place,
          { action, args },
        ] as const),
  });
}

/** Tests that get tabs of one browser, whose storage nobody else uses. */
export const test = base.extend<{ openTab: () => Promise<Page> }, { url: string }>({
  url: [
    async ({}, use) => {
      const root = join(import.meta.dirname, 'page');
      const site = await serveBuilt(root, join(root, 'vite.config.ts'));
      await use(site.url);
      await site.close();
    },
    { scope: 'worker' },
  ],
  openTab: async ({ context, url }, use) => {
    const errors: Error[] = [];
    await use(async () => {
      const page = await context.newPage();
      page.on('pageerror', (error) => errors.push(error));
      await page.goto(url);
      return page;
    });
    expect(errors).toEqual([]);
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
