import { expect, test } from 'vitest';
import { message, save, turn } from '../../../src/testing/sample-snapshots.js';
import { openDevice, shown } from './device.js';
import { StandInServer } from './stand-in-server.js';

const long = (text: string) => message(text.padEnd(700, '.'));

async function pair() {
  const server = new StandInServer();
  return { server, a: await openDevice(server), b: await openDevice(server) };
}

const chat = (...texts: string[]) => ({ state: { messages: texts.map(long) } });

test('a chat goes from one device to another, and each entry once', async () => {
  const { server, a, b } = await pair();
  await save(a.store, '1', turn(1, chat('one')));
  await a.sync();
  await b.sync();
  expect(await shown(b.store)).toEqual(await shown(a.store));
  await save(b.store, '2', turn(2, { parentId: '1', ...chat('one', 'two') }));
  await b.sync();
  await a.sync();
  await save(a.store, '3', turn(3, { parentId: '2', ...chat('one', 'two', 'three') }));
  await a.store.updateSession('s', { title: 'A trip', metadata: { when: new Date(5), n: { folder: 1 } } });
  await a.sync();
  await b.sync();
  expect(await shown(b.store)).toEqual(await shown(a.store));
  expect((await b.store.getSession('s'))?.title).toBe('A trip');
  expect((await b.store.getSnapshot({ sessionId: 's' }))?.snapshotId).toBe('3');
  expect([...server.crossed.values()]).toEqual([1, 1, 1]);
  for (const { store, local } of [a, b]) {
    expect((await store.check()).problems).toEqual([]);
    expect((await local.queued()).rows).toBe(0);
  }
});

test('what was there before the database synced is adopted', async () => {
  const server = new StandInServer();
  const a = await openDevice(server);
  await a.local.end({ keep: true });
  await save(a.store, '1', turn(1, chat('one')));
  await save(a.store, '2', turn(2, { parentId: '1', ...chat('one', 'two') }));
  await a.local.begin();
  await a.sync();
  const b = await openDevice(server);
  await b.sync();
  expect(await shown(b.store)).toEqual(await shown(a.store));
});

test('a deleted session and a deleted snapshot are deleted elsewhere, and do not come back', async () => {
  const { a, b } = await pair();
  await save(a.store, '1', turn(1, chat('one')));
  await save(a.store, '2', turn(2, { parentId: '1', ...chat('one', 'two') }));
  await save(a.store, 'other', turn(3, { sessionId: 'other' }));
  await a.sync();
  await b.sync();
  await a.store.deleteSnapshot('2');
  await b.store.deleteSession('other');
  for (const device of [a, b, a, b]) await device.sync();
  expect(await shown(a.store)).toEqual(await shown(b.store));
  expect((await a.store.listSessions()).sessions.map(({ sessionId }) => sessionId)).toEqual(['s']);
  expect(await a.store.getSnapshot({ snapshotId: '2' })).toBeUndefined();
  await save(b.store, 'other', turn(9, { sessionId: 'other' }));
  for (const device of [b, a]) await device.sync();
  expect((await a.store.getSnapshot({ sessionId: 'other' }))?.createdAt).toBe(turn(9).createdAt);
});

test('two devices that write the same snapshot both keep what they wrote', async () => {
  const { a, b } = await pair();
  await save(a.store, '1', turn(1, chat('one')));
  await a.sync();
  await b.sync();
  await save(a.store, '2', turn(2, { parentId: '1', ...chat('one', 'of a') }));
  await save(b.store, '2', turn(2, { parentId: '1', ...chat('one', 'of b') }));
  await save(b.store, '3', turn(3, { parentId: '2', ...chat('one', 'of b', 'more') }));
  await a.sync();
  await b.sync();
  await a.sync();
  expect(await shown(a.store)).toEqual(await shown(b.store));
  const renamed = b.events.find((event) => event.type === 'renamed')!;
  expect(renamed).toMatchObject({ sessionId: 's', snapshotId: '2' });
  const sibling = 'id' in renamed ? renamed.id : '';
  expect((await a.store.getSnapshot({ snapshotId: sibling }))?.state?.messages).toEqual(
    ['one', 'of b'].map(long),
  );
  expect((await a.store.getSnapshot({ snapshotId: '2' }))?.state?.messages).toEqual(
    ['one', 'of a'].map(long),
  );
  expect((await a.store.getSnapshot({ snapshotId: '3' }))?.parentId).toBe(sibling);
});

