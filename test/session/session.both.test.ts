import { describe, expect, onTestFinished, test } from 'vitest';
import type { Message, Turn } from '../../src/index.js';
import { turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { freshName, openStore } from '../stores/open-store.js';

const user = (text: string): Message => ({ role: 'user', content: [{ text }] });
const model = (text: string): Message => ({ role: 'model', content: [{ text }] });
const texts = (messages: readonly Message[] | undefined) =>
  (messages ?? []).map(({ content }) => content.map(({ text }) => text).join(''));

/** Ends with the test, so that no timer outlives it. */
function ending<S>(live: Turn<S>): Turn<S> {
  onTestFinished(async () => void (await live.abort().catch(() => {})));
  return live;
}

const long = (mark: string) => `${mark} ${'x'.repeat(600)}`;

describe('append', () => {
  test('continues the head, is selected, and is what reads show', async () => {
    const store = openStore();
    const session = store.session('s');
    expect(await session.messages()).toEqual([]);
    const a = await session.append(user('one'), { title: 'First' });
    const b = await session.append([model('two'), user('three')], { title: 'Second' });
    expect(texts(await session.messages())).toEqual(['one', 'two', 'three']);
    expect(texts(await session.messages({ at: a }))).toEqual(['one']);
    const snapshot = await store.getSnapshot({ sessionId: 's' });
    expect(snapshot).toMatchObject({ snapshotId: b, parentId: a, status: 'completed', sessionId: 's' });
    expect(snapshot?.state?.sessionId).toBe('s');
    expect(await store.getSession('s')).toMatchObject({ title: 'First', selectedSnapshotId: b });
  });

  test('calls made at once follow each other, in call order', async () => {
    const session = openStore().session('s');
    const all = Array.from({ length: 40 }, (_, index) => long(String(index)));
    await Promise.all(all.map((text) => session.append(user(text))));
    expect(texts(await session.messages())).toEqual(all);
  });

  test('after what is on the screen, it makes a branch; null makes a root', async () => {
    const store = openStore();
    const session = store.session('s');
    const a = await session.append(user('a'));
    const b = await session.append(user('b'));
    const c = await session.append(user('c'), { after: a });
    const d = await session.append(user('d'), { after: null });
    expect((await store.getTree('s')).roots).toEqual([a, d]);
    expect(texts(await session.messages({ at: c }))).toEqual(['a', 'c']);
    expect(texts(await session.messages())).toEqual(['d']);
    expect(await session.branches(b)).toMatchObject({
      siblings: [b, c],
      index: 0,
      newestLeaf: b,
      path: [a, b],
    });
  });

  test('keeps custom and artifacts of the parent until they are replaced', async () => {
    const store = openStore();
    const session = store.session('s');
    const artifacts = [{ name: 'x', parts: [{ text: long('artifact') }] }];
    await session.append(user('a'), { custom: { n: 1, deep: long('custom') }, artifacts });
    await session.append(user('b'));
    expect((await store.getSnapshot({ sessionId: 's' }))?.state).toMatchObject({
      custom: { n: 1, deep: long('custom') },
      artifacts,
    });
    await session.append(user('c'), { custom: { n: 2 } });
    const { state } = (await store.getSnapshot({ sessionId: 's' }))!;
    expect(state).toMatchObject({ custom: { n: 2 }, artifacts });
    expect(texts(state?.messages)).toEqual(['a', 'b', 'c']);
  });

  test('continues a list with more holes than anybody could go through', async () => {
    const store = openStore();
    const messages: Message[] = [];
    messages[2] = user('far');
    messages.length = 4_000_000_000;
    await store.saveSnapshot('a', () => turn(1, { state: { messages } }));
    const session = store.session('s');
    const live = ending(await session.startTurn({ messages: user('q'), oneSnapshot: true }));
    expect(await live.complete(model('a'))).toBe('completed');
    const all = (await store.getSnapshot({ sessionId: 's' }))!.state!.messages!;
    expect(all).toHaveLength(messages.length + 2);
    expect(texts(Object.values(all))).toEqual(['far', 'q', 'a']);
    const { path, messages: places } = await session.branches();
    expect(path).toEqual(['a', live.snapshotId]);
    expect(places[2]).toMatchObject({ snapshotId: 'a', index: 0 });
    const again = ending(await session.again('a'));
    expect(texts(again.messages)).toEqual(['far']);
  });

  test('is what a save of the whole state would have stored, whatever the state was', async () => {
    const shared = { role: 'user', content: [{ text: long('shared') }] } as Message;
    const linked = [user('1'), shared, { ...shared, metadata: { to: shared } }, user(long('4'))];
    for (const messages of [undefined, [], [user('small')], [user(long('a')), model(long('b'))], linked]) {
      const store = openStore();
      const state = { ...(messages && { messages }), custom: { text: long('custom') }, more: [1] };
      await store.saveSnapshot('a', () => turn(1, { state }));
      const session = store.session('s');
      await session.append([user('new'), model(long('newer'))]);
      const stored = (await store.getSnapshot({ sessionId: 's' }))?.state;
      expect(stored).toMatchObject({ custom: state.custom, more: [1] });
      expect(stored?.messages).toEqual([...(messages ?? []), user('new'), model(long('newer'))]);
      expect((await store.check()).problems).toEqual([]);
    }
  });

  test('copies what it is given at the call', async () => {
    const session = openStore().session('s');
    const given = user('before');
    const custom = { n: 1 };
    const saved = session.append(given, { custom });
    given.content[0]!.text = 'after';
    custom.n = 2;
    await saved;
    expect(texts(await session.messages())).toEqual(['before']);
  });

  test('refuses what cannot be kept, with its path, and writes nothing', async () => {
    const store = openStore();
    const session = store.session('s');
    await session.append(user('a'));
    const before = JSON.stringify(await store.getSnapshot({ sessionId: 's' }));
    const f = { role: 'user', content: [{ text: 'x', custom: { f: () => {} } }] } as unknown as Message;
    await expectRefusal(
      () => session.append([user('b'), f]),
      'INVALID_ARGUMENT',
      'messages.1.content.0.custom.f',
    );
    await expectRefusal(() => session.append('hi' as never), 'INVALID_ARGUMENT', 'messages');
    await expectRefusal(() => session.append([user('b'), null as never]), 'INVALID_ARGUMENT', 'messages.1');
    await expectRefusal(() => session.append(user('b'), { after: 'gone' }), 'NOT_FOUND', 'options.after');
    await expectRefusal(() => session.append(user('b'), { after: '' }), 'INVALID_ARGUMENT', 'options.after');
    await expectRefusal(
      () => session.append(user('b'), { afer: 'x' } as never),
      'INVALID_ARGUMENT',
      'options.afer',
    );
    await expectRefusal(
      () => session.append(user('b'), { custom: { f() {} } }),
      'INVALID_ARGUMENT',
      'options.custom.f',
    );
    await store.session('other').append(user('x'));
    const theirs = (await store.getHead('other'))!.snapshotId;
    await expectRefusal(() => session.append(user('b'), { after: theirs }), 'NOT_FOUND', 'options.after');
    expect(JSON.stringify(await store.getSnapshot({ sessionId: 's' }))).toBe(before);
  });

  test('shares media with what is there', async () => {
    const store = openStore();
    const session = store.session('s');
    const url = `data:image/png;base64,${'A'.repeat(40_000)}`;
    const image = (): Message => ({ role: 'user', content: [{ media: { url } }] });
    await session.append([image(), user(long('a'))]);
    const before = await store.storage();
    await session.append(image());
    await session.append([image(), image()]);
    expect((await session.messages()).filter(({ content }) => content[0]?.media?.url === url)).toHaveLength(
      4,
    );
    expect((await store.storage()).sessions[0]!.bytes - before.sessions[0]!.bytes).toBeLessThan(10_000);
  });
});

describe('a turn', () => {
  test('saves the question and a pending answer at once, and ends', async () => {
    const store = openStore();
    const session = store.session('s');
    const live = ending(await session.startTurn({ messages: user('why?'), title: 'Why' }));
    expect(texts(live.messages)).toEqual(['why?']);
    const tree = await store.getTree('s');
    expect([...tree.nodes.values()].map(({ status }) => status)).toEqual(['completed', 'pending']);
    expect(tree.headId).toBe(live.snapshotId);
    expect(await live.complete(model('because'), { usage: { model: 'm', inputTokens: 3 } })).toBe(
      'completed',
    );
    const stored = await store.getSnapshot({ snapshotId: live.snapshotId });
    expect(stored).toMatchObject({
      status: 'completed',
      finishReason: 'stop',
      runId: live.runId,
      usage: { model: 'm', inputTokens: 3 },
    });
    expect(texts(stored?.state?.messages)).toEqual(['why?', 'because']);
    expect(live.signal.aborted).toBe(false);
  });

  test('with oneSnapshot keeps question and answer together, and is answered again beside itself', async () => {
    const store = openStore();
    const session = store.session('s');
    const before = await session.append([user('hi'), model('hello')]);
    const live = ending(
      await session.startTurn({ messages: user(long('q')), oneSnapshot: true, title: 'T', custom: { n: 1 } }),
    );
    const { snapshotId } = live;
    expect(texts(live.messages)).toEqual(['hi', 'hello', long('q')]);
    expect(await store.getSnapshot({ snapshotId })).toMatchObject({ parentId: before, status: 'pending' });
    expect(texts(await session.messages())).toEqual(['hi', 'hello', long('q')]);
    live.update(model('so'));
    expect(await live.complete(model('so far'))).toBe('completed');
    expect(texts(await session.messages())).toEqual(['hi', 'hello', long('q'), 'so far']);
    expect(await store.getSession('s')).toMatchObject({
      title: 'T',
      snapshotCount: 2,
      selectedSnapshotId: snapshotId,
    });

    const again = ending(
      await session.startTurn({ messages: user(long('q')), oneSnapshot: true, after: before }),
    );
    expect(await again.fail(new Error('no'))).toBe('failed');
    const { siblings, messages } = await session.branches();
    expect(siblings).toEqual([snapshotId, again.snapshotId]);
    expect(messages.map((each) => each.snapshotId)).toEqual([before, before, again.snapshotId]);
    expect(texts(await session.messages())).toEqual(['hi', 'hello', long('q')]);
  });

  test('shows the answer in other tabs as it grows, and leaves no garbage', async () => {
    const name = freshName();
    const [store, other] = [openStore({ name }), openStore({ name })];
    await store.session('s').append(user(long('before')));
    const live = ending(await store.session('s').startTurn({ messages: user(long('q')), saveEveryMs: 0 }));
    let seen = '';
    const heard = new Promise<void>((resolve) => {
      other.onSnapshotStateChange(live.snapshotId, ({ state }) => {
        const last = state?.messages?.at(-1);
        if (last?.role !== 'model') return;
        const text = texts([last])[0]!;
        expect(text.length).toBeGreaterThanOrEqual(seen.length);
        seen = text;
        if (text.length > 5000) resolve();
      });
    });
    let answer = '';
    while (seen.length <= 5000) {
      answer += 'word '.repeat(20);
      live.update(model(answer));
      await new Promise((resolve) => setTimeout(resolve));
    }
    await heard;
    await live.complete(model(answer));
    expect(texts(await other.session('s').messages())).toEqual([long('before'), long('q'), answer]);
    expect((await store.check()).problems).toEqual([]);
  });

  test('regenerating makes a sibling', async () => {
    const store = openStore();
    const session = store.session('s');
    const first = ending(await session.startTurn({ messages: user('q') }));
    await first.complete(model('1'));
    const question = (await store.getSnapshotInfo(first.snapshotId))!.parentId!;
    const second = ending(await session.startTurn({ after: question }));
    await second.complete(model('2'));
    const branches = await session.branches();
    expect(branches).toMatchObject({ siblings: [first.snapshotId, second.snapshotId], index: 1 });
    expect(branches.messages.map(({ snapshotId, index }) => [snapshotId, index])).toEqual([
      [question, 0],
      [second.snapshotId, 1],
    ]);
    await session.select(first.snapshotId);
    expect(texts(await session.messages())).toEqual(['q', '1']);
  });

  test.each(['abort', 'session.abort', 'mutator'])('ended elsewhere by %s, it stays so', async (how) => {
    const name = freshName();
    const [store, other] = [openStore({ name }), openStore({ name })];
    const live = ending(await store.session('s').startTurn({ messages: user('q'), saveEveryMs: 0 }));
    live.update(model('half'));
    if (how === 'abort') expect(await live.abort()).toBe('aborted');
    else if (how === 'session.abort') expect(await other.session('s').abort()).toBe(1);
    else await other.saveSnapshot(live.snapshotId, (current) => ({ ...current!, status: 'aborted' }));
    await expect.poll(() => live.signal.aborted).toBe(true);
    live.update(model('more'));
    expect(await live.complete(model('whole'))).toBe('aborted');
    expect((await store.getSnapshot({ snapshotId: live.snapshotId }))?.status).toBe('aborted');
  });

  test('a session deleted meanwhile stays deleted', async () => {
    const name = freshName();
    const [store, other] = [openStore({ name }), openStore({ name })];
    const live = ending(await store.session('s').startTurn({ messages: user('q') }));
    await other.deleteSession('s');
    await expect.poll(() => live.signal.aborted).toBe(true);
    expect(await live.complete(model('a'))).toBe('deleted');
    expect(await store.getSession('s')).toBeUndefined();
  });

  test('a snapshot deleted meanwhile stays deleted', async () => {
    const store = openStore();
    await store.session('s').append(user('before'));
    const live = ending(await store.session('s').startTurn());
    await store.deleteSnapshot(live.snapshotId);
    await expect.poll(() => live.signal.aborted).toBe(true);
    expect(await live.fail(new Error('too late'))).toBe('deleted');
  });

  test('its signal is not aborted by what comes after its own end', async () => {
    const store = openStore();
    for (const after of ['complete', 'abort', 'fail'] as const) {
      const live = ending(await store.session('s').startTurn({ messages: user('q') }));
      expect(await Promise.all([live.complete(model('a')), live[after](model('b'))])).toEqual([
        'completed',
        'completed',
      ]);
      expect(await live[after](model('c'))).toBe('completed');
      expect(live.signal.aborted, after).toBe(false);
      expect(texts(await store.session('s').messages()).at(-1)).toBe('a');
    }
  });

  test('is aborted by the signal, with its reason', async () => {
    const store = openStore();
    const controller = new AbortController();
    const live = ending(
      await store.session('s').startTurn({ messages: user('q'), signal: controller.signal }),
    );
    live.update(model('half'));
    controller.abort('enough');
    expect(live.signal.reason).toBe('enough');
    await expect.poll(async () => (await store.getSnapshotInfo(live.snapshotId))?.status).toBe('aborted');
    expect(texts(await store.session('s').messages())).toEqual(['q', 'half']);
    const reason = await store
      .session('s')
      .startTurn({ signal: controller.signal })
      .catch((error: unknown) => error);
    expect(reason).toBe('enough');
  });

  test('keeps the error it failed with, whatever was thrown', async () => {
    const store = openStore();
    for (const error of [
      new Error('no'),
      null,
      undefined,
      'text',
      { message: 'odd', status: 'X' },
      Object.create(null),
    ]) {
      const live = ending(await store.session('s').startTurn({ messages: user('q') }));
      live.update(model('half'));
      expect(await live.fail(error)).toBe('failed');
      const stored = await store.getSnapshot({ snapshotId: live.snapshotId });
      expect(stored?.status).toBe('failed');
      expect(typeof stored?.error?.message).toBe('string');
      expect(texts(stored?.state?.messages).at(-1)).toBe('half');
    }
  });

  test('an answer that cannot be stored is refused by complete, and the turn goes on', async () => {
    const store = openStore();
    const live = ending(await store.session('s').startTurn({ messages: user('q'), saveEveryMs: 0 }));
    const bad = { role: 'model', content: [{ text: 'a', custom: { f() {} } }] } as unknown as Message;
    live.update(bad);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await expectRefusal(() => live.complete(), 'INVALID_ARGUMENT', 'answer.content.0.custom.f');
    expect((await store.getSnapshotInfo(live.snapshotId))?.status).toBe('pending');
    expect(await live.complete(model('good'))).toBe('completed');
  });
});

test('saveSnapshots writes all or none', async () => {
  const store = openStore();
  const ids = await store.saveSnapshots([
    { mutator: () => turn(1) },
    { snapshotId: 'b', mutator: () => turn(2) },
    { mutator: () => null },
  ]);
  expect(ids).toEqual([expect.any(String), 'b', null]);
  const own = new Error('own');
  const throwing = store.saveSnapshots([
    { snapshotId: 'c', mutator: () => turn(3) },
    {
      mutator: () => {
        throw own;
      },
    },
  ]);
  expect(await throwing.catch((error: unknown) => error)).toBe(own);
  expect(await store.getSnapshotInfo('c')).toBeUndefined();
  await expectRefusal(
    () => store.saveSnapshots([{ mutator: () => turn(1) }, { snapshotId: 'b', mutator: 1 as never }]),
    'INVALID_ARGUMENT',
    'saves.1.mutator',
  );
  expect((await store.getSession('s'))?.snapshotCount).toBe(2);
});

test('requireParent refuses a parent that is not there, or in another session', async () => {
  const store = openStore();
  const options = { requireParent: true };
  const refused = (parentId: string) =>
    expectRefusal(
      () => store.saveSnapshot('b', () => turn(2, { parentId }), options),
      'NOT_FOUND',
      'parentId',
    );
  await refused('a');
  await store.saveSnapshot('a', () => turn(1, { sessionId: 'other' }), options);
  await refused('a');
  const saves = [
    { snapshotId: 'p', mutator: () => turn(1) },
    { snapshotId: 'c', mutator: () => turn(2, { parentId: 'p' }) },
  ];
  expect(await store.saveSnapshots(saves, options)).toEqual(['p', 'c']);
  await expectRefusal(
    () => store.saveSnapshot('d', () => turn(3), { requireParent: 1 as never }),
    'INVALID_ARGUMENT',
    'options.requireParent',
  );
  expect(await store.saveSnapshot('e', () => turn(3, { parentId: 'gone' }))).toBe('e');
});

test('a summary counts messages and shows the last text, cut between characters', async () => {
  const store = openStore();
  const session = store.session('s');
  const family = '👨‍👩‍👧‍👦';
  const id = await session.append([
    user('first'),
    model(` ${family.repeat(90)}\n`),
    { role: 'tool', content: [] },
  ]);
  expect((await store.getSnapshotInfo(id))?.summary).toEqual({ messages: 3, preview: family.repeat(80) });
  const [listed] = (await store.listSnapshots({ sessionId: 's' })).snapshots;
  expect(listed?.summary.messages).toBe(3);
  expect(await store.getSnapshotInfo('none')).toBeUndefined();
});
