import { describe, expect, test } from 'vitest';
import type { QuarantinedRow } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { freshName, openStore } from '../browser/open-store.js';
import { dumpDatabase, overwriteRow } from '../browser/raw-database.js';
import { abortingCommits } from '../faults/inject-faults.js';
import { makeKey } from './keys.js';
import { fillWithSecrets, readSecrets, secretsIn } from './secrets.js';

async function encryptedStore() {
  const options = { name: freshName(), encryption: { key: await makeKey() }, compaction: false };
  const store = openStore(options);
  await fillWithSecrets(store);
  return { name: options.name, options, store };
}

/** Changes one bit of what a row's key alone opens. */
function spoilCipher(row: any): unknown {
  new Uint8Array(row.cipher.data)[0]! ^= 1;
  return row;
}

describe('taking care of an encrypted database', () => {
  test('a repair puts aside what the key does not open as it was stored, and leaves the rest', async () => {
    const { name, options, store } = await encryptedStore();
    await store.close();
    await overwriteRow(name, 'snapshots', 'b', spoilCipher);
    const { snapshots } = (await dumpDatabase(name))!;
    const spoiled = snapshots!.find(([key]) => key === 'b')![1];

    const again = openStore(options);
    const { problems } = await again.check({ repair: true });
    expect(problems).toContainEqual({
      kind: 'damaged',
      store: 'snapshots',
      id: 'b',
      repair: 'quarantined',
    });
    const { quarantine } = (await dumpDatabase(name))!;
    const kept = quarantine!.map(([, row]) => row as QuarantinedRow);
    expect(kept.find(({ key }) => key === 'b')).toMatchObject({ store: 'snapshots', row: spoiled });
    expect(await secretsIn(name)).toBe(0);
    expect((await again.check()).problems).toEqual([]);
    expect((await again.getSnapshot({ snapshotId: 'a' }))?.state?.messages).toHaveLength(2);
    expect(await again.getSession('s')).toMatchObject({ snapshotCount: 1 });

    await again.clear();
    expect((await dumpDatabase(name))!['quarantine']).toEqual([]);
  });

  test('what is exported can be read without the key, and imported under another one', async () => {
    const { store } = await encryptedStore();
    const other = await encryptedStore();
    await other.store.clear();
    const report = await other.store.importSessions(store.exportSessions());
    expect(report).toMatchObject({ complete: true, snapshots: 2 });
    const [there, here] = await Promise.all([readSecrets(other.store), readSecrets(store)]);
    expect(there.snapshots).toEqual(here.snapshots);
    expect(there.sessions[0]!.title).toBe(here.sessions[0]!.title);
    expect(await secretsIn(other.name)).toBe(0);
  });

  test('it can be measured, and a policy be applied to it', async () => {
    const { store } = await encryptedStore();
    await save(store, 'x', turn(3, { sessionId: 'other' }));
    const { sessions, snapshots } = await store.storage();
    expect(snapshots).toBe(3);
    expect(sessions[0]).toMatchObject({ sessionId: 's' });
    expect(sessions[0]!.bytes).toBeGreaterThan(20_000);
    expect(await store.retain({ maxSessions: 1 })).toMatchObject({ sessions: ['s'] });
    expect((await store.check()).problems).toEqual([]);
  });

  test('what is deleted from a full disk is gone, and the key still opens the rest', async () => {
    const { options, store } = await encryptedStore();
    await save(store, 'x', turn(3, { sessionId: 'other' }));
    const full = new DOMException('full', 'QuotaExceededError');
    await abortingCommits(2, full, () => store.deleteSession('s'));
    const again = openStore(options);
    expect((await again.listSessions()).sessions.map(({ sessionId }) => sessionId)).toEqual(['other']);
    expect((await again.check()).problems).toEqual([]);
  });
});
