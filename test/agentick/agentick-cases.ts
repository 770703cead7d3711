import { describe, expect, test } from 'vitest';
import { OffshootSessionStore, type SessionSnapshot } from '../../src/adapters/agentick/index.js';
import type { IndexedDBSessionStore } from '../../src/index.js';
import { freshName, openStore } from '../stores/open-store.js';

const entry = (text: string) => ({
  kind: 'message',
  message: { role: 'user', content: [{ type: 'text', text }] },
});

function snapshotOf(texts: string[], rest: Partial<SessionSnapshot> = {}): SessionSnapshot {
  return {
    version: '1.0',
    sessionId: 'trip',
    tick: 1,
    timeline: texts.map(entry),
    comState: {},
    dataCache: {},
    timestamp: 1_700_000_000_000,
    ...rest,
  };
}

const textsOf = (snapshot: { timeline: any[] | null } | null) =>
  snapshot?.timeline?.map(({ message }) => message.content[0].text);

/** What a tab has: a store on the tabs' common database, and the adapter on it. */
function openTab(name = freshName(), options?: ConstructorParameters<typeof OffshootSessionStore>[1]) {
  const store = openStore({ name, compaction: false });
  return { store, sessions: new OffshootSessionStore(store, options) };
}

const statesOf = async (store: IndexedDBSessionStore<any>, id: string) =>
  (await store.listSnapshots({ sessionId: id, limit: 1000 })).snapshots.length;

/** The branches' texts, the newest branch first. */
async function textsOfLeaves(store: IndexedDBSessionStore<any>, sessionId: string) {
  const leaves = await store.getLeaves(sessionId);
  const states = leaves.map(({ snapshotId }) => store.getSnapshot({ snapshotId }));
  return (await Promise.all(states)).map((each) => textsOf(each!.state as SessionSnapshot));
}

