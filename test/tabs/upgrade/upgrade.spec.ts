import { join } from 'node:path';
import { expect } from '@playwright/test';
import { buildSite, type Site } from '../../sites/build-site.js';
import type { Tab } from '../../engines/engine.d.ts';
import { counted, countsHeard, hostIn, test as base, type RemoteHost } from '../tabs.js';

const NAME = 'offshoot';
const OUTDATED = /FAILED_PRECONDITION: .*newer Offshoot.*[Rr]eload/;

/** Tests whose tabs can become a newer Offshoot. */
const test = base.extend<{ openNewer: () => Promise<Tab> }, { site: Site }>({
  site: [
    async ({}, use) => {
      const root = join(import.meta.dirname, 'page');
      await use(await buildSite(root, join(root, 'vite.config.ts')));
    },
    { scope: 'worker' },
  ],
  openNewer: ({ openTab }, use) =>
    use(async () => {
      const tab = await openTab();
      await becomeNewer(tab);
      return tab;
    }),
});

const becomeNewer = (tab: Tab) => tab.evaluate(() => window.becomeNewer(), undefined);
const hold = (tab: Tab) => tab.evaluate((name) => window.holdDatabase(name), NAME);
const letGo = (tab: Tab) => tab.evaluate(() => window.letGo(), undefined);
const health = async (host: RemoteHost) => (await host.heard()).health;

/** Adds one to the snapshot `a` again and again, until that fails: how often it did not, and why it did at last. */
const incrementUntilItFails = (tab: Tab) =>
  tab.evaluate(async () => {
    for (let saved = 0; ; saved++) {
      try {
        await window.askHost('tab', { action: 'increment', args: ['a', 1] });
      } catch (error) {
        return { saved, failure: (error as Error).message };
      }
    }
  }, undefined);

test.describe('a newer Offshoot in another tab', () => {
  test('is let in at once and finds everything; the old tab is told so, once', async ({
    openTab,
    openNewer,
  }) => {
    const old = hostIn(await openTab());
    await old.save('a', counted(1));
    await old.save('b', counted(2, { parentId: 'a' }));
    await old.call('updateSession', 's', { title: 'T' });

    const newer = hostIn(await openNewer());
    expect(await newer.call('getSnapshot', { sessionId: 's' })).toMatchObject({ state: { custom: 2 } });
    expect(await newer.call('getSession', 's')).toMatchObject({ title: 'T', snapshotCount: 2 });
    expect(await newer.call('getHistory', 'b')).toHaveLength(2);
    expect(await newer.call('check')).toMatchObject({ problems: [] });
    expect(await health(newer)).toEqual([]);
    await expect.poll(() => health(old)).toEqual([{ type: 'outdated', database: NAME }]);
  });

  test('the old tab is refused from then on, and can do no harm', async ({ openTab, openNewer }) => {
    const old = hostIn(await openTab());
    await old.save('a', counted(1));
    const newer = hostIn(await openNewer());
    await newer.save('b', counted(2, { parentId: 'a' }));
    const before = await newer.dump();

    await expect(old.save('c', counted(3))).rejects.toThrow(OUTDATED);
    await expect(old.call('getSnapshot', { snapshotId: 'a' })).rejects.toThrow(OUTDATED);
    for (const call of ['listSessions', 'compact', 'clear', 'deleteDatabase'] as const) {
      await expect(old.call(call)).rejects.toThrow(OUTDATED);
    }
    expect(await newer.dump()).toEqual(before);
    expect(await newer.call('getSnapshot', { sessionId: 's' })).toMatchObject({ state: { custom: 2 } });
    expect(await health(old)).toEqual([{ type: 'outdated', database: NAME }]);
  });

  test('the old tab, reloaded, is a newer one, too', async ({ openTab, openNewer }) => {
    const tab = await openTab();
    const old = hostIn(tab);
    await old.save('a', counted(1));
    const newer = hostIn(await openNewer());
    await newer.watch('a', 's');
    await tab.reload();
    await becomeNewer(tab);
    await old.save('a', counted(2));
    await expect.poll(() => countsHeard(newer)).toEqual([1, 2]);
    expect(await health(old)).toEqual([]);
  });

  test('an old tab that is opened after it is told so, once', async ({ openTab, openNewer }) => {
    const newer = hostIn(await openNewer());
    await newer.save('a', counted(1));
    const old = hostIn(await openTab());
    for (let attempt = 0; attempt < 3; attempt++) {
      await expect(old.call('getSession', 's')).rejects.toThrow(OUTDATED);
    }
    expect(await health(old)).toEqual([{ type: 'outdated', database: NAME }]);
    expect(await newer.call('getSession', 's')).toMatchObject({ snapshotCount: 1 });
  });

  test('in the midst of the old tab’s saves: what was reported saved is there, and nothing else', async ({
    openTab,
    openNewer,
  }) => {
    const tab = await openTab();
    const old = hostIn(tab);
    await old.watch('a', 's');
    const saving = incrementUntilItFails(tab);
    await expect.poll(async () => (await countsHeard(old)).length).toBeGreaterThan(5);
    const newer = hostIn(await openNewer());
    await newer.call('listSessions');

    const { saved, failure } = await saving;
    expect(failure).toMatch(OUTDATED);
    expect(await newer.call('getSnapshot', { snapshotId: 'a' })).toMatchObject({ state: { custom: saved } });
    expect((await countsHeard(old)).at(-1)).toBe(saved);
    expect(await newer.call('check')).toMatchObject({ problems: [] });
    expect(await health(newer)).toEqual([]);
  });

  test('what it saves is no error in an old tab that still watches', async ({ openTab, openNewer }) => {
    const old = hostIn(await openTab());
    await old.save('a', counted(1));
    await old.watch('a', 's');
    await expect.poll(() => countsHeard(old)).toEqual([1]);
    const newer = hostIn(await openNewer());
    for (let count = 2; count < 6; count++) await newer.save('a', counted(count));
    await expect.poll(() => health(old)).toEqual([{ type: 'outdated', database: NAME }]);
    expect(await countsHeard(old)).toEqual([1]);
  });
});

