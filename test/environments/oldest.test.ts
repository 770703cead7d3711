import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { IndexedDBSessionStore } from '../../src/index.js';
import { describeSessionStore } from '../../src/testing/index.js';
import { turn } from '../../src/testing/sample-snapshots.js';
import { takeAway } from './engines.js';

let giveBack: () => void;
beforeAll(() => (giveBack = takeAway()));
afterAll(() => giveBack());

let made = 0;

const open = (options = {}) => new IndexedDBSessionStore<any>({ name: `oldest-${made++}`, ...options });

const newKey = () =>
  crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);

test('what the oldest engines lack is missing here', () => {
  expect('isWellFormed' in String.prototype).toBe(false);
  expect('timeout' in AbortSignal).toBe(false);
});

for (const isEncrypted of [false, true]) {
  describeSessionStore(
    `In the oldest engines, ${isEncrypted ? 'encrypted' : 'plain'}`,
    async (options) => {
      const name = `oldest-${made++}`;
      const encryption = isEncrypted ? { key: await newKey() } : undefined;
      const stores: IndexedDBSessionStore<any>[] = [];
      const another = () => {
        const store = open({ ...options, name, encryption });
        stores.push(store);
        return store;
      };
      return { store: another(), another, close: () => Promise.all(stores.map((store) => store.close())) };
    },
    { describe, it },
  );
}

describe('In the oldest engines', () => {
  test('everything is exported and imported, checked, kept to a policy and sealed', async () => {
    const encryption = { key: await newKey() };
    const [from, to] = [open({ encryption }), open()];
    const custom = {
      when: new Date(1),
      map: new Map([[1, 2]]),
      half: '\ud800',
      'half-\udc00': 'key',
      bytes: new Uint8Array(9),
    };
    await from.saveSnapshot('a', () => ({ ...turn(1), state: { messages: [], custom } }));
    await from.saveSnapshot('b', () => turn(2, { sessionId: 'other' }));
    const file = new Blob([await new Response(from.exportSessions()).arrayBuffer()]);
    const report = await to.importSessions(file.stream());
    expect(report.totals.imported).toBe(2);
    expect((await to.getSnapshot({ snapshotId: 'a' }))?.state?.custom).toEqual(custom);
    await to.compact();
    expect((await to.check({ repair: true })).problems).toEqual([]);
    expect((await to.storage()).snapshots).toBe(2);
    expect((await to.retain({ maxSessions: 1 })).snapshots).toHaveLength(1);
    await Promise.all([from.close(), to.close()]);
  });
});
