import { expect, test } from 'vitest';
import { syncSessions } from '../../../src/sync/index.js';
import { expectRefusal } from '../../assertions/expect-refusal.js';
import { openStore } from '../../stores/open-store.js';
import { openSync, rejects, until } from './open-sync.js';
import { ScriptedLocal, snapshotLine } from './scripted-local.js';
import { ScriptedServer } from './scripted-server.js';

test('what was saved here is sent before what others changed is fetched', async () => {
  const local = new ScriptedLocal();
  local.save(snapshotLine('a'));
  const server = new ScriptedServer();
  server.change('theirs');
  const { sync } = openSync({ local, server });
  await sync.now();
  expect(server.taken.map((line) => 'id' in line && line.id)).toEqual(['a']);
  expect(server.requests.slice(0, 4)).toEqual([
    'GET /',
    'POST /push',
    'GET /changes',
    'GET /sessions/theirs',
  ]);
  expect([...local.applied.keys()]).toEqual(['theirs']);
  await until(() => sync.status.state === 'idle');
  expect(sync.status.queued.rows).toBe(0);
  expect(sync.status.agreedAt).toBeDefined();
});

test('a save is sent, and a change of others fetched, as soon as it is there', async () => {
  const { sync, local, server } = openSync();
  await sync.now();
  await until(() => server.listeners === 1);
  local.save(snapshotLine('later'));
  await until(() => server.taken.length === 1);
  server.change('theirs');
  await until(() => local.applied.has('theirs'));
});

test('what this device pushed itself is not fetched', async () => {
  const { sync, local, server } = openSync();
  await sync.now();
  await until(() => server.listeners === 1 && sync.status.state === 'idle');
  const before = server.requests.length;
  local.save(snapshotLine('a'));
  await until(() => server.taken.length === 1 && sync.status.state === 'idle');
  server.say(`event: changed\ndata: ${server.seq}\n\n`);
  server.change('theirs');
  await until(() => local.applied.has('theirs'));
  expect(server.requests.slice(before)).toEqual(['POST /push', 'GET /changes', 'GET /sessions/theirs']);
});

test('a row that the server refuses holds nothing up, and is told', async () => {
  const local = new ScriptedLocal();
  local.save(snapshotLine('good'), snapshotLine('bad'), snapshotLine('fine'));
  const server = new ScriptedServer();
  server.refuse = (line) =>
    'id' in line && line.id === 'bad' ? { refused: 'invalid', path: 'body', message: 'is odd' } : undefined;
  const { sync, events } = openSync({ local, server });
  await rejects(() => sync.now(), 'FAILED_PRECONDITION', "the snapshot 'bad'", 'body');
  expect(server.taken.map((line) => 'id' in line && line.id)).toEqual(['good', 'fine']);
  expect(local.outbox).toHaveLength(1);
  expect(events).toContainEqual({
    type: 'refused',
    snapshotId: 'bad',
    code: 'invalid',
    message: 'body: is odd',
  });
  expect(sync.status.queued.rows).toBe(1);
  server.refuse = () => undefined;
  await sync.now();
  expect(sync.status.queued.rows).toBe(0);
});

test('a refused row is not offered again and again', async () => {
  const local = new ScriptedLocal();
  local.save(snapshotLine('bad'));
  const server = new ScriptedServer();
  server.refuse = () => ({ refused: 'missing', spans: ['log:1', 0, 1] });
  const { sync } = openSync({ local, server });
  await until(() => server.listeners === 1);
  await until(() => sync.status.state === 'idle');
  expect(server.requests.filter((request) => request === 'POST /push')).toHaveLength(1);
});

test('somebody else is signed in: nothing is sent and nothing shown', async () => {
  const local = new ScriptedLocal();
  local.known.tenant = 'another';
  local.save(snapshotLine('secret'));
  const { sync, server } = openSync({ local });
  await rejects(() => sync.now(), 'PERMISSION_DENIED', 'somebody else is signed in');
  expect(sync.status.state).toBe('blocked');
  expect(new Set(server.requests)).toEqual(new Set(['GET /']));
});

test('every request says whose sessions it is about', async () => {
  const { sync, server } = openSync();
  await sync.now();
  const [, ...others] = server.asked;
  expect(others.every(({ headers }) => headers.get('offshoot-tenant') === 'tenant')).toBe(true);
});