/** What Agentick's core does with a store, in Node and in browsers. */
export function describeAgentick(): void {
  describe('the contract', () => {
    test('a session comes back as it was saved, also after the page was closed', async () => {
      const name = freshName();
      const before = openTab(name);
      const saved = snapshotOf(['Hi', 'Hello'], {
        usage: { inputTokens: 100, outputTokens: 50, totalTokens: 150 },
        comState: { mood: 'good' },
        dataCache: { weather: { value: [1, 2], tick: 3 } },
      });
      await before.sessions.save('trip', saved);
      await before.sessions.close();
      expect(await openTab(name).sessions.load('trip')).toEqual(saved);
    });

    test('what is not there loads as null, and is not there', async () => {
      const { sessions } = openTab();
      expect(await sessions.load('nothing')).toBeNull();
      expect(await sessions.has('nothing')).toBe(false);
      expect(await sessions.list()).toEqual([]);
      await sessions.delete('nothing');
    });

    test('a session that never had a timeline comes back with null', async () => {
      const { sessions } = openTab();
      await sessions.save('trip', snapshotOf([], { timeline: null }));
      await sessions.save('trip', snapshotOf([], { timeline: null, tick: 2 }));
      expect(await sessions.load('trip')).toEqual(snapshotOf([], { timeline: null, tick: 2 }));
    });

    test('fields of later versions are kept', async () => {
      const { sessions } = openTab();
      const later = { ...snapshotOf(['Hi']), metadata: { title: 'T' }, parentSessionId: 'p', inbox: [1, 2] };
      await sessions.save('trip', later);
      expect(await sessions.load('trip')).toEqual(later);
    });

    test('a snapshot keeps the sessionId that it has, whatever it is saved under', async () => {
      const { sessions } = openTab();
      await sessions.save('fork', snapshotOf(['Hi'], { sessionId: 'trip' }));
      expect(await sessions.load('fork')).toMatchObject({ sessionId: 'trip' });
      expect(await sessions.load('trip')).toBeNull();
      expect(await sessions.list()).toEqual(['fork']);
    });

    test('functions and undefined values in comState are left out, as JSON leaves them out', async () => {
      const { sessions } = openTab();
      const comState = { onClick: () => {}, gone: undefined, at: new Date(0), list: [() => {}], kept: 1 };
      await sessions.save('trip', snapshotOf(['Hi'], { comState }));
      const loaded = await sessions.load('trip');
      expect(loaded!.comState).toEqual({ at: '1970-01-01T00:00:00.000Z', list: [null], kept: 1 });
    });

    test('what the session changes after the call is not saved, nor is what was loaded shared', async () => {
      const { sessions } = openTab();
      const snapshot = snapshotOf(['Hi']);
      const saving = sessions.save('trip', snapshot);
      snapshot.timeline!.push(entry('later'));
      await saving;
      (await sessions.load('trip'))!.timeline!.push(entry('mine'));
      expect(textsOf(await sessions.load('trip'))).toEqual(['Hi']);
    });

    test('the last save is what is loaded, even if its tick and its timestamp are smaller', async () => {
      const { sessions } = openTab();
      await sessions.save('trip', snapshotOf(['Hi'], { tick: 7, timestamp: 2000 }));
      await sessions.save('trip', snapshotOf(['Hi', 'again'], { tick: 1, timestamp: 1000 }));
      expect(await sessions.load('trip')).toMatchObject({ tick: 1, timestamp: 1000 });
    });

    test('sessions are listed by their last save, and loading one changes nothing about that', async () => {
      const { sessions, store } = openTab();
      for (const id of ['one', 'two', 'three']) {
        await sessions.save(id, snapshotOf(['Hi']));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      const before = await store.getSession('one');
      await sessions.load('one');
      expect(await sessions.list()).toEqual(['three', 'two', 'one']);
      expect(await store.getSession('one')).toEqual(before);
    });

    test('thousands of sessions are all listed', async () => {
      const { sessions } = openTab();
      const ids = Array.from({ length: 1100 }, (_, index) => `session-${index}`);
      await Promise.all(ids.map((id) => sessions.save(id, snapshotOf(['Hi']))));
      expect((await sessions.list()).sort()).toEqual(ids.sort());
    });
  });

  describe('a core that does not wait', () => {
    test('a save and a load right after it: the load has what was saved', async () => {
      const { sessions } = openTab();
      void sessions.save('trip', snapshotOf(['one']));
      void sessions.save('trip', snapshotOf(['one', 'two']));
      expect(textsOf(await sessions.load('trip'))).toEqual(['one', 'two']);
      expect(await sessions.has('trip')).toBe(true);
    });

    test('a save and a delete right after it: nothing is resurrected', async () => {
      const { sessions } = openTab();
      await sessions.save('trip', snapshotOf(['old']));
      void sessions.save('trip', snapshotOf(['old', 'new']));
      void sessions.delete('trip');
      expect(await sessions.load('trip')).toBeNull();
      expect(await sessions.list()).toEqual([]);
    });

    test('a session that was deleted and saved anew has none of its old states', async () => {
      const { sessions, store } = openTab();
      void sessions.save('trip', snapshotOf(['old']));
      void sessions.delete('trip');
      void sessions.save('trip', snapshotOf(['new']));
      expect(textsOf(await sessions.load('trip'))).toEqual(['new']);
      expect(await statesOf(store, 'trip')).toBe(1);
    });

    test('a save and a close right after it: it is saved', async () => {
      const name = freshName();
      const { sessions } = openTab(name);
      void sessions.save('trip', snapshotOf(['one']));
      void sessions.save('trip', snapshotOf(['one', 'two']));
      await sessions.close();
      expect(textsOf(await openTab(name).sessions.load('trip'))).toEqual(['one', 'two']);
    });

    test('a list right after a save has the session', async () => {
      const { sessions } = openTab();
      void sessions.save('trip', snapshotOf(['one']));
      expect(await sessions.list()).toEqual(['trip']);
    });

    test('a save that is refused does not keep the next one from being saved', async () => {
      const { sessions } = openTab();
      const refused = sessions.save('trip', snapshotOf([], { comState: { big: 1n } }));
      void sessions.save('trip', snapshotOf(['fine']));
      await expect(refused).rejects.toMatchObject({ status: 'INVALID_ARGUMENT', path: 'snapshot' });
      expect(textsOf(await sessions.load('trip'))).toEqual(['fine']);
    });
  });

  describe('earlier states', () => {
    test('each save continues the one before, and each can be gone back to', async () => {
      const { sessions, store } = openTab();
      for (const texts of [['one'], ['one', 'two'], ['one', 'two', 'three']]) {
        await sessions.save('trip', snapshotOf(texts));
      }
      const { snapshotId } = (await store.getHead('trip'))!;
      const history = await store.getHistory(snapshotId);
      expect(history).toHaveLength(3);

      await store.selectBranch(history[0]!.snapshotId);
      expect(textsOf(await sessions.load('trip'))).toEqual(['one']);
      await sessions.save('trip', snapshotOf(['one', 'instead']));
      expect(textsOf(await sessions.load('trip'))).toEqual(['one', 'instead']);
      expect(await store.getLeaves('trip')).toHaveLength(2);
    });

    test('two tabs that go on from one state make two branches, and neither loses its own', async () => {
      const name = freshName();
      const [left, right] = [openTab(name), openTab(name)];
      await left.sessions.save('trip', snapshotOf(['question']));
      await right.sessions.load('trip');
      await left.sessions.save('trip', snapshotOf(['question', 'left']));
      await right.sessions.save('trip', snapshotOf(['question', 'right']));
      await left.sessions.save('trip', snapshotOf(['question', 'left', 'left again']));

      expect(await textsOfLeaves(left.store, 'trip')).toEqual([
        ['question', 'left', 'left again'],
        ['question', 'right'],
      ]);
    });

    test('only as many earlier states are kept as were asked for, and what is kept is whole', async () => {
      const { sessions, store } = openTab(freshName(), { history: 3 });
      const texts: string[] = [];
      for (let turn = 0; turn < 10; turn++) {
        texts.push(`turn ${turn}`);
        await sessions.save('trip', snapshotOf(texts));
      }
      const { nodes, roots, headId } = await store.getTree('trip');
      expect(nodes.size).toBe(4);
      const kept = await Promise.all([...nodes.keys()].map((id) => store.getSnapshot({ snapshotId: id })));
      expect(kept.map((each) => textsOf(each!.state as SessionSnapshot))).toEqual(
        [7, 8, 9, 10].map((length) => texts.slice(0, length)),
      );
      expect(roots).toEqual([kept[0]!.snapshotId]);
      expect(headId).toBe(kept[3]!.snapshotId);
      expect(await store.check()).toMatchObject({ problems: [] });
    });

    test('a branch that another tab left behind stays while the session goes on', async () => {
      const name = freshName();
      const [left, right] = [openTab(name, { history: 1 }), openTab(name, { history: 1 })];
      await left.sessions.save('trip', snapshotOf(['question']));
      await right.sessions.load('trip');
      await right.sessions.save('trip', snapshotOf(['question', 'right']));
      for (const text of ['a', 'b', 'c', 'd']) {
        await left.sessions.save('trip', snapshotOf(['question', text]));
      }
      expect(await textsOfLeaves(left.store, 'trip')).toEqual([
        ['question', 'd'],
        ['question', 'right'],
      ]);
    });

    test('by default twenty earlier states are kept', async () => {
      const { sessions, store } = openTab();
      for (let turn = 0; turn < 25; turn++) await sessions.save('trip', snapshotOf([`turn ${turn}`]));
      expect(await statesOf(store, 'trip')).toBe(21);
    });

    test('without a history there is one state, and the last save is the one', async () => {
      const name = freshName();
      const [left, right] = [openTab(name, { history: false }), openTab(name, { history: false })];
      await left.sessions.save('trip', snapshotOf(['one']));
      await right.sessions.load('trip');
      await left.sessions.save('trip', snapshotOf(['one', 'left']));
      await right.sessions.save('trip', snapshotOf(['one', 'right']));
      expect(textsOf(await left.sessions.load('trip'))).toEqual(['one', 'right']);
      expect(await statesOf(left.store, 'trip')).toBe(1);
    });

    test('a store that begins to keep no history forgets what it had', async () => {
      const name = freshName();
      const before = openTab(name);
      for (const text of ['one', 'two', 'three']) await before.sessions.save('trip', snapshotOf([text]));
      const after = openTab(name, { history: false });
      await after.sessions.save('trip', snapshotOf(['four']));
      expect(await statesOf(after.store, 'trip')).toBe(1);
      expect(textsOf(await before.sessions.load('trip'))).toEqual(['four']);
    });
  });

  test('a timeline is stored once, however many states have it', async () => {
    const { sessions, store } = openTab();
    const texts = Array.from({ length: 100 }, (_, index) => `${index} ${'x'.repeat(1000)}`);
    await sessions.save('trip', snapshotOf(texts));
    const one = (await store.storage()).sessions[0]!.bytes;
    for (let turn = 0; turn < 15; turn++) {
      texts.push(`more ${turn}`);
      await sessions.save('trip', snapshotOf(texts));
    }
    expect((await store.storage()).sessions[0]!.bytes).toBeLessThan(one * 1.3);
  });

  test('what cannot be a session, a snapshot or a store is refused with its path', async () => {
    const { sessions, store } = openTab();
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    await expect(sessions.save('  ', snapshotOf([]))).rejects.toMatchObject({ path: 'sessionId' });
    await expect(sessions.load(undefined as never)).rejects.toMatchObject({ path: 'sessionId' });
    await expect(sessions.save('trip', null as never)).rejects.toMatchObject({ path: 'snapshot' });
    await expect(sessions.save('trip', snapshotOf([], { comState: circle }))).rejects.toMatchObject({
      path: 'snapshot',
      cause: expect.any(TypeError),
    });
    expect(() => new OffshootSessionStore({} as never)).toThrow(/IndexedDBSessionStore/);
    expect(() => new OffshootSessionStore(store, { history: 0 })).toThrow(/options\.history/);
    expect(await sessions.list()).toEqual([]);
  });

  test("another program's session is not taken for Agentick's", async () => {
    const { sessions, store } = openTab();
    await store.saveSnapshot(undefined, () => ({
      sessionId: 'genkit',
      createdAt: '2026-01-01T00:00:00Z',
      status: 'pending',
    }));
    await expect(sessions.load('genkit')).rejects.toMatchObject({ status: 'FAILED_PRECONDITION' });
  });
}
