import { expect, type Page } from '@playwright/test';
import type { SnapshotPage } from '../../src/index.js';
import type { RemoteHost } from '../tabs/tabs.js';

declare global {
  interface Window {
    reportSave(snapshotId: string): void;
  }
}

/** What all tabs count together, and what the branch of each begins at. */
export const SHARED = 'a';

/** A tab that saves and says what it has saved; at once, because a tab that is lost can no longer be asked. */
export class ReportingTab {
  /** One id for each save that had resolved. */
  readonly saved: string[] = [];

  private constructor(
    readonly page: Page,
    readonly name: string,
  ) {}

  static async in(page: Page, name: string): Promise<ReportingTab> {
    const tab = new ReportingTab(page, name);
    const session = await page.context().newCDPSession(page);
    await session.send('Runtime.enable');
    session.on('Runtime.bindingCalled', ({ payload }) => tab.saved.push(payload));
    await session.send('Runtime.addBinding', { name: 'reportSave' });
    return tab;
  }

  /** Ten saves at a time: five add one to what is shared, five lengthen this tab's own branch. */
  save(times: number): Promise<void> {
    return this.page.evaluate(
      async ({ name, times, shared }) => {
        const ask = async (id: string, action: 'save' | 'increment', ...args: unknown[]) => {
          await window.askHost('tab', { action, args: [id, ...args] });
          window.reportSave(id);
        };
        for (let n = 0; n < times / 2; n += 5) {
          await Promise.all(
            [n, n + 1, n + 2, n + 3, n + 4].flatMap((n) => [
              ask(shared, 'increment', 1),
              ask(`${name}-${n}`, 'save', {
                sessionId: 's',
                createdAt: new Date().toISOString(),
                parentId: n === 0 ? shared : `${name}-${n - 1}`,
                state: { custom: n, messages: [{ role: 'user', content: [{ text: `${name}-${n}` }] }] },
              }),
            ]),
          );
        }
      },
      { name: this.name, times, shared: SHARED },
    );
  }
}

export async function allSnapshotIds(host: RemoteHost): Promise<Set<string>> {
  const ids = new Set<string>();
  let cursor: string | undefined;
  do {
    const page = (await host.call('listSnapshots', { sessionId: 's', limit: 1000, cursor })) as SnapshotPage;
    for (const { snapshotId } of page.snapshots) ids.add(snapshotId);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return ids;
}

/** How far the tabs have counted together. */
export async function countedSoFar(host: RemoteHost): Promise<number> {
  const snapshot = await host.call('getSnapshot', { snapshotId: SHARED });
  return (snapshot as { state: { custom: number } }).state.custom;
}

/** Nothing that a tab said it had saved is missing, and all of the database fits together. */
export async function expectAllKept(host: RemoteHost, tabs: ReportingTab[]): Promise<void> {
  const saved = tabs.flatMap((tab) => tab.saved);
  const found = await allSnapshotIds(host);
  expect(saved.filter((id) => !found.has(id))).toEqual([]);
  expect(await countedSoFar(host)).toBeGreaterThanOrEqual(saved.filter((id) => id === SHARED).length);
  expect(await host.call('check')).toMatchObject({ problems: [] });
}
