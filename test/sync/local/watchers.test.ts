import { expect, test } from 'vitest';
import { message, save, turn } from '../../../src/testing/sample-snapshots.js';
import { eventually } from '../../assertions/eventually.js';
import { freshName, openStore } from '../../stores/open-store.js';
import { openDevice } from './device.js';
import { StandInServer } from './stand-in-server.js';

const chat = (...texts: string[]) => ({
  state: { messages: texts.map((text) => message(text.padEnd(700, '.'))) },
});

test('who watches in this tab or another is told of what was pulled, as after any save', async () => {
  const server = new StandInServer();
  const name = freshName();
  const [a, b] = [await openDevice(server), await openDevice(server, { name })];
  const other = openStore({ name });
  await save(a.store, '1', turn(1, chat('one')));
  await a.sync();
  await b.sync();
  const seen = [b.store, other].map((store) => {
    const told = { messages: 0, titles: [] as unknown[] };
    store.onSnapshotStateChange('2', (snapshot) => (told.messages = snapshot.state?.messages?.length ?? 0));
    store.onSessionChange('s', (change) => {
      if (change.type === 'changed') told.titles.push(change.session.title);
    });
    return told;
  });
  await other.listSessions();
  await save(a.store, '2', turn(2, { parentId: '1', ...chat('one', 'two') }));
  await a.store.updateSession('s', { title: 'T' });
  await a.sync();
  await b.sync();
  for (const told of seen) {
    await eventually(() => told.messages === 2, 'the snapshot to be told of');
    await eventually(() => told.titles.at(-1) === 'T', 'the title to be told of');
  }
  // The other tab saves what continues it, and knows of it.
  await save(other, '3', turn(3, { parentId: '2', ...chat('one', 'two', 'three') }));
  await b.sync();
  await a.sync();
  expect((await a.store.getSnapshot({ sessionId: 's' }))?.state?.messages).toHaveLength(3);
  expect((await other.check()).problems).toEqual([]);
});

test('a session that is deleted elsewhere is gone for who watches it', async () => {
  const server = new StandInServer();
  const [a, b] = [await openDevice(server), await openDevice(server)];
  await save(a.store, '1', turn(1, chat('one')));
  await a.sync();
  await b.sync();
  const told: string[] = [];
  b.store.onSessionsChange((change) => void told.push(change.type));
  await a.store.deleteSession('s');
  await a.sync();
  await b.sync();
  await eventually(() => told.includes('deleted'), 'the end of the session to be told of');
});
