import { expect, test } from 'vitest';
import type { IndexedDBSessionStoreOptions, Message } from '../../src/index.js';
import { makeKey } from '../encryption/keys.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { openStore } from '../stores/open-store.js';

const user = (text: string): Message => ({ role: 'user', content: [{ text }] });
const url = `data:image/png;base64,${'A'.repeat(40_000)}`;
const image: Message = { role: 'user', content: [{ media: { url } }] };
const long = (mark: string) => `${mark} ${'x'.repeat(700)}`;

const kinds: [string, () => Promise<IndexedDBSessionStoreOptions>][] = [
  ['plain', async () => ({})],
  ['frozen', async () => ({ frozen: true })],
  ['encrypted', async () => ({ encryption: { key: await makeKey() } })],
];

test.each(kinds)('a copy of a session is whole, and shares nothing: %s', async (_, options) => {
  const store = openStore(await options());
  const session = store.session('s');
  const a = await session.append([user(long('a')), image], { title: 'Title', metadata: { folder: 'f' } });
  const b = await session.append(user(long('b')));
  const c = await session.append([user('c'), image], { after: a });
  const live = await session.startTurn({ after: b });
  const { size } = (await store.getTree('s')).nodes;
  const copy = await session.duplicate();
  await live.complete(user('late'));

  const info = (await store.getSession(copy.sessionId))!;
  expect(info).toMatchObject({ title: 'Title', metadata: { folder: 'f' }, snapshotCount: size });
  const tree = await store.getTree(copy.sessionId);
  const [root, second, third, fourth] = [...tree.nodes.values()];
  expect(tree.roots).toEqual([root!.snapshotId]);
  expect(root!.children).toEqual([second!.snapshotId, third!.snapshotId]);
  expect(fourth).toMatchObject({ status: 'aborted', parentId: second!.snapshotId, runId: live.runId });
  expect(tree.headId).toBe(fourth!.snapshotId);
  expect(await copy.messages({ at: third!.snapshotId })).toEqual(await session.messages({ at: c }));
  expect((await store.getSnapshot({ snapshotId: root!.snapshotId }))?.state?.sessionId).toBe(copy.sessionId);
  expect((await store.check()).problems).toEqual([]);

  const history = await session.duplicate({ upTo: c, sessionId: 'mine', title: 'Other' });
  expect(history.sessionId).toBe('mine');
  expect(await history.messages()).toEqual(await session.messages({ at: c }));
  expect(await store.getSession('mine')).toMatchObject({ title: 'Other', snapshotCount: 2 });

  const before = [await copy.messages(), await history.messages()];
  await store.deleteSession('s');
  expect([await copy.messages(), await history.messages()]).toEqual(before);
  await store.session('mine').append(user('on'));
  await store.deleteSession(copy.sessionId);
  expect(await history.messages()).toEqual([...before[1]!, user('on')]);
  expect((await store.check()).problems).toEqual([]);
});

test('refuses what it cannot copy, and writes nothing', async () => {
  const store = openStore();
  const session = store.session('s');
  await expectRefusal(() => session.duplicate(), 'NOT_FOUND', 'sessionId');
  await session.append(user('a'));
  await store.session('other').append(user('b'));
  await expectRefusal(() => session.duplicate({ sessionId: 'other' }), 'ALREADY_EXISTS', 'options.sessionId');
  await expectRefusal(() => session.duplicate({ sessionId: 's' }), 'ALREADY_EXISTS', 'options.sessionId');
  await expectRefusal(() => session.duplicate({ upTo: 'none' }), 'NOT_FOUND', 'options.upTo');
  const theirs = (await store.getHead('other'))!.snapshotId;
  await expectRefusal(() => session.duplicate({ upTo: theirs }), 'NOT_FOUND', 'options.upTo');
  const aborted = session.duplicate({ signal: AbortSignal.abort('enough') });
  expect(await aborted.catch((error: unknown) => error)).toBe('enough');
  expect((await store.listSessions()).sessions).toHaveLength(2);
});

test.each(['s', 's'.repeat(499), 's'.repeat(800), `data:image/png;base64,${'A'.repeat(9000)}`])(
  'the state of a copy names the copy, however long the names are: %#',
  async (from) => {
    const store = openStore();
    await store.session(from).append([user('a'), image]);
    for (const to of ['copy', 't'.repeat(900)]) {
      const copy = await store.session(from).duplicate({ sessionId: to });
      expect((await store.getSnapshot({ sessionId: to }))?.state?.sessionId).toBe(to);
      await copy.append(user('b'));
      const again = await copy.duplicate();
      expect((await store.getSnapshot({ sessionId: again.sessionId }))?.state?.sessionId).toBe(
        again.sessionId,
      );
      expect(await again.messages()).toEqual([user('a'), image, user('b')]);
    }
    expect((await store.getSnapshot({ sessionId: from }))?.state?.sessionId).toBe(from);
    expect((await store.check()).problems).toEqual([]);
  },
);

test('a state that names another session goes on naming it', async () => {
  const store = openStore();
  for (const [from, other] of [
    ['s', 'other'],
    ['t', 'o'.repeat(700)],
  ] as const) {
    const state = { sessionId: other, messages: [] };
    await store.saveSnapshot(undefined, () => ({
      sessionId: from,
      createdAt: '2026-01-01T00:00:00Z',
      state,
    }));
    const { sessionId } = await store.session(from).duplicate();
    expect((await store.getSnapshot({ sessionId }))?.state?.sessionId).toBe(other);
  }
});
