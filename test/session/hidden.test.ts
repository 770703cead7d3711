import { expect, test } from 'vitest';
import type { Message } from '../../src/index.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { eventually } from '../assertions/eventually.js';
import { makeKey } from '../encryption/keys.js';
import { freshName, openStore } from '../stores/open-store.js';

const user = (text: string): Message => ({ role: 'user', content: [{ text }] });
const undoable = 3_600_000;

test.each(['plain', 'encrypted'])(
  'a turn in a session that is deleted for a time is over as in any deleted one: %s',
  async (kind) => {
    const encryption = kind === 'encrypted' ? { key: await makeKey() } : undefined;
    const name = freshName();
    const [store, other] = [openStore({ name, encryption }), openStore({ name, encryption })];
    const session = store.session('s');
    const turn = await session.startTurn({ messages: user('q'), saveEveryMs: 0 });
    const second = await other.session('s').startTurn({ messages: user('q2'), saveEveryMs: 0 });
    await store.deleteSession('s', { undoable });
    await eventually(() => turn.signal.aborted && second.signal.aborted, 'the signals');
    turn.update(user('more'));
    for (const each of [turn, second]) {
      expect(await each.complete(user('a'))).toBe('deleted');
      expect(await each.abort()).toBe('deleted');
    }
    expect(await session.messages()).toEqual([]);
    expect(await session.abort()).toBe(0);
    await expectRefusal(() => session.append(user('b')), 'NOT_FOUND');
    await expectRefusal(() => session.startTurn({ messages: user('b') }), 'NOT_FOUND');
    await expectRefusal(() => session.duplicate(), 'NOT_FOUND', 'sessionId');
    await expectRefusal(() => session.select(turn.snapshotId), 'NOT_FOUND', 'snapshotId');
    expect((await store.check()).problems).toEqual([]);

    expect(await store.restoreSession('s')).toBe(true);
    expect(await session.messages()).toEqual([user('q'), user('q2')]);
    expect(await session.abort()).toBe(2);
    await session.append(user('on'));
    const copy = await session.duplicate();
    expect(await copy.messages()).toEqual([user('q'), user('q2'), user('on')]);
    expect((await store.check()).problems).toEqual([]);
  },
);

test('a turn that ends before it hears that its session was hidden says that it is deleted', async () => {
  const store = openStore();
  const turn = await store.session('s').startTurn({ messages: user('q') });
  const [, outcome] = await Promise.all([store.deleteSession('s', { undoable }), turn.complete(user('a'))]);
  expect(['deleted', 'completed']).toContain(outcome);
  expect(await turn.fail(new Error('late'))).toBe('deleted');
});
