import { describe, expect, test } from 'vitest';
import type { IndexedDBSessionStoreOptions, Message } from '../../src/index.js';
import { message, save, turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { freshName, openStore } from '../stores/open-store.js';
import { dumpDatabase } from '../database/raw-database.js';
import { makeKey } from './keys.js';
import { fillWithSecrets, readSecrets, SECRET, secretsIn } from './secrets.js';

/** An encrypted database with secrets in it. */
async function encryptedDatabase() {
  const name = freshName();
  const key = await makeKey();
  // Sealed in idle time, it would not stay as it is.
  const store = openStore({ name, encryption: { key }, compaction: false });
  await fillWithSecrets(store);
  await store.close();
  return { name, key, before: await dumpDatabase(name) };
}

describe('at rest', () => {
  test('no word of a state, a title or metadata can be read, and all of it comes back with the key', async () => {
    const plain = { name: freshName() };
    await fillWithSecrets(openStore(plain));
    expect(await secretsIn(plain.name), 'places to find, if nothing is encrypted').toBeGreaterThan(8);

    const { name, key } = await encryptedDatabase();
    expect(await secretsIn(name)).toBe(0);
    const read = await readSecrets(openStore({ name, encryption: { key } }));
    expect(read).toEqual(await readSecrets(openStore(plain)));
    expect(read.sessions[0]!.title).toBe(SECRET);
  });

  test('nor after it was rewritten, sealed into larger rows and freed', async () => {
    const { name, key } = await encryptedDatabase();
    const store = openStore({ name, encryption: { key } });
    for (let n = 0; n < 12; n++) {
      const messages = [message(SECRET), message(`${SECRET} ${n} `.padEnd(20_000, SECRET))];
      await save(store, `more${n}`, turn(10 + n, { parentId: 'b', state: { messages } }));
    }
    await store.compact();
    const rewritten = { messages: [message(SECRET) as Message] };
    await store.saveSnapshot('b', (current) => ({ ...current!, state: rewritten }));
    await store.deleteSnapshot('more3');
    expect(await secretsIn(name)).toBe(0);
    expect((await store.check()).problems).toEqual([]);
    const again = openStore({ name, encryption: { key } });
    expect((await again.getSnapshot({ snapshotId: 'b' }))?.state?.messages).toEqual([message(SECRET)]);
    expect((await again.getSnapshot({ snapshotId: 'more11' }))?.state?.messages).toHaveLength(2);
  });

  test('ids, parents and times can be read without the key, and nothing else', async () => {
    const { before } = await encryptedDatabase();
    const columns = Object.fromEntries(
      Object.entries(before!)
        .filter(([store]) => ['snapshots', 'logs', 'sessions'].includes(store))
        .map(([store, [first]]) => [store, Object.keys(first![1] as object).sort()]),
    );
    expect(columns).toEqual({
      snapshots: ['cipher', 'createdMs', 'id', 'info', 'sessionId', 'version'],
      logs: ['cipher'],
      sessions: ['cipher', 'id', 'updatedMs', 'where'],
    });
    expect(before!['snapshots']![1]![1]).toMatchObject({ id: 'b', info: { parentId: 'a' } });
  });

  test('what is saved twice is encrypted differently each time', async () => {
    const name = freshName();
    const store = openStore({ name, encryption: { key: await makeKey() } });
    for (const id of ['a', 'b']) await save(store, id, turn(1));
    const { snapshots } = (await dumpDatabase(name))!;
    const [a, b] = snapshots!.map(([, row]) => String(new Uint8Array((row as any).cipher.data)));
    expect(a).not.toBe(b);
  });
});

/** Every kind of call; each must be refused by whoever does not have the key. */
const CALLS: Record<string, (store: ReturnType<typeof openStore>) => Promise<unknown>> = {
  'getSnapshot by id': (store) => store.getSnapshot({ snapshotId: 'a' }),
  'getSnapshot of the latest': (store) => store.getSnapshot({ sessionId: 's' }),
  saveSnapshot: (store) => save(store, 'a', turn(5)),
  'saveSnapshot of something new': (store) => store.saveSnapshot(undefined, () => turn(5)),
  listSessions: (store) => store.listSessions(),
  getSession: (store) => store.getSession('s'),
  updateSession: (store) => store.updateSession('s', { title: 'T' }),
  listSnapshots: (store) => store.listSnapshots({ sessionId: 's' }),
  getTree: (store) => store.getTree('s'),
  getHistory: (store) => store.getHistory('b'),
  getLeaves: (store) => store.getLeaves('s'),
  getHead: (store) => store.getHead('s'),
  selectBranch: (store) => store.selectBranch('a'),
  deleteSnapshot: (store) => store.deleteSnapshot('b'),
  deleteSession: (store) => store.deleteSession('s'),
  clear: (store) => store.clear(),
  check: (store) => store.check(),
};

describe.each<[string, () => Promise<IndexedDBSessionStoreOptions>]>([
  ['the wrong key', async () => ({ encryption: { key: await makeKey() } })],
  ['no key', async () => ({})],
])('with %s', (_, options) => {
  test.each(Object.entries(CALLS))('%s gives PERMISSION_DENIED and changes nothing', async (_, call) => {
    const { name, before, key } = await encryptedDatabase();
    const store = openStore({ name, ...(await options()) });
    await expectRefusal(() => call(store), 'PERMISSION_DENIED');
    await store.close();
    expect(await dumpDatabase(name)).toEqual(before);
    const rightful = openStore({ name, encryption: { key } });
    expect((await rightful.getSnapshot({ snapshotId: 'b' }))?.snapshotId).toBe('b');
  });

  test('the whole database can still be deleted, and be used anew', async () => {
    const { name } = await encryptedDatabase();
    const store = openStore({ name, ...(await options()) });
    const heard: unknown[] = [];
    store.onSessionsChange((change) => heard.push(change));
    await store.deleteDatabase();
    expect(heard).toEqual([{ type: 'reset' }]);
    await save(store, 'new', turn(1));
    expect((await store.listSessions()).sessions).toHaveLength(1);
  });
});

test('without a key, not even what is not there is told', async () => {
  const { name } = await encryptedDatabase();
  const store = openStore({ name });
  await expectRefusal(() => store.getSnapshot({ snapshotId: 'elsewhere' }), 'PERMISSION_DENIED');
  await expectRefusal(() => store.getSession('elsewhere'), 'PERMISSION_DENIED');
});

describe('a database that is not encrypted', () => {
  test('is not opened with a key, nor changed', async () => {
    const name = freshName();
    const plain = openStore({ name, compaction: false });
    await fillWithSecrets(plain);
    await plain.close();
    const before = await dumpDatabase(name);
    for (const call of Object.values(CALLS)) {
      const store = openStore({ name, encryption: { key: await makeKey() } });
      const { message } = await expectRefusal(() => call(store), 'FAILED_PRECONDITION', 'options.encryption');
      expect(message).toContain('previousKeys: [null]');
      await store.close();
    }
    expect(await dumpDatabase(name)).toEqual(before);
  });

  test('cannot be written by a tab that does not know that another began to encrypt it', async () => {
    const name = freshName();
    const unaware = openStore({ name });
    await fillWithSecrets(unaware);
    const key = await makeKey();
    const aware = openStore({ name, encryption: { key, previousKeys: [null] } });
    await save(aware, 'c', turn(3, { parentId: 'b' }));
    const refused = [
      () => save(unaware, 'd', turn(4, { parentId: 'b' })),
      () => unaware.updateSession('s', { title: 'T' }),
      () => unaware.getSnapshot({ snapshotId: 'c' }),
      () => unaware.compact(),
    ];
    for (const call of refused) await expectRefusal(call, 'PERMISSION_DENIED');
    await aware.rekey();
    expect(await secretsIn(name)).toBe(0);
    expect((await aware.check()).problems).toEqual([]);
  });
});

test('keys that cannot work are refused by the constructor', async () => {
  const usages: KeyUsage[] = ['encrypt', 'decrypt'];
  const cbc = await crypto.subtle.generateKey({ name: 'AES-CBC', length: 256 }, false, usages);
  const oneWay = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt']);
  for (const key of [undefined, 'secret', new Uint8Array(32), cbc, oneWay]) {
    await expectRefusal(
      () => openStore({ encryption: { key: key as CryptoKey } }),
      'INVALID_ARGUMENT',
      'options.encryption.key',
    );
    await expectRefusal(
      () => openStore({ encryption: { key: null, previousKeys: [key as CryptoKey] } }),
      'INVALID_ARGUMENT',
      'options.encryption.previousKeys',
    );
  }
  await expectRefusal(() => openStore().rekey(), 'FAILED_PRECONDITION', 'options.encryption');
});