test('what was written in a session that was deleted elsewhere is rescued', async () => {
  const { a, b } = await pair();
  await save(a.store, '1', turn(1, chat('one')));
  await a.sync();
  await b.sync();
  await a.store.deleteSession('s');
  await a.sync();
  await save(b.store, '2', turn(2, { parentId: '1', ...chat('one', 'two') }));
  for (const device of [b, a, b]) await device.sync();
  expect(await shown(a.store)).toEqual(await shown(b.store));
  const { sessions } = await a.store.listSessions();
  expect(sessions.map(({ metadata }) => metadata)).toEqual([{ rescuedFrom: 's' }]);
  const latest = await a.store.getSnapshot({ sessionId: sessions[0]!.sessionId });
  expect(latest?.state?.messages).toEqual(['one', 'two'].map(long));
  expect(latest?.snapshotId).not.toBe('2');
  expect(await a.store.getHistory(latest!.snapshotId)).toHaveLength(2);
});

test('what was pushed into a session is rescued if whoever deleted that had not seen it, and only then', async () => {
  const { a, b } = await pair();
  for (const sessionId of ['unseen', 'seen']) {
    await save(a.store, `${sessionId} 1`, turn(1, { sessionId, ...chat('one') }));
  }
  await a.sync();
  await b.sync();
  for (const sessionId of ['unseen', 'seen']) {
    const parentId = `${sessionId} 1`;
    await save(b.store, `${sessionId} 2`, turn(2, { sessionId, parentId, ...chat('one', sessionId) }));
    if (sessionId === 'unseen') continue;
    await b.sync();
    await a.sync();
  }
  await save(
    b.store,
    'unseen 3',
    turn(3, { sessionId: 'unseen', parentId: 'unseen 1', ...chat('one', 'more') }),
  );
  await b.sync();
  await a.store.deleteSession('unseen');
  await a.store.deleteSession('seen');
  for (const device of [a, b, a, b]) await device.sync();
  expect(await shown(a.store)).toEqual(await shown(b.store));
  const { sessions } = await a.store.listSessions();
  expect(sessions.map(({ metadata, snapshotCount }) => [metadata, snapshotCount])).toEqual([
    [{ rescuedFrom: 'unseen' }, 2],
  ]);
});

test('sessions that meet under one id are both kept', async () => {
  const { a, b } = await pair();
  await save(a.store, 'a1', turn(1, { sessionId: 'trip' }));
  await save(b.store, 'b1', turn(2, { sessionId: 'trip' }));
  for (const device of [a, b, a]) await device.sync();
  expect(await shown(a.store)).toEqual(await shown(b.store));
  expect((await a.store.listSessions()).sessions).toHaveLength(2);
  expect(b.events).toContainEqual({
    type: 'session-renamed',
    sessionId: 'trip',
    id: expect.any(String) as string,
  });
});

test('a turn that streams is told of without its state, and comes whole when it is done', async () => {
  const { server, a, b } = await pair();
  await save(a.store, '1', turn(1, chat('one')));
  for (const text of ['t', 'tw', 'two']) {
    await save(a.store, '2', turn(2, { parentId: '1', status: 'pending', ...chat('one', text) }));
    await a.sync();
    await b.sync();
  }
  expect((await b.store.getSnapshotInfo('2'))?.status).toBe('pending');
  expect((await b.store.getSnapshot({ snapshotId: '2' }))?.state).toBeUndefined();
  await save(a.store, '2', turn(2, { parentId: '1', ...chat('one', 'two!') }));
  await a.sync();
  await b.sync();
  expect(await shown(a.store)).toEqual(await shown(b.store));
  // Rewritten once more, where it had been before.
  await save(a.store, '2', turn(2, { parentId: '1', ...chat('one', 'three') }));
  await a.sync();
  await b.sync();
  expect(await shown(a.store)).toEqual(await shown(b.store));
  expect([...server.crossed.values()]).toEqual([1, 1, 1]);
});

test('an answer that was lost changes nothing', async () => {
  const { server, a, b } = await pair();
  await save(a.store, '1', turn(1, chat('one')));
  const { replica } = await a.local.begin();
  const { lines } = await a.local.collect({ rows: 500, bytes: 1e6 });
  server.push(replica, lines);
  await a.sync();
  await b.sync();
  expect(await shown(a.store)).toEqual(await shown(b.store));
  expect(a.events).toEqual([]);
});