test.describe('a tab that does not let go of the database', () => {
  test('a newer Offshoot says that it is blocked, and goes on by itself when the tab is closed', async ({
    openTab,
    openNewer,
  }) => {
    const holder = await openTab();
    await hostIn(holder).save('a', counted(1));
    await hold(holder);
    const newer = hostIn(await openNewer());
    const saving = newer.save('b', counted(2, { parentId: 'a' }));
    await expect.poll(() => health(newer)).toEqual([{ type: 'blocked', database: NAME }]);
    await holder.close();
    expect(await saving).toBe('b');
    expect(await newer.call('getHistory', 'b')).toHaveLength(2);
  });

  test('a newer Offshoot gives up after ten seconds, says who is to be closed, and works when that is done', async ({
    openTab,
    openNewer,
  }) => {
    test.setTimeout(60_000);
    const holder = await openTab();
    await hostIn(holder).save('a', counted(1));
    await hold(holder);
    const newer = hostIn(await openNewer());
    await expect(newer.save('b', counted(2, { parentId: 'a' }))).rejects.toThrow(
      /UNAVAILABLE: other tabs .*"offshoot" open\. Close/,
    );
    await letGo(holder);
    await newer.save('c', counted(3, { parentId: 'a' }));
    expect(await newer.call('getHistory', 'c')).toHaveLength(2);
    expect(await newer.call('getSnapshot', { snapshotId: 'b' })).toBeUndefined();
    // What was opened too late is not left open: nobody is in the way of deleting the database.
    const other = hostIn(await openNewer());
    await other.call('deleteDatabase');
    expect(await health(other)).toEqual([]);
  });

  test('deleteDatabase says that it is blocked, and is done when the tab lets go', async ({ openTab }) => {
    const [holder, deleting] = [await openTab(), hostIn(await openTab())];
    await deleting.save('a', counted(1));
    await hold(holder);
    const deletion = deleting.call('deleteDatabase');
    await expect.poll(() => health(deleting)).toEqual([{ type: 'blocked', database: NAME }]);
    await letGo(holder);
    await deletion;
    expect(await deleting.dump()).toBeUndefined();
    await deleting.save('b', counted(2));
    expect(await deleting.call('getSession', 's')).toMatchObject({ snapshotCount: 1 });
  });
});
