import { expect, test } from 'vitest';
import type { Message } from '../../src/index.js';
import { expectRefusal, failureOf } from '../assertions/expect-refusal.js';
import { openStore } from '../stores/open-store.js';

const user = (text: string): Message => ({ role: 'user', content: [{ text }] });
const at = (createdAt: string, more: object = {}) => ({ sessionId: 's', createdAt, ...more }) as never;

function throwing(): never {
  throw new Error('own');
}

test('messages that cannot be read are refused with their path, whatever throws', async () => {
  const session = openStore().session('s');
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  const unreadable: [unknown, string][] = [
    [proxy, 'messages'],
    [new Proxy([], { get: throwing }), 'messages'],
    [
      {
        role: 'user',
        get content() {
          return throwing();
        },
      },
      'messages.content',
    ],
    [
      [
        user('a'),
        {
          get role() {
            return throwing();
          },
          content: [],
        },
      ],
      'messages.1.role',
    ],
  ];
  for (const [messages, path] of unreadable)
    await expectRefusal(() => session.append(messages as never), 'INVALID_ARGUMENT', path);
  expect(await session.messages()).toEqual([]);
});

test('what is checked is what is stored, even if a getter answers differently each time', async () => {
  const session = openStore().session('s');
  let reads = 0;
  const fickle = {
    role: 'user',
    get content() {
      return reads++ === 0 ? [] : 'no list';
    },
  };
  await session.append(fickle as never).catch(() => {});
  for (const { content } of await session.messages()) expect(content).toEqual([]);
});

test('what is no message is refused, even if it is falsy', async () => {
  const session = openStore().session('s');
  for (const messages of [null, '', 0, false])
    await expectRefusal(
      () => session.startTurn({ messages: messages as never }),
      'INVALID_ARGUMENT',
      'options.messages',
    );
  const turn = await session.startTurn({ messages: user('q') });
  for (const answer of [null, '', 0, false])
    await expectRefusal(() => turn.complete(answer as never), 'INVALID_ARGUMENT', 'answer');
  turn.update(null as never);
  await expectRefusal(() => turn.complete(), 'INVALID_ARGUMENT', 'answer');
  expect(await turn.complete(user('a'))).toBe('completed');
});

test('what is no signal is refused before anything is saved', async () => {
  const store = openStore();
  const signal = { throwIfAborted() {} } as never;
  await expectRefusal(() => store.session('s').startTurn({ signal }), 'INVALID_ARGUMENT', 'options.signal');
  expect(await store.getSession('s')).toBeUndefined();
});

test('an error of the schema reaches the caller unchanged, and an issue has the path of the option', async () => {
  const own = new Error('own');
  const validate = (value: unknown) => {
    if (Object.hasOwn(value as object, 'bad')) throw own;
    return { issues: [{ message: 'never', path: ['n'] }] };
  };
  const store = openStore({ stateSchema: { '~standard': { version: 1, vendor: 'test', validate } } });
  const session = store.session('s');
  expect(await failureOf(() => session.append(user('a'), { custom: { bad: 1 } }))).toBe(own);
  await expectRefusal(
    () => session.append(user('a'), { custom: {} }),
    'INVALID_ARGUMENT',
    'options.custom.n',
  );
  const saved = store.saveSnapshot('a', () =>
    at(new Date().toISOString(), { state: { custom: { bad: 1 } } }),
  );
  expect(await saved.catch((error: unknown) => error)).toBe(own);
});

test('messages that contain each other are stored once, as a save of the whole state stores them', async () => {
  const messages: Message[] = [];
  for (let index = 0; index < 100; index++)
    messages.push({ ...user(`${index}`), metadata: { before: messages.at(-1) ?? null } });
  const [store, other] = [openStore(), openStore()];
  await store.session('s').append(messages);
  await other.saveSnapshot(undefined, () => at(new Date().toISOString(), { state: { messages } }));
  const bytes = async (of: typeof store) => (await of.storage()).sessions[0]!.bytes;
  expect(await bytes(store)).toBeLessThan(2 * (await bytes(other)));
  const read = await store.session('s').messages();
  expect(read[99]?.metadata?.['before']).toBe(read[98]);
  expect(read).toEqual(messages);
});

