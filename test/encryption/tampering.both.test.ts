import { expect, test } from 'vitest';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { freshName, openStore } from '../stores/open-store.js';
import { overwriteRow, settled, withRaw } from '../database/raw-database.js';
import { conversation } from './conversation.js';
import { makeKey } from './keys.js';

/** Two sessions of one snapshot each, with a log each, and a store that remembers nothing of them. */
async function twoSessions() {
  const name = freshName();
  const encryption = { key: await makeKey() };
  const store = openStore({ name, encryption });
  for (const [n, id] of ['a', 'b'].entries()) {
    await save(store, id, turn(n, { sessionId: `of ${id}`, state: { messages: conversation(3, id) } }));
  }
  await store.updateSession('of a', { title: 'A' });
  await store.close();
  return { name, open: () => openStore({ name, encryption }) };
}

/** Does something to all rows of logs, which have no keys inside. */
const withLogs = (name: string, work: (logs: IDBObjectStore, keys: any[], rows: any[]) => void) =>
  withRaw(name, async (transaction) => {
    const logs = transaction.objectStore('logs');
    const [keys, rows] = await Promise.all([settled(logs.getAllKeys()), settled(logs.getAll())]);
    work(logs, keys, rows);
  });

const flipped = (bytes: ArrayBuffer): ArrayBuffer => {
  const copy = new Uint8Array(bytes.slice(0));
  copy[5]! ^= 1;
  return copy.buffer;
};

const spoilt = (row: any) => ({ ...row, cipher: { ...row.cipher, data: flipped(row.cipher.data) } });

const SPOILERS: Record<string, (row: any) => unknown> = {
  'a changed byte': spoilt,
  'another iv': (row) => ({ ...row, cipher: { ...row.cipher, iv: new Uint8Array(12) } }),
  'a key that nobody knows': (row) => ({ ...row, cipher: { ...row.cipher, key: 'other' } }),
  'no bytes': (row) => ({ ...row, cipher: { ...row.cipher, data: new ArrayBuffer(0) } }),
  'something else for a cipher': (row) => ({ ...row, cipher: 7 }),
  'another parent': (row) => ({ ...row, info: { parentId: 'b' } }),
  'another time': (row) => ({ ...row, createdMs: row.createdMs + 1 }),
  'another version': (row) => ({ ...row, version: row.version + 1 }),
};

test.each(Object.entries(SPOILERS))('a snapshot with %s is lost, and it alone', async (_, spoil) => {
  const { name, open } = await twoSessions();
  await overwriteRow(name, 'snapshots', 'a', spoil);
  const store = open();
  await expectRefusal(() => store.getSnapshot({ snapshotId: 'a' }), 'DATA_LOSS', 'a');
  expect((await store.getSnapshot({ snapshotId: 'b' }))?.state?.messages).toHaveLength(3);
  expect((await store.listSnapshots({ sessionId: 'of a' })).damaged).toEqual(['a']);
  expect((await store.check()).problems).toContainEqual({ kind: 'damaged', store: 'snapshots', id: 'a' });
  expect(await store.deleteSnapshot('a')).toBe(1);
  expect((await store.getSnapshot({ sessionId: 'of b' }))?.snapshotId).toBe('b');
});

test('what was written without encryption is not believed', async () => {
  const { name, open } = await twoSessions();
  const { createdMs, version } = await new Promise<any>((resolve) => {
    void overwriteRow(name, 'snapshots', 'a', (row) => (resolve(row), row));
  });
  const info = { createdAt: new Date(createdMs).toISOString(), status: 'completed' };
  const forged = { format: 1, id: 'a', sessionId: 'of a', createdMs, version, info, own: [] };
  await overwriteRow(name, 'snapshots', 'a', () => forged);
  await expectRefusal(() => open().getSnapshot({ snapshotId: 'a' }), 'DATA_LOSS', 'a');
});

test('snapshots that trade places are noticed', async () => {
  const { name, open } = await twoSessions();
  await withRaw(name, async (transaction) => {
    const rows = transaction.objectStore('snapshots');
    const [a, b] = await settled(rows.getAll());
    rows.put({ ...a, cipher: b.cipher });
    rows.put({ ...b, cipher: a.cipher });
  });
  for (const snapshotId of ['a', 'b']) {
    await expectRefusal(() => open().getSnapshot({ snapshotId }), 'DATA_LOSS', snapshotId);
  }
});

test('rows of two logs that trade places are noticed, by check() too', async () => {
  const { name, open } = await twoSessions();
  await withLogs(name, (logs, keys, rows) => {
    expect(keys).toHaveLength(2);
    keys.forEach((key, index) => logs.put(rows[1 - index], key));
  });
  for (const snapshotId of ['a', 'b']) {
    await expectRefusal(() => open().getSnapshot({ snapshotId }), 'DATA_LOSS', snapshotId);
  }
  const { problems } = await open().check();
  expect(problems.map((problem) => problem.kind)).toEqual(['damaged', 'damaged', 'dangling', 'dangling']);
});

test('a log that was changed is lost to those who reach it, and to nobody else', async () => {
  const { name, open } = await twoSessions();
  await withLogs(name, (logs, keys, rows) => logs.put(spoilt(rows[0]), keys[0]));
  const store = open();
  await expectRefusal(() => store.getSnapshot({ snapshotId: 'a' }), 'DATA_LOSS', 'a');
  expect((await store.getSnapshot({ snapshotId: 'b' }))?.state?.messages).toHaveLength(3);
  expect((await store.check()).problems).toEqual([
    { kind: 'damaged', store: 'logs', id: expect.stringMatching(/,0$/) },
    { kind: 'dangling', snapshotId: 'a', log: expect.any(Number), from: 0, to: 3 },
  ]);
});

test('a session’s row that was changed is lost, and its snapshots are not', async () => {
  const { name, open } = await twoSessions();
  await overwriteRow(name, 'sessions', 'of a', spoilt);
  const store = open();
  await expectRefusal(() => store.getSession('of a'), 'DATA_LOSS', 'of a');
  expect((await store.listSessions()).damaged).toEqual(['of a']);
  expect((await store.getSnapshot({ sessionId: 'of a' }))?.state?.messages).toHaveLength(3);
});

test('a row of another database does not open, though the key is the same', async () => {
  const [name, other] = [freshName(), freshName()];
  const encryption = { key: await makeKey() };
  for (const each of [name, other]) await save(openStore({ name: each, encryption }), 'a', turn(1));
  const foreign = await withRaw(other, (transaction) =>
    settled(transaction.objectStore('snapshots').get('a')),
  );
  await overwriteRow(name, 'snapshots', 'a', (row) => ({ ...row, cipher: foreign.cipher }));
  await expectRefusal(
    () => openStore({ name, encryption }).getSnapshot({ snapshotId: 'a' }),
    'DATA_LOSS',
    'a',
  );
  await overwriteRow(name, 'snapshots', 'a', (row) => ({
    ...row,
    cipher: { ...foreign.cipher, key: row.cipher.key },
  }));
  await expectRefusal(
    () => openStore({ name, encryption }).getSnapshot({ snapshotId: 'a' }),
    'DATA_LOSS',
    'a',
  );
});
