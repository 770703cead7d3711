import { afterEach, expect, test } from 'vitest';
import { message, save, turn } from '../../../src/testing/sample-snapshots.js';
import { makeKey } from '../../encryption/keys.js';
import { requestsOf } from '../../database/observe-requests.js';
import { dumpDatabase } from '../../database/raw-database.js';
import { exported, streamOf } from '../../transfer/files.js';
import { freshName, openStore } from '../../stores/open-store.js';
import { openDevice, shown } from './device.js';
import { StandInServer } from './stand-in-server.js';

const { indexedDB, IDBKeyRange } = globalThis;
afterEach(() => void Object.assign(globalThis, { indexedDB, IDBKeyRange }));

const chat = (...texts: string[]) => ({
  state: { messages: texts.map((text) => message(text.padEnd(700, '.'))) },
});

test('a database in memory syncs, too', async () => {
  const server = new StandInServer();
  const a = await openDevice(server);
  await save(a.store, '1', turn(1, chat('one')));
  await a.sync();
  Reflect.deleteProperty(globalThis, 'indexedDB');
  Reflect.deleteProperty(globalThis, 'IDBKeyRange');
  const b = await openDevice(server, { fallback: 'memory' });
  await b.sync();
  await save(b.store, '2', turn(2, { parentId: '1', ...chat('one', 'two') }));
  await b.sync();
  const there = await shown(b.store);
  Object.assign(globalThis, { indexedDB, IDBKeyRange });
  await a.sync();
  expect(await shown(a.store)).toEqual(there);
});

test('nothing of what is listed, pulled or queued can be read in an encrypted database', async () => {
  const server = new StandInServer();
  const secret = 'the secret place';
  const a = await openDevice(server);
  await save(a.store, '1', turn(1, chat(secret)));
  await a.store.updateSession('s', { title: secret, metadata: { [secret]: secret } });
  await a.sync();
  const name = freshName();
  const b = await openDevice(server, { name, encryption: { key: await makeKey() } });
  await b.local.applyChanges(server.changes());
  expect(JSON.stringify(await dumpDatabase(name))).not.toContain(secret);
  await b.sync();
  await b.store.updateSession('s', { metadata: { [secret]: 2 } });
  await save(b.store, '2', turn(2, { parentId: '1', ...chat(secret, secret) }));
  expect(JSON.stringify(await dumpDatabase(name))).not.toContain(secret);
  await b.sync();
  await a.sync();
  expect(await shown(a.store)).toEqual(await shown(b.store));
  expect((await a.store.getSession('s'))?.title).toBe(secret);
});

test('what a limit of length pruned here stays elsewhere', async () => {
  const server = new StandInServer();
  const a = await openDevice(server, { maxPersistedChainLength: 2 });
  const b = await openDevice(server);
  const texts: string[] = [];
  for (let n = 1; n < 6; n++) {
    texts.push(`${n}`);
    await save(a.store, `${n}`, turn(n, { ...(n > 1 && { parentId: `${n - 1}` }), ...chat(...texts) }));
    await a.sync();
  }
  await b.sync();
  expect((await a.store.listSnapshots({ sessionId: 's' })).snapshots).toHaveLength(2);
  expect((await b.store.listSnapshots({ sessionId: 's' })).snapshots).toHaveLength(5);
  expect((await b.store.getSnapshot({ snapshotId: '5' }))?.state).toEqual(
    (await a.store.getSnapshot({ snapshotId: '5' }))?.state,
  );
  await save(b.store, '6', turn(6, { parentId: '5', ...chat(...texts, '6') }));
  await b.sync();
  await a.sync();
  expect((await a.store.getSnapshot({ sessionId: 's' }))?.state?.messages).toHaveLength(6);
});

