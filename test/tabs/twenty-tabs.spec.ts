import { expect } from '@playwright/test';
import { counted, countsHeard, hostIn, test, type RemoteHost } from './tabs.js';

test('twenty tabs are open, one saves, and all hear of it', async ({ openTab }) => {
  test.setTimeout(180_000);
  const hosts: RemoteHost[] = [];
  for (let n = 0; n < 20; n++) hosts.push(hostIn(await openTab()));
  for (const host of hosts) await host.watch('a', 's');
  for (const [n, writer] of [hosts[0]!, hosts[19]!].entries()) {
    await writer.save('a', counted(n + 1));
    for (const host of hosts) await expect.poll(async () => (await countsHeard(host)).at(-1)).toBe(n + 1);
  }
  for (const host of hosts) {
    const { counts, session, sessions } = await host.heard();
    expect(counts.map(({ told }) => told)).toEqual([1, 2]);
    expect(session.map(({ told }) => told.type)).toEqual(['changed', 'changed']);
    expect(sessions).toEqual(session.map(({ told }) => told));
  }
});
