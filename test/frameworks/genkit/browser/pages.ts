import { join } from 'node:path';
import { expect, test as base, type Page } from '@playwright/test';
import { serveBuilt } from '../../../sites/build-site.js';

/** Tests that get tabs, each with an agent of its own and a store in common. */
export const test = base.extend<{ openTab: () => Promise<Page> }, { url: string }>({
  url: [
    async ({}, use) => {
      const root = import.meta.dirname;
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

export const send = (page: Page, text: string, sessionId?: string) =>
  page.evaluate(([text, sessionId]) => window.tab.send(text, sessionId), [text, sessionId] as const);
export const detach = (page: Page, text: string, sessionId?: string) =>
  page.evaluate(([text, sessionId]) => window.tab.detach(text, sessionId), [text, sessionId] as const);
export const abort = (page: Page, snapshotId: string) =>
  page.evaluate((id) => window.tab.abort(id), snapshotId);
export const abortAtOnce = (page: Page, sessionId: string) =>
  page.evaluate((id) => window.tab.abortAtOnce(id), sessionId);
export const showSession = (page: Page, sessionId: string) =>
  page.evaluate((id) => window.tab.showSession(id), sessionId);
export const showTurn = (page: Page, snapshotId: string) =>
  page.evaluate((id) => window.tab.showTurn(id), snapshotId);
export const release = (page: Page) => page.evaluate(() => window.tab.release());
export const startedCalls = (page: Page) => page.evaluate(() => window.tab.startedCalls());
export const stoppedCalls = (page: Page) => page.evaluate(() => window.tab.stoppedCalls());
export const messages = (page: Page) => page.locator('#messages li');
export const statuses = (page: Page) => page.locator('#statuses li');
/** Makes a turn's last sign of life so old. Only its own tab may do that. */
export const age = (page: Page, snapshotId: string, silentMs: number) =>
  page.evaluate(([id, ms]) => window.tab.age(id, ms), [snapshotId, silentMs] as const);
/** Where a turn stands, as the store sees it and as Genkit's agent sees it. */
export const judge = (page: Page, snapshotId: string) =>
  page.evaluate((id) => window.tab.judge(id), snapshotId);