test('a server that was restored is read first, then gets what it lacks', async () => {
  const local = new ScriptedLocal();
  local.known = { tenant: 'tenant', generation: 'first', cursor: '9:token' };
  local.save(snapshotLine('mine'));
  const server = new ScriptedServer();
  server.generation = 'second';
  server.change('theirs');
  const { sync } = openSync({ local, server });
  await sync.now();
  expect(local.happened[0]).toBe('forgot for second');
  expect(server.requests.slice(0, 2)).toEqual(['GET /', 'GET /changes']);
  expect(server.requests.indexOf('POST /push')).toBeGreaterThan(server.requests.indexOf('GET /changes'));
  expect(local.happened).toContain('listed theirs');
  expect(server.taken).toHaveLength(1);
});

const refused = (status: number) =>
  new Response('{"error":{"status":"FAILED_PRECONDITION","message":"no longer"}}', { status });

test.each<[string, string | undefined]>([
  ['after a long absence', '0:token'],
  ['when the answer to the first push was lost', undefined],
])('%s what the whole list lacks is asked for, and dropped only if it was deleted', async (_, cursor) => {
  const local = new ScriptedLocal();
  local.known = { tenant: 'tenant', generation: 'first', ...(cursor !== undefined && { cursor }) };
  local.knownSessions = ['living', 'moved', 'deleted'];
  const server = new ScriptedServer();
  server.change('living');
  server.rows.set('moved', []);
  server.first = ({ path, query }) => {
    if (cursor !== undefined && query.get('since') === cursor) return refused(410);
    return path.endsWith('/deleted') ? refused(410) : undefined;
  };
  const { sync } = openSync({ local, server });
  await sync.now();
  expect(local.happened.filter((event) => event.startsWith('gone'))).toEqual(['gone deleted']);
  // Whoever is cut off in between begins anew.
  expect(local.happened.indexOf('gone deleted')).toBeLessThan(local.happened.indexOf('listed living'));
});

test('a server without a session that it had, and no cursor that would tell, went back', async () => {
  const local = new ScriptedLocal();
  local.known = { tenant: 'tenant', generation: 'first' };
  local.knownSessions = ['lost'];
  const server = new ScriptedServer();
  server.first = ({ path }) => (path.endsWith('/lost') ? refused(404) : undefined);
  local.onForget = () => (local.knownSessions = []);
  const { sync } = openSync({ local, server });
  await sync.now();
  expect(local.happened.filter((event) => /^(gone|forgot)/.test(event))).toEqual(['forgot for first']);
});

test('one session that cannot be fetched keeps no other waiting', async () => {
  const server = new ScriptedServer();
  server.change('gone');
  server.rows.delete('gone');
  for (let n = 0; n < 9; n++) server.change(`living ${n}`.replace(' ', ''));
  const { sync, local } = openSync({ server });
  await sync.now();
  expect(local.applied.size).toBe(9);
});

test('a store that rejects branches is not synced', async () => {
  const { fetch, asked } = new ScriptedServer();
  const store = openStore({ rejectBranchingSessions: true });
  await expectRefusal(() => syncSessions(store, { url: 'https://server', fetch }), 'FAILED_PRECONDITION');
  expect(asked).toEqual([]);
});

test('a store that is encrypted on the device is not synced without a word about the server', async () => {
  const { sync } = openSync({ opened: { isEncrypted: true } });
  await rejects(() => sync.now(), 'FAILED_PRECONDITION', 'key: null', 'options.key');
});

test('after stop() nothing is sent, and now() says so', async () => {
  const { sync, local, server } = openSync();
  await sync.now();
  await sync.stop();
  const before = server.asked.length;
  local.save(snapshotLine('late'));
  await rejects(() => sync.now(), 'FAILED_PRECONDITION', 'stopped');
  expect(server.asked).toHaveLength(before);
  expect(sync.status.state).toBe('stopped');
});

test('signing out does not lose what was not sent', async () => {
  const local = new ScriptedLocal();
  const server = new ScriptedServer();
  server.first = () => Promise.reject(new TypeError('offline'));
  local.save(snapshotLine('a'), snapshotLine('b'));
  const { sync } = openSync({ local, server });
  await rejects(() => sync.signOut({ keep: false }), 'FAILED_PRECONDITION', '2 rows');
  expect(local.ended).toBeUndefined();
  await sync.signOut({ keep: false, discard: true });
  expect(local.ended).toEqual({ keep: false, discard: true });
  expect(sync.status.state).toBe('stopped');
});
