import { expect } from '@playwright/test';
import type { Request } from './page/host.js';
import {
  completed,
  expectShown,
  expectTold,
  expectToldOnly,
  pending,
  soon,
  statusesShown,
  statusesTold,
} from './pending.js';
import { hostIn, test } from './tabs.js';

const ROUNDS = 20;

const finishing = (snapshotId: string): Request => ({ action: 'save', args: [snapshotId, completed()] });

test('a worker that ends as soon as it has finished is never told as expired', async ({ openTab }) => {
  const [tab, other] = [await openTab(), hostIn(await openTab())];
  const told: string[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const id = `turn ${round}`;
    await other.watch(id, 's');
    await hostIn(tab, 'dedicated worker').save(id, pending(0));
    await expectTold(other, ...told, 'pending');
    await tab.evaluate(async (request) => {
      await window.askHost('dedicated worker', request);
      await window.endWorker();
    }, finishing(id));
    told.push('pending', 'completed');
    await expectTold(other, ...told);
    expect(await other.call('getSnapshot', { snapshotId: id })).toMatchObject({ status: 'completed' });
  }
  await expectToldOnly(other, ...told);
});

test('a worker that is ended while it saves its end has ended well or is expired, to readers and watchers alike', async ({
  openTab,
}) => {
  const [tab, other] = [await openTab(), hostIn(await openTab())];
  for (let round = 0; round < ROUNDS; round++) {
    await other.open({});
    await other.watch('a', 's');
    await hostIn(tab, 'dedicated worker').save('a', pending(0));
    await expect.poll(async () => (await statusesTold(other)).at(-1), soon).toBe('pending');
    const before = await statusesTold(other);
    await tab.evaluate(
      async ([request, afterMs]) => {
        void window.askHost('dedicated worker', request);
        await new Promise((resolve) => setTimeout(resolve, afterMs));
        await window.endWorker();
      },
      [finishing('a'), round % 10] as const,
    );
    await expect.poll(async () => (await statusesTold(other)).length, soon).toBeGreaterThan(before.length);
    const [end] = (await statusesTold(other)).slice(before.length);
    expect(['completed', 'expired']).toContain(end);
    expect(await statusesShown(other)).toEqual([end]);
    expect(await statusesTold(other)).toEqual([...before, end]);
  }
});

test('a tab that is closed as soon as its worker has finished is never told as expired', async ({
  openTab,
}) => {
  const other = hostIn(await openTab());
  await other.watch('a', 's');
  const told: string[] = [];
  for (let round = 0; round < ROUNDS / 4; round++) {
    const tab = await openTab();
    await hostIn(tab).save('a', pending(0));
    await expectTold(other, ...told, 'pending');
    await hostIn(tab).save('a', completed());
    await tab.close();
    told.push('pending', 'completed');
    await expectTold(other, ...told);
    await expectShown(other, 'completed');
  }
  await expectToldOnly(other, ...told);
});
