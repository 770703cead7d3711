import { describe, expect, test } from 'vitest';
import type { QuarantinedRow } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { freshName, openStore } from '../stores/open-store.js';
import { dumpDatabase, overwriteRow, withRaw } from '../database/raw-database.js';
import { abortingCommits } from '../faults/inject-faults.js';
import { makeKey } from './keys.js';
import { fillWithSecrets, readSecrets, SECRET, secretsIn } from './secrets.js';

async function encryptedStore() {
  const options = { name: freshName(), encryption: { key: await makeKey() }, compaction: false };
  const store = openStore(options);
  await fillWithSecrets(store);
  return { name: options.name, options, store };
}

/** The ids of the keys that a database lists. */
const keyListOf = async (name: string): Promise<string[]> => {
  const { clock } = Object.fromEntries((await dumpDatabase(name))!['meta'] as [string, any][]);
  return clock.keys.map(({ id }: { id: string }) => id);
};

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

  test.each([
    ['before encryption was switched on', false],
    ['while encryption was being switched on', true],
  ])('what was put aside %s is encrypted as well', async (_, isBegun) => {
    const name = freshName();
    const plain = openStore({ name, compaction: false });
    await fillWithSecrets(plain);
    const encryption = { key: await makeKey(), previousKeys: [null] };
    let store = plain;
    if (isBegun) {
      await plain.close();
      store = openStore({ name, encryption, compaction: false });
      await save(store, 'c', turn(3, { parentId: 'b' }));
    }
    // It may have been encrypted in idle time already.
    await overwriteRow(name, 'snapshots', 'a', ({ cipher: _, ...row }) => ({
      ...row,
      info: [SECRET],
    }));
    await withRaw(name, (transaction) => void transaction.objectStore('meta').put([SECRET], 'foreign'));
    const { quarantined } = await store.check({ repair: true });
    expect(quarantined).toBeGreaterThan(1);
    await store.close();

    const rekeyed = openStore({ name, encryption, compaction: false });
    await rekeyed.rekey();
    expect(await secretsIn(name)).toBe(0);
    expect((await rekeyed.check()).quarantined).toBe(quarantined);

    // Another key, and none, bring all of it back as it was.
    const again = openStore({
      name,
      encryption: { key: await makeKey(), previousKeys: [encryption.key] },
      compaction: false,
    });
    await again.rekey();
    await again.close();
    const { quarantine } = (await dumpDatabase(name))!;
    expect(quarantine!.map(([, row]) => (row as any).row.cipher?.key)).toEqual(
      Array(quarantined).fill((await keyListOf(name))[0]),
    );
  });

  test('what was put aside is plain again when encryption is switched off', async () => {
    const { name, options, store } = await encryptedStore();
    await save(store, 'x', turn(3, { sessionId: 'other' }));
    await withRaw(
      name,
      (transaction) => void transaction.objectStore('meta').put({ note: SECRET }, 'foreign'),
    );
    await store.check({ repair: true });
    expect(await secretsIn(name)).toBe(0);
    await store.close();
    const plain = openStore({
      name,
      encryption: { key: null, previousKeys: [options.encryption.key] },
      compaction: false,
    });
    await plain.rekey();
    await plain.close();
    const { quarantine } = (await dumpDatabase(name))!;
    expect(quarantine!.map(([, row]) => row)).toMatchObject([
      { store: 'meta', key: 'foreign', row: { note: SECRET } },
    ]);
  });

  test('nothing is put aside that needs a key nobody was asked for', async () => {
    const { name, options, store } = await encryptedStore();
    await store.close();
    await overwriteRow(name, 'snapshots', 'b', (row) => ({
      ...row,
      cipher: { ...row.cipher, key: 'other', turn: row.cipher.turn + 1 },
    }));
    const before = await dumpDatabase(name);
    const again = openStore(options);
    await expectRefusal(() => again.check({ repair: true }), 'PERMISSION_DENIED');
    await again.close();
    expect(await dumpDatabase(name)).toEqual(before);
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
    await abortingCommits(1, full, () => store.deleteSession('s'));
    const again = openStore(options);
    expect((await again.listSessions()).sessions.map(({ sessionId }) => sessionId)).toEqual(['other']);
    expect((await again.check()).problems).toEqual([]);
  });
});
