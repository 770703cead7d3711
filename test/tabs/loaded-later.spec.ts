import { expect } from '@playwright/test';
import type { Place } from './page/main.js';
import { counted, hostIn, test } from './tabs.js';

/** Where code may be loaded later: anywhere but in a service worker. */
const PLACES: Place[] = ['tab', 'dedicated worker', 'shared worker'];

const FROM_GENKIT = JSON.stringify({
  snapshotId: 'from-genkit',
  sessionId: 'g',
  createdAt: '2026-01-01T00:00:00Z',
  status: 'completed',
  state: { messages: [{ role: 'user', content: [{ text: 'hello' }] }] },
});

for (const place of PLACES) {
  const here = place === 'tab' ? 'a tab' : `a ${place}`;

  test(`everything that is loaded when it is needed is at hand in ${here}`, async ({ openTab }) => {
    const host = hostIn(await openTab(), place);
    await host.open({ name: 'plain' });
    await host.watch('a', 's');
    await host.save('a', counted(1));
    expect(await host.call('storage')).toMatchObject({ snapshots: 1 });
    expect(await host.call('check')).toMatchObject({ problems: [] });
    await host.call('compact');
    expect(await host.call('retain', { maxSessions: 5 })).toMatchObject({ sessions: [] });
    const text = await host.exportText();
    expect(await host.importGenkitText(FROM_GENKIT)).toMatchObject({
      complete: true,
      totals: { imported: 1 },
    });
    // The same worker as before, with what it has heard of.
    expect((await host.heard()).counts).toEqual([{ told: 1 }]);

    await host.openEncrypted({ name: 'sealed' });
    expect(await host.importText(text)).toMatchObject({ complete: true, totals: { imported: 1 } });
    expect(await host.call('getSnapshot', { snapshotId: 'a' })).toMatchObject({ state: { custom: 1 } });
    await host.call('rekey');
  });

  test(`what is loaded in idle time does its work in ${here}`, async ({ openTab }) => {
    const host = hostIn(await openTab(), place);
    await host.open({ name: 'kept' });
    await host.save('a', counted(1, { sessionId: 'older' }));
    await host.save('b', counted(2, { sessionId: 'newer', createdAt: '2026-01-02T00:00:00Z' }));
    // It is done soon after the first save, and not again for a while.
    await host.open({ name: 'kept', retention: { maxSessions: 1 } });
    await host.save('b', counted(3, { sessionId: 'newer', createdAt: '2026-01-03T00:00:00Z' }));
    await expect.poll(async () => (await host.heard()).health.map(({ type }) => type)).toEqual(['freed']);
    await host.open({ name: 'gathered' });
    await host.save('first', counted(0));
    await host.converse(
      'first',
      Array.from({ length: 40 }, (_, n) => `${n} `.repeat(3000)),
    );
    const largest = async () => Math.max(...(await host.sizesOfRows()));
    await expect.poll(largest).toBeGreaterThan(100_000);
    expect((await host.heard()).health).toEqual([]);
  });
}