test('what is deleted by policy here stays elsewhere', async () => {
  const server = new StandInServer();
  const [a, b] = [await openDevice(server), await openDevice(server)];
  await save(a.store, '1', turn(1, chat('one')));
  await save(a.store, 'o', turn(2, { sessionId: 'other' }));
  await a.sync();
  await a.store.retain({ maxSessions: 1 });
  await a.sync();
  await b.sync();
  expect((await a.store.listSessions()).sessions).toHaveLength(1);
  expect((await b.store.listSessions()).sessions).toHaveLength(2);
});

test('copies, imports and what is restored go to other devices; an import that replaces is another life', async () => {
  const server = new StandInServer();
  const [a, b] = [await openDevice(server), await openDevice(server)];
  await save(a.store, '1', turn(1, chat('one')));
  await a.sync();
  await b.sync();
  const file = await exported(a.store);
  await a.store.session('s').duplicate({ sessionId: 'copy' });
  await a.store.deleteSession('s', { undoable: 60_000 });
  await a.sync();
  await b.sync();
  expect((await b.store.listSessions()).sessions).toHaveLength(2);
  await a.store.restoreSession('s');
  await save(a.store, '2', turn(2, { parentId: '1', ...chat('one', 'two') }));
  await a.sync();
  await b.sync();
  expect(await shown(b.store)).toEqual(await shown(a.store));
  await a.store.importSessions(streamOf(file), { onConflict: 'replace' });
  for (const device of [a, b, a]) await device.sync();
  expect(await shown(b.store)).toEqual(await shown(a.store));
  expect(await b.store.getSnapshot({ snapshotId: '2' })).toBeUndefined();
});

test('clear() deletes everywhere', async () => {
  const server = new StandInServer();
  const [a, b] = [await openDevice(server), await openDevice(server)];
  await save(a.store, '1', turn(1, chat('one')));
  await a.sync();
  await b.sync();
  await a.store.clear();
  for (const device of [a, b, a]) await device.sync();
  for (const { store } of [a, b]) expect((await store.listSessions()).sessions).toEqual([]);
});

test('a database that does not sync touches neither outbox nor what sync knows', async () => {
  const store = openStore();
  await store.getSession('nobody');
  const made = await requestsOf(async () => {
    await save(store, '1', turn(1, chat('one')));
    await save(store, '1', turn(1, chat('two')));
    await store.updateSession('s', { title: 'T' });
    await store.selectBranch('1');
    await store.session('s').duplicate({ sessionId: 'copy' });
    await store.deleteSnapshot('1');
    await store.clear();
  });
  expect(made.length).toBeGreaterThan(10);
  expect(made.filter(({ store }) => store === 'outbox' || store === 'sync')).toEqual([]);
});

test('a turn that is saved after a round takes one request more than in a database that does not sync', async () => {
  const made: string[][] = [];
  for (const syncs of [false, true]) {
    const device = await openDevice(new StandInServer(), { compaction: false });
    if (!syncs) await device.local.end({ keep: true });
    const texts: string[] = [];
    for (let n = 1; n < 5; n++) {
      texts.push(`${n}`);
      const saving = () =>
        save(device.store, `${n}`, turn(n, { ...(n > 1 && { parentId: `${n - 1}` }), ...chat(...texts) }));
      if (n < 4) {
        await saving();
        if (syncs) await device.push();
      } else made.push((await requestsOf(saving)).map(({ store, method }) => `${store}.${method}`));
    }
  }
  const [plain, synced] = made;
  expect(synced!.filter((request) => request !== 'outbox.put')).toEqual(plain);
  expect(synced).toHaveLength(plain!.length + 1);
});

test('signing out without keeping says what would be lost, and leaves nothing', async () => {
  const server = new StandInServer();
  const a = await openDevice(server);
  await save(a.store, '1', turn(1, chat('one')));
  await expect(a.local.end({ keep: false })).rejects.toMatchObject({ status: 'FAILED_PRECONDITION' });
  await a.sync();
  await a.local.end({ keep: false });
  expect((await a.store.listSessions()).sessions).toEqual([]);
  await a.local.begin();
  await a.sync();
  expect((await a.store.getSnapshot({ sessionId: 's' }))?.snapshotId).toBe('1');
});
