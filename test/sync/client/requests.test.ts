import { expect, test, vi } from 'vitest';
import { openSync, rejects, until } from './open-sync.js';
import { ScriptedLocal, snapshotLine } from './scripted-local.js';
import { failed, ScriptedServer } from './scripted-server.js';

/** A database with one row to send. */
function withRow(): { local: ScriptedLocal; server: ScriptedServer } {
  const local = new ScriptedLocal();
  local.save(snapshotLine('a'));
  return { local, server: new ScriptedServer() };
}

test('headers are asked once more after 401, and then it goes on', async () => {
  const { local, server } = withRow();
  const calls: boolean[] = [];
  server.first = ({ headers }) => (headers.get('authorization') === 'Bearer new' ? undefined : failed(401));
  const { sync } = openSync({
    local,
    server,
    headers: ({ again }) => {
      calls.push(again);
      return { authorization: again ? 'Bearer new' : 'Bearer old' };
    },
  });
  await sync.now();
  expect(calls.slice(0, 2)).toEqual([false, true]);
  expect(server.taken).toHaveLength(1);
});

test('without a sign-in the queue stays, and the app is told', async () => {
  const { local, server } = withRow();
  server.first = () => failed(401);
  const { sync } = openSync({ local, server, headers: () => ({}) });
  await rejects(() => sync.now(), 'PERMISSION_DENIED', 'Sign in');
  await until(() => sync.status.state === 'needs-auth');
  expect(sync.status.queued.rows).toBe(1);
  server.first = () => undefined;
  await sync.now();
  await until(() => sync.status.state === 'idle');
  expect(server.taken).toHaveLength(1);
});

test('a push that is too large is sent in halves', async () => {
  const local = new ScriptedLocal();
  for (let n = 0; n < 40; n++) local.save(snapshotLine(`s${n}`));
  const server = new ScriptedServer();
  server.first = ({ path, body }) =>
    path === '/push' && body.split('\n').length > 12 ? failed(413) : undefined;
  const { sync } = openSync({ local, server });
  await sync.now();
  expect(server.taken).toHaveLength(40);
});

test('one row that is too large is told, and the others are sent', async () => {
  const local = new ScriptedLocal();
  local.save(snapshotLine('a'), snapshotLine('large', 'x'.repeat(500)), snapshotLine('b'));
  const server = new ScriptedServer();
  server.first = ({ path, body }) => (path === '/push' && body.length > 480 ? failed(413) : undefined);
  const { sync, events } = openSync({ local, server });
  await rejects(() => sync.now(), 'FAILED_PRECONDITION', "'large'");
  expect(server.taken).toHaveLength(2);
  expect(events[0]).toMatchObject({ type: 'refused', snapshotId: 'large', code: 'too-large' });
});

test.each([
  [
    'a portal that answers with HTML',
    () => new Response('<html>', { headers: { 'content-type': 'text/html' } }),
  ],
  ['a proxy that knows no such page', () => new Response('<html>', { status: 404 })],
  [
    'JSON of somebody else',
    () => new Response('{"ok":true}', { headers: { 'content-type': 'application/json' } }),
  ],
  [
    'an answer that is cut',
    () => new Response('{"generation":"fir', { headers: { 'content-type': 'application/json' } }),
  ],
  ['no network', () => Promise.reject(new TypeError('Failed to fetch'))],
  ['a server that fails', () => failed(500)],
])('%s is no server: it is tried again later', async (_, answer) => {
  const { local, server } = withRow();
  server.first = answer;
  const { sync } = openSync({ local, server });
  await rejects(() => sync.now(), 'UNAVAILABLE', 'server of sync');
  expect(sync.status).toMatchObject({
    state: 'offline',
    queued: { rows: 1 },
    error: { status: 'UNAVAILABLE' },
  });
  server.first = () => undefined;
  await sync.now();
  expect(server.taken).toHaveLength(1);
});

