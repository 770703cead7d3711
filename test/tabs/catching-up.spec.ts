import { expect } from '@playwright/test';
import type { Tab } from '../engines/engine.d.ts';
import { counted, countsHeard, expectIncreasing, hostIn, test, type RemoteHost } from './tabs.js';

declare global {
  interface Window {
    /** Whether messages of other tabs are lost. */
    isDeaf: boolean;
    /** How often this tab has read the clock. */
    clockReads: number;
  }
}

// All of these are done to a tab whose store has not been used yet.

const withoutMessages = (tab: Tab) =>
  tab.evaluate(() => void Object.assign(window, { BroadcastChannel: undefined }), undefined);

const losingMessages = (tab: Tab) =>
  tab.evaluate(() => {
    window.isDeaf = false;
    window.BroadcastChannel = class extends BroadcastChannel {
      constructor(name: string) {
        super(name);
        this.addEventListener('message', (event) => window.isDeaf && event.stopImmediatePropagation());
      }
    };
  }, undefined);

const setDeaf = (tab: Tab, isDeaf: boolean) => tab.evaluate((deaf) => void (window.isDeaf = deaf), isDeaf);

/** Without the look at a database that was just opened, which alone asks for one object store. */
const countingClockReads = (tab: Tab) =>
  tab.evaluate(() => {
    window.clockReads = 0;
    const { prototype } = IDBObjectStore;
    const original = prototype.get;
    prototype.get = function (key) {
      if (this.name === 'meta' && this.transaction.objectStoreNames.length > 1) window.clockReads++;
      return original.call(this, key);
    };
  }, undefined);

const clockReads = (tab: Tab) => tab.evaluate(() => window.clockReads, undefined);

const sessionTypes = async (host: RemoteHost) => (await host.heard()).session.map(({ told }) => told.type);
const sessionsTypes = async (host: RemoteHost) => (await host.heard()).sessions.map(({ type }) => type);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Long enough for several looks at the clock. */
const SEVERAL_LOOKS_MS = 3_500;

test('a change whose message was lost is told when the next message comes', async ({ openTab }) => {
  const tab = await openTab();
  await losingMessages(tab);
  const [listener, writer] = [hostIn(tab), hostIn(await openTab())];
  await writer.save('a', counted(1));
  await listener.watch('a', 's');
  await expect.poll(() => countsHeard(listener)).toEqual([1]);

  await setDeaf(tab, true);
  await writer.save('a', counted(2));
  await writer.call('updateSession', 's', { title: 'T' });
  // The tab is asked in between, so that what it must not hear has gone by.
  expect(await listener.call('getSession', 's')).toMatchObject({ title: 'T' });
  expect(await countsHeard(listener)).toEqual([1]);

  await setDeaf(tab, false);
  await writer.save('elsewhere', counted(9, { sessionId: 'other' }));
  await expect.poll(() => countsHeard(listener)).toEqual([1, 2]);
  await expect
    .poll(async () => (await listener.heard()).session.at(-1)?.told)
    .toMatchObject({ type: 'changed', session: { title: 'T' } });
  await expect.poll(() => sessionsTypes(listener)).toContain('reset');
});

