// @vitest-environment jsdom
import { describe, expect, it, test } from 'vitest';
import { IndexedDBSessionStore } from '../../src/index.js';
import { describeSessionStore } from '../../src/testing/index.js';
import { turn } from '../../src/testing/sample-snapshots.js';

let made = 0;

const newKey = () =>
  crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);

test('classes of two realms meet here', () => {
  expect(typeof document).toBe('object');
  expect(new TextEncoder().encode('a') instanceof Uint8Array).toBe(false);
});

test('In jsdom bytes and dates are read as they were saved, exported and imported', async () => {
  const custom = { bytes: new Uint8Array([1, 2, 3]), when: new Date(1), map: new Map([[1, { x: 1 }]]) };
  const encryption = { key: await newKey() };
  const from = new IndexedDBSessionStore<any>({ name: `jsdom-${made++}`, encryption });
  const to = new IndexedDBSessionStore<any>({ name: `jsdom-${made++}`, encryption });
  await from.saveSnapshot('a', () => ({ ...turn(1), state: { messages: [], custom } }));
  const report = await to.importSessions(from.exportSessions());
  expect(report.totals.imported).toBe(1);
  for (const store of [from, to]) {
    const read = (await store.getSnapshot({ snapshotId: 'a' }))!.state!.custom;
    expect([[...read.bytes], read.when.getTime(), [...read.map]]).toEqual([[1, 2, 3], 1, [[1, { x: 1 }]]]);
    await store.close();
  }
});

for (const isEncrypted of [false, true]) {
  describeSessionStore(
    `In jsdom, ${isEncrypted ? 'encrypted' : 'plain'}`,
    async (options) => {
      const name = `jsdom-${made++}`;
      const encryption = isEncrypted ? { key: await newKey() } : undefined;
      const stores: IndexedDBSessionStore<any>[] = [];
      const another = () => {
        const store = new IndexedDBSessionStore<any>({ ...options, name, encryption });
        stores.push(store);
        return store;
      };
      return { store: another(), another, close: () => Promise.all(stores.map((store) => store.close())) };
    },
    { describe, it },
  );
}
