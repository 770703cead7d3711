import { expect, test } from 'vitest';
import { message, save, turn } from '../../../src/testing/sample-snapshots.js';
import { openLocalSync } from '../../../src/sync/local/index.js';
import { isRefused } from '../../../src/sync/protocol/index.js';
import { dumpDatabase, putBack } from '../../database/raw-database.js';
import { freshName, openStore } from '../../stores/open-store.js';
import { openDevice, shown } from './device.js';
import { StandInServer } from './stand-in-server.js';

const chat = (...texts: string[]) => ({
  state: { messages: texts.map((text) => message(text.padEnd(700, '.'))) },
});

test('after the server was restored from a backup, everybody pushes what it lacks, and nothing comes back', async () => {
  const server = new StandInServer();
  const [a, b] = [await openDevice(server), await openDevice(server)];
  await save(a.store, '1', turn(1, chat('one')));
  await save(a.store, 'o', turn(2, { sessionId: 'other' }));
  await a.store.updateSession('s', { title: 'T' });
  for (const device of [a, b]) await device.sync();
  const backup = server.backup();
  await save(a.store, '2', turn(3, { parentId: '1', ...chat('one', 'two') }));
  await save(b.store, '3', turn(4, { parentId: '1', ...chat('one', 'three') }));
  await b.store.deleteSession('other');
  for (const device of [a, b, a]) await device.sync();
  const before = await shown(a.store);
  server.restore(backup, 'g2');
  for (const { local } of [a, b]) await local.forget('g2');
  for (const device of [a, b, a, b]) await device.sync();
  expect(await shown(a.store)).toEqual(before);
  expect(await shown(b.store)).toEqual(before);
  expect([...a.events, ...b.events].filter(({ type }) => type === 'renamed')).toEqual([]);
  const c = await openDevice(server);
  await c.sync();
  expect(await shown(c.store)).toEqual(before);
});

test('a copied profile gets a name of its own, and both keep what they write', async () => {
  const server = new StandInServer();
  const name = freshName();
  const a = await openDevice(server, { name });
  await save(a.store, '1', turn(1, chat('one')));
  await a.sync();
  const dump = (await dumpDatabase(name))!;
  const copyName = freshName();
  const copy = openStore({ name: copyName });
  await copy.getSession('s');
  await putBack(copyName, dump);
  await save(a.store, '2', turn(2, { parentId: '1', ...chat('one', 'of a') }));
  await save(copy, '3', turn(3, { parentId: '1', ...chat('one', 'of the copy') }));
  await a.sync();
  const { local } = await openLocalSync(copy);
  for (let round = 0; round < 4; round++) {
    const { replica } = await local.begin();
    const { lines, token } = await local.collect({ rows: 100, bytes: 1e6 });
    const { results, end } = server.push(replica, JSON.parse(JSON.stringify(lines)));
    await local.accept(token, results, end);
    if (results.some((result) => isRefused(result) && result.refused === 'copied')) await local.newReplica();
  }
  const page = server.changes((await local.begin()).cursor);
  await local.applyChanges(page);
  for (const { incarnation, since, whole } of await local.behind(10)) {
    const { replica } = await local.begin();
    const page = server.session(incarnation, whole ? 0 : since, whole ? undefined : replica);
    await local.applySession(incarnation, page.rows, page);
  }
  await a.sync();
  expect(await shown(copy)).toEqual(await shown(a.store));
  expect((await a.store.listSnapshots({ sessionId: 's' })).snapshots).toHaveLength(3);
  for (const store of [a.store, copy]) expect((await store.check()).problems).toEqual([]);
});

test('who was away for longer than deletes are remembered drops what was deleted, and keeps what was never sent', async () => {
  const server = new StandInServer();
  const [a, b] = [await openDevice(server), await openDevice(server)];
  await save(a.store, '1', turn(1, chat('one')));
  await save(a.store, 'o', turn(2, { sessionId: 'other' }));
  for (const device of [a, b]) await device.sync();
  await save(b.store, 'n', turn(3, { sessionId: 'new' }));
  await save(b.store, '2', turn(4, { parentId: '1', ...chat('one', 'two') }));
  await a.store.deleteSession('other');
  await a.store.deleteSession('s');
  await a.sync();
  const living = new Set([...server.sessions].filter(([, { deleted }]) => !deleted).map(([id]) => id));
  const { events } = await b.local.gone((await b.local.said()).filter((id) => !living.has(id)));
  expect(events.map(({ type }) => type).sort()).toEqual(['deleted', 'rescued']);
  for (const device of [b, a]) await device.sync();
  expect(await shown(b.store)).toEqual(await shown(a.store));
  const ids = (await a.store.listSessions()).sessions.map(({ sessionId }) => sessionId);
  expect(ids).toHaveLength(2);
  expect(ids).toContain('new');
});