test('what a cut answer said of the first rows holds; the others are sent again', async () => {
  const local = new ScriptedLocal();
  local.save(snapshotLine('a'), snapshotLine('b'), snapshotLine('c'));
  const server = new ScriptedServer();
  let pushes = 0;
  server.first = ({ path, body }) => {
    if (path !== '/push' || pushes++ > 0) return undefined;
    const whole = server.pushAnswer(body).join('');
    return new Response(whole.slice(0, whole.indexOf('\n') + 8), {
      headers: { 'content-type': 'application/jsonl' },
    });
  };
  const { sync } = openSync({ local, server });
  await sync.now();
  const second = server.asked.filter(({ path }) => path === '/push')[1]!;
  expect(second.body).not.toContain('"id":"a"');
  expect(second.body).toContain('"id":"b"');
  expect(sync.status.queued.rows).toBe(0);
});

test('an answer that never comes ends, even if fetch does not listen to signals', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const server = new ScriptedServer();
    server.first = () => new Promise<Response>(() => {});
    const { sync } = openSync({ server });
    const refused = rejects(() => sync.now(), 'UNAVAILABLE', 'did not answer within 30 s');
    for (let n = 0; n < 20; n++) await vi.advanceTimersByTimeAsync(10_000);
    await refused;
  } finally {
    vi.useRealTimers();
  }
});

test('now() ends with its signal', async () => {
  const server = new ScriptedServer();
  server.first = () => new Promise<Response>(() => {});
  const { sync } = openSync({ server });
  const end = new AbortController();
  const ended = sync.now({ signal: end.signal });
  await until(() => server.asked.length > 0);
  end.abort(new Error('enough'));
  await expect(ended).rejects.toThrow('enough');
});

test('a server that asks for time gets it', async () => {
  const { local, server } = withRow();
  server.first = ({ path }) =>
    path === '/push' ? failed(429, 'slowly', { 'retry-after': '120' }) : undefined;
  const { sync } = openSync({ local, server });
  await rejects(() => sync.now(), 'UNAVAILABLE', 'patience');
  await until(() => sync.status.state === 'offline');
  const pushes = () => server.requests.filter((request) => request === 'POST /push').length;
  const before = pushes();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(pushes()).toBe(before);
});

test.each([
  ['the server of sync is too old', { oldest: 0, newest: 0 }],
  ['the app is too old', { oldest: 9, newest: 9 }],
])('%s: nothing is sent, and it says which', async (text, versions) => {
  const { local, server } = withRow();
  server.versions = versions;
  const { sync } = openSync({ local, server });
  await rejects(() => sync.now(), 'FAILED_PRECONDITION', text);
  expect(sync.status.state).toBe('blocked');
  expect(server.taken).toEqual([]);
});

test('an edit is as old when it is sent as it is then, not as it was when it was collected', async () => {
  const local = new ScriptedLocal();
  local.known.heardMs = 5000;
  const fields = { title: { value: 'Trip', saw: 0, age: 1000 } };
  local.save({ op: 'session', incarnation: 'one', session: 'trip', createdMs: 0, fields });
  const server = new ScriptedServer();
  let isSlow = true;
  const { sync } = openSync({
    local,
    server,
    headers: async () => {
      if (server.requests.at(-1) === 'GET /' && isSlow) {
        await new Promise((resolve) => setTimeout(resolve, 300));
        isSlow = false;
      }
      return {};
    },
  });
  await sync.now();
  const [line] = server.taken;
  const age = line?.op === 'session' ? line.fields!['title']!.age : 0;
  expect(age).toBeGreaterThanOrEqual(1290);
  expect(server.heads[0]!.heard! - 5000).toBeGreaterThanOrEqual(290);
});

test('a large body crosses in parts, and comes back whole', async () => {
  const body = 'é😀'.repeat(400_000);
  const local = new ScriptedLocal();
  local.save(snapshotLine('large', body));
  const server = new ScriptedServer();
  server.refuse = (line) =>
    line.op === 'snapshot' && typeof line.body !== 'string' && server.media.size === 0
      ? { refused: 'missing', media: line.body.media.map(([digest]) => digest) }
      : undefined;
  const { sync } = openSync({ local, server });
  await sync.now();
  expect(server.media.size).toBe(3);
  const [sent] = server.taken;
  expect(JSON.stringify(sent).length).toBeLessThan(500);
  server.change('one', [{ ...sent, seq: 2, arrivedMs: 0 } as never]);
  await sync.now();
  const [row] = local.applied.get('one')!;
  expect(row).toMatchObject({ id: 'large', body });
});