test.describe('without BroadcastChannel', () => {
  test('a watcher is told what another tab does', async ({ openTab }) => {
    const tabs = [await openTab(), await openTab()];
    for (const tab of tabs) await withoutMessages(tab);
    const [one, two] = tabs.map((tab) => hostIn(tab)) as [RemoteHost, RemoteHost];
    await one.save('a', counted(1));
    await two.watch('a', 's');
    await expect.poll(() => countsHeard(two)).toEqual([1]);
    await one.save('a', counted(2));
    await expect.poll(() => countsHeard(two)).toEqual([1, 2]);
    await expect.poll(() => sessionTypes(two)).toEqual(['changed']);
    await one.call('deleteSession', 's');
    await expect.poll(() => sessionTypes(two)).toEqual(['changed', 'deleted']);
    await expect.poll(() => sessionsTypes(two)).toContain('reset');
  });

  test('two tabs that count at once see increasing counts, and the last', async ({ openTab }) => {
    const tabs = [await openTab(), await openTab()];
    for (const tab of tabs) await withoutMessages(tab);
    const hosts = tabs.map((tab) => hostIn(tab));
    for (const host of hosts) await host.watch('a', 's');
    await Promise.all(hosts.map((host) => host.increment('a', 50)));
    for (const host of hosts) {
      await expect.poll(async () => (await countsHeard(host)).at(-1)).toBe(100);
      expectIncreasing(await countsHeard(host));
    }
  });

  test('the clock is read only while somebody watches', async ({ openTab }) => {
    const tab = await openTab();
    await withoutMessages(tab);
    await countingClockReads(tab);
    const [listener, writer] = [hostIn(tab), hostIn(await openTab())];
    await writer.save('a', counted(1));
    await listener.call('getSession', 's');
    await pause(SEVERAL_LOOKS_MS);
    expect(await clockReads(tab)).toBe(0);

    await listener.watch('a', 's');
    await expect.poll(() => clockReads(tab)).toBeGreaterThan(3);

    // Closes the store that is watched, and takes one that is not.
    await listener.open({});
    const before = await clockReads(tab);
    await writer.save('a', counted(2));
    await listener.call('getSession', 's');
    await pause(SEVERAL_LOOKS_MS);
    expect(await clockReads(tab)).toBe(before);
  });
});

test.describe('no false alarms', () => {
  const text = (n: number) => `message ${n} `.padEnd(4_000, 'lorem ipsum ');
  const messages = Array.from({ length: 50 }, (_, n) => ({ role: 'user', content: [{ text: text(n) }] }));

  /** Everything that can be done, at a session of its own and at the one that both tabs use. */
  async function doEverything(host: RemoteHost, own: string): Promise<void> {
    for (let n = 1; n <= 5; n++) {
      const state = { custom: n, messages: messages.slice(0, 10 * n) };
      const parent = n > 1 ? { parentId: `${own}-${n - 1}` } : {};
      await host.save(`${own}-${n}`, counted(n, { ...parent, sessionId: own, state }));
      await host.increment('a', 10);
    }
    await host.call('compact');
    await host.call('updateSession', own, { title: own });
    await host.call('updateSession', 's', { title: own });
    await host.call('selectBranch', `${own}-3`);
    await host.call('deleteSnapshot', `${own}-5`);
    await host.call('deleteSnapshot', `${own}-3`, { subtree: true });
    await host.call('compact');
    await host.call('deleteSession', own);
  }

  test('what two tabs do at once is told by name, never as a reset; clearing is one', async ({ openTab }) => {
    const hosts = [hostIn(await openTab()), hostIn(await openTab())] as const;
    await hosts[0].save('a', counted(0));
    for (const host of hosts) {
      await host.watch('a', 's');
      await expect.poll(() => countsHeard(host)).toEqual([0]);
    }
    await Promise.all(hosts.map((host, n) => doEverything(host, `own-${n}`)));
    for (const host of hosts) {
      await expect.poll(async () => (await countsHeard(host)).at(-1)).toBe(100);
      await expect
        .poll(async () => (await host.heard()).sessions.filter(({ type }) => type === 'deleted'))
        .toHaveLength(2);
      expect(await sessionsTypes(host)).not.toContain('reset');
    }

    for (const [n, remove] of (['clear', 'deleteDatabase'] as const).entries()) {
      await hosts[0].call(remove);
      for (const count of [1, 2]) await hosts[count - 1]!.save('a', counted(1_000 * (n + 1) + count));
      for (const host of hosts) {
        await expect.poll(async () => (await countsHeard(host)).at(-1)).toBe(1_000 * (n + 1) + 2);
        await expect
          .poll(async () => (await sessionsTypes(host)).filter((type) => type === 'reset'))
          .toHaveLength(n + 1);
      }
    }
  });
});