test('aborting a snapshot leaves its state as it is, also none', async () => {
  const store = openStore();
  const createdAt = new Date().toISOString();
  await store.saveSnapshot('none', () => at(createdAt, { status: 'pending' }));
  await store.saveSnapshot('undefined', () => at(createdAt, { status: 'pending', state: undefined }));
  expect(await store.session('s').abort()).toBe(2);
  for (const snapshotId of ['none', 'undefined']) {
    const snapshot = (await store.getSnapshot({ snapshotId }))!;
    expect(snapshot.status).toBe('aborted');
    expect(snapshot.state).toBeUndefined();
    expect('state' in snapshot).toBe(snapshotId === 'undefined');
  }
});

test.each(['2999-01-01T00:00:00.1239Z', '9999-12-31T23:59:59.9999Z'])(
  'what continues a snapshot of %s is listed after it',
  async (createdAt) => {
    const store = openStore();
    await store.saveSnapshot('parent', () => at(createdAt, { state: { messages: [user('a')] } }));
    const id = await store.session('s').append(user('b'));
    expect([...(await store.getTree('s')).nodes.keys()]).toEqual(['parent', id]);
    expect((await store.getSnapshot({ sessionId: 's' }))?.snapshotId).toBe(id);
  },
);

test('the preview is of the last text, also after many calls of tools', async () => {
  const store = openStore();
  const calls = Array.from({ length: 40 }, (): Message => ({ role: 'tool', content: [] }));
  const id = await store.session('s').append([user('find it'), ...calls]);
  expect((await store.getSnapshotInfo(id))?.summary).toEqual({ messages: 41, preview: 'find it' });
  const other = openStore();
  await other.importSessions(store.exportSessions());
  expect((await other.getSnapshotInfo(id))?.summary).toEqual({ messages: 41, preview: 'find it' });
});

test('a preview ends between characters, however long they are', async () => {
  const store = openStore();
  const flag = '\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}';
  const id = await store.session('s').append(user(flag.repeat(90)));
  expect((await store.getSnapshotInfo(id))?.summary.preview).toBe(flag.repeat(80));
  const odd = await store.session('s').append(user(`a${'e' + '\u0301'.repeat(5000)}`));
  expect((await store.getSnapshotInfo(odd))?.summary.preview).toBe('a');
});

test('saves that cannot be read are refused, and those before them are not made', async () => {
  const store = openStore();
  await expectRefusal(
    () => store.saveSnapshots(new Proxy([], { get: throwing })),
    'INVALID_ARGUMENT',
    'saves',
  );
  const withHole: unknown[] = [];
  const good = { snapshotId: 'a', mutator: () => at(new Date().toISOString()) };
  [withHole[0], withHole[2]] = [good, good];
  await expectRefusal(() => store.saveSnapshots(withHole as never), 'INVALID_ARGUMENT', 'saves.1');
  expect(await store.getSnapshotInfo('a')).toBeUndefined();
});

test('messages are never those of a session that has none, while its head is deleted', async () => {
  const store = openStore();
  const session = store.session('s');
  await session.append(user('a'));
  const head = await session.append(user('b'));
  const [read] = await Promise.all([session.messages(), store.deleteSnapshot(head)]);
  expect(read.length).toBeGreaterThan(0);
});

test('a turn that reads expired can be aborted, since its tab may only sleep', async () => {
  const store = openStore();
  const long = '2020-01-01T00:00:00.000Z';
  await store.saveSnapshot('a', () => at(long, { status: 'pending', heartbeatAt: long }));
  expect((await store.getSnapshotInfo('a'))?.status).toBe('expired');
  expect(await store.session('s').abort('a')).toBe(1);
  expect((await store.getSnapshotInfo('a'))?.status).toBe('aborted');
  expect(await store.session('s').abort()).toBe(0);
});
