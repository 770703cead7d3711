import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { syncSessions, type SyncOptions } from '../../src/sync/index.js';
import { openStore } from '../stores/open-store.js';
import { until } from './client/open-sync.js';
import { openHandler, type TestHandler } from './model/handler.js';

let server: TestHandler;
beforeAll(async () => void (server = await openHandler()), 120_000);
afterAll(() => server.close());

/** Two devices of one person; `cut()` takes the first one's network away. */
function twoDevices() {
  const tenant = `tenant-${crypto.randomUUID()}`;
  let isCut = false;
  const open = (isFirst: boolean) => {
    const store = openStore();
    const options: SyncOptions = {
      url: 'https://server/sync',
      headers: { authorization: tenant },
      fetch: async (url, init) => {
        if (isFirst && isCut) throw new TypeError('no network');
        return server.handler(new Request(url, init));
      },
    };
    const sync = syncSessions(store, options);
    onTestFinished(() => sync.stop());
    return { store, sync };
  };
  return { one: open(true), other: open(false), cut: (now: boolean) => (isCut = now) };
}

const said = (text: string) => ({ role: 'user' as const, content: [{ text }] });
const textsOf = (messages: readonly { content: unknown }[]) =>
  messages.map(({ content }) => (content as { text: string }[])[0]!.text);

test('a chat goes on on another device, and back', async () => {
  const { one, other } = twoDevices();
  await one.store.session('trip').append([said('Where to?')], { title: 'Trip' });
  await one.sync.now();
  await other.sync.now();
  expect(textsOf(await other.store.session('trip').messages())).toEqual(['Where to?']);
  expect((await other.store.getSession('trip'))?.title).toBe('Trip');
  await other.store.session('trip').append([said('Lisbon')]);
  await other.sync.now();
  await one.sync.now();
  expect(textsOf(await one.store.session('trip').messages())).toEqual(['Where to?', 'Lisbon']);
});

test('what is saved on one device shows on the other by itself', async () => {
  const { one, other } = twoDevices();
  await until(() => one.sync.status.state === 'idle' && other.sync.status.state === 'idle');
  let shown: string[] = [];
  other.store.onSessionsChange((change) => {
    if (change.type === 'changed') shown = [...shown, change.sessionId];
  });
  await one.store.session('trip').append([said('Where to?')]);
  await until(() => shown.includes('trip'));
  await until(() => one.sync.status.queued.rows === 0);
});

test('what two devices write offline in one chat becomes two branches', async () => {
  const { one, other, cut } = twoDevices();
  await one.store.session('trip').append([said('Where to?')]);
  await one.sync.now();
  await other.sync.now();
  cut(true);
  await one.store.session('trip').append([said('Lisbon')]);
  await other.store.session('trip').append([said('Oslo')]);
  await other.sync.now();
  await expect(one.sync.now()).rejects.toMatchObject({ status: 'UNAVAILABLE' });
  cut(false);
  await one.sync.now();
  await other.sync.now();
  for (const { store } of [one, other]) {
    const leaves = await store.getLeaves('trip');
    expect(leaves).toHaveLength(2);
    const last = await Promise.all(
      leaves.map(async ({ snapshotId }) =>
        textsOf(await store.session('trip').messages({ at: snapshotId })).at(-1),
      ),
    );
    expect(new Set(last)).toEqual(new Set(['Lisbon', 'Oslo']));
  }
});

test('a chat that was deleted stays deleted; what another device wrote in it meanwhile is rescued', async () => {
  const { one, other, cut } = twoDevices();
  await one.store.session('trip').append([said('Where to?')]);
  await one.sync.now();
  await other.sync.now();
  const events: { type: string }[] = [];
  one.sync.onEvent((event) => events.push(event));
  cut(true);
  await one.store.session('trip').append([said('Lisbon')]);
  await other.store.deleteSession('trip');
  await other.sync.now();
  cut(false);
  await one.sync.now();
  await other.sync.now();
  expect(events).toContainEqual(expect.objectContaining({ type: 'rescued', sessionId: 'trip' }));
  for (const { store } of [one, other]) {
    const { sessions } = await store.listSessions();
    expect(sessions).toHaveLength(1);
    expect(sessions[0]!.sessionId).not.toBe('trip');
    expect(textsOf(await store.session(sessions[0]!.sessionId).messages())).toEqual(['Where to?', 'Lisbon']);
  }
});

test('another person who signs in on the device sends and sees nothing of the first', async () => {
  const { one } = twoDevices();
  await one.store.session('secret').append([said('mine')]);
  await one.sync.now();
  await one.sync.stop();
  const asked: string[] = [];
  const sync = syncSessions(one.store, {
    url: 'https://server/sync',
    headers: { authorization: 'somebody else' },
    fetch: (url, init) => {
      asked.push(`${init?.method ?? 'GET'} ${new URL(url).pathname}`);
      return server.handler(new Request(url, init));
    },
  });
  onTestFinished(() => sync.stop());
  await expect(sync.now()).rejects.toMatchObject({ status: 'PERMISSION_DENIED' });
  expect(sync.status.state).toBe('blocked');
  expect(new Set(asked)).toEqual(new Set(['GET /sync/']));
});

test('somebody who signs in under an open page gets nothing of what the first person saved', async () => {
  const store = openStore();
  let who = `first ${crypto.randomUUID()}`;
  const options: SyncOptions = {
    url: 'https://server/sync',
    headers: () => ({ authorization: who }),
    fetch: (url, init) => server.handler(new Request(url, init)),
  };
  const sync = syncSessions(store, options);
  onTestFinished(() => sync.stop());
  await sync.now();
  who = `second ${crypto.randomUUID()}`;
  await store.session('secret').append([said('mine')]);
  await expect(sync.now()).rejects.toMatchObject({ status: 'PERMISSION_DENIED' });
  const theirs = openStore();
  const other = syncSessions(theirs, options);
  onTestFinished(() => other.stop());
  await other.now();
  expect((await theirs.listSessions()).sessions).toEqual([]);
});
