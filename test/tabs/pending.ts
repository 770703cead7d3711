import { expect } from '@playwright/test';
import type { Tab } from '../engines/engine.d.ts';
import { counted, type RemoteHost } from './tabs.js';

const SECOND = 1_000;
export const MINUTE = 60 * SECOND;

/** Asks more often than Playwright by itself would. */
export const soon = { intervals: [50, 100, 250] };

/** A turn that somebody is at, whose last sign of life is so old. Without an age, there never was any. */
export const pending = (silentMs?: number) =>
  counted(1, {
    status: 'pending',
    ...(silentMs !== undefined && { heartbeatAt: new Date(Date.now() - silentMs).toISOString() }),
  });

export const completed = () => counted(2, { status: 'completed' });

/** The states that are shown of a session's head, by all the ways to look at it: one, if they agree. */
export async function statusesShown(host: RemoteHost, snapshotId = 'a'): Promise<(string | undefined)[]> {
  const shown = Object.values(await host.show(snapshotId, 's'));
  return [...new Set(shown.map((pulse) => pulse?.status))];
}

export const expectShown = (host: RemoteHost, status: string, snapshotId = 'a') =>
  expect.poll(() => statusesShown(host, snapshotId), soon).toEqual([status]);

export const statusesTold = async (host: RemoteHost) => (await host.heard()).statuses;

export const expectTold = (host: RemoteHost, ...statuses: string[]) =>
  expect.poll(() => statusesTold(host), soon).toEqual(statuses);

/** And nothing else comes after it. */
export async function expectToldOnly(host: RemoteHost, ...statuses: string[]): Promise<void> {
  await expectTold(host, ...statuses);
  await new Promise((resolve) => setTimeout(resolve, SECOND));
  expect(await statusesTold(host)).toEqual(statuses);
}

/** How a page is where it is not secure: no lock manager. To be done before its store is used. */
export const takeLocksAway = (tab: Tab) =>
  tab.evaluate(() => void Object.defineProperty(navigator, 'locks', { value: undefined }), undefined);

/** From now on no timer of the page goes off, as if it were hidden and its next minute were far away. */
export const stopTimers = (tab: Tab) =>
  tab.evaluate(() => {
    window.setTimeout = window.setInterval = (() => 0) as unknown as typeof setTimeout & typeof setInterval;
  }, undefined);
