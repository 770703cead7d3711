import { describe, expect, it, vi } from 'vitest';
import { branchesIn, useSession, useSessions } from '../../src/react/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { freshName, openStore } from '../stores/open-store.js';
import { rest, show, type MakeRoot } from './page.js';

type Shown = ReturnType<typeof useSession>;

const leaves = ({ data }: Shown) => data?.leaves.map(({ snapshotId }) => snapshotId).join(' ');
const statusOf = ({ data }: Shown, id: string) => data?.tree.nodes.get(id)?.status;

/** A session `s` with a root and two answers to it. */
async function twoTabs(options = {}) {
  const name = freshName();
  const [store, there] = [openStore({ name, ...options }), openStore({ name, ...options })];
  await save(there, 'root', turn(1));
  await save(there, 'a', turn(2, { parentId: 'root' }));
  await save(there, 'b', turn(3, { parentId: 'root' }));
  return { name, store, there };
}

/** Run in Node and in Chromium. */
export function describeUseSession(makeRoot: MakeRoot): void {
  describe('useSession', () => {
    it('shows the session, its tree, its leaves and where it reopens', async () => {
      const { store } = await twoTabs();
      const session = show(makeRoot, () => useSession(store, 's'));
      await session.shows(({ status }) => status === 'ready', 'the session');
      await rest();
      expect(session.renders.map(({ status }) => status)).toEqual(['pending', 'ready']);
      expect(session.latest.data).toEqual({
        sessionId: 's',
        session: await store.getSession('s'),
        tree: await store.getTree('s'),
        leaves: [expect.objectContaining({ snapshotId: 'b' }), expect.objectContaining({ snapshotId: 'a' })],
        head: expect.objectContaining({ snapshotId: 'b' }),
        branches: await store.session('s').branches(),
      });
    });

    it('says where any snapshot of its tree stands, without another read', async () => {
      const { store } = await twoTabs();
      const session = show(makeRoot, () => useSession(store, 's'));
      await session.shows(({ status }) => status === 'ready', 'the session');
      const { tree } = session.latest.data!;
      for (const id of ['root', 'a', 'b', undefined])
        expect(branchesIn(tree, id)).toEqual(await store.session('s').branches(id));
      expect(branchesIn(tree, 'gone')).toMatchObject({ path: [], siblings: [], index: -1, messages: [] });
    });

    it('shows an empty tree of a session that is not there, until its first snapshot is saved', async () => {
      const { store, there } = await twoTabs();
      const session = show(makeRoot, () => useSession(store, 'new'));
      await session.shows(({ status }) => status === 'ready', 'an empty session');
      expect(session.latest.data).toMatchObject({ session: undefined, leaves: [], head: undefined });
      await save(there, 'first', turn(1, { sessionId: 'new' }));
      await session.shows((now) => leaves(now) === 'first' && now.data!.session, 'the first snapshot');
    });

    it('shows what another tab saves, selects and deletes', async () => {
      const { store, there } = await twoTabs();
      const session = show(makeRoot, () => useSession(store, 's'));
      await session.shows((now) => leaves(now) === 'b a', 'the session');
      await there.selectBranch('a');
      await session.shows(({ data }) => data!.head?.snapshotId === 'a', 'the selection');
      await save(there, 'c', turn(4, { parentId: 'a' }));
      await session.shows(({ data }) => data!.head?.snapshotId === 'c', 'the selection moves along');
      expect(leaves(session.latest)).toBe('c b');
      await there.deleteSnapshot('b');
      await session.shows((now) => leaves(now) === 'c', 'a deletion');
      await there.deleteSession('s');
      await session.shows(({ data }) => leaves(session.latest) === '' && !data!.session, 'all is gone');
    });

    it('renders nothing of one session when another changes', async () => {
      const { store, there } = await twoTabs();
      await save(there, 'other', turn(1, { sessionId: 'other' }));
      const sessions = ['s', 'other'].map((id) => show(makeRoot, () => useSession(store, id)));
      await Promise.all(sessions.map((each) => each.shows(({ status }) => status === 'ready', 'both')));
      for (const n of [1, 2, 3]) {
        await save(there, `more ${n}`, turn(n + 3, { parentId: 'a' }));
        await sessions[0]!.shows(({ data }) => data!.tree.nodes.size === 3 + n, 'what was saved');
      }
      await there.updateSession('s', { title: 'Lisbon' });
      await sessions[0]!.shows(({ data }) => data!.session?.title === 'Lisbon', 'the title');
      await rest();
      expect(sessions[0]!.renders).toHaveLength(6);
      expect(sessions[1]!.renders.map(({ status }) => status)).toEqual(['pending', 'ready']);
    });

    it('keeps tree, leaves and head as they are when the title changes', async () => {
      const { store, there } = await twoTabs();
      const session = show(makeRoot, () => useSession(store, 's'));
      await session.shows(({ status }) => status === 'ready', 'the session');
      const before = session.latest.data!;
      await there.updateSession('s', { title: 'Lisbon' });
      await session.shows(({ data }) => data!.session?.title === 'Lisbon', 'the title');
      const after = session.latest.data!;
      expect(after.tree).toBe(before.tree);
      expect(after.leaves).toBe(before.leaves);
      expect(after.branches).toBe(before.branches);
      expect(after.head).toBe(before.head);
    });

    it('keeps the nodes that a save does not touch', async () => {
      const { store, there } = await twoTabs();
      const session = show(makeRoot, () => useSession(store, 's'));
      await session.shows(({ status }) => status === 'ready', 'the session');
      const before = session.latest.data!.tree.nodes;
      await save(there, 'c', turn(4, { parentId: 'a' }));
      await session.shows(({ data }) => data!.tree.nodes.has('c'), 'what was saved');
      const after = session.latest.data!.tree.nodes;
      expect(after.get('root')).toBe(before.get('root'));
      expect(after.get('b')).toBe(before.get('b'));
      expect(after.get('a')!.children).toEqual(['c']);
    });

    it('does not render when it is read again and nothing has changed', async () => {
      const { store } = await twoTabs();
      const session = show(makeRoot, () => useSession(store, 's'));
      await session.shows(({ status }) => status === 'ready', 'the session');
      session.latest.reload();
      await rest();
      expect(session.renders).toHaveLength(2);
    });

    it('shows a pending turn as expired when its tab is gone', async () => {
      const { name, store } = await twoTabs();
      const worker = openStore({ name });
      await save(worker, 'b', turn(3, { parentId: 'root', status: 'pending' }));
      const session = show(makeRoot, () => useSession(store, 's'));
      await session.shows((now) => statusOf(now, 'b') === 'pending', 'the turn');
      await worker.close();
      await session.shows((now) => statusOf(now, 'b') === 'expired', 'that nobody is at it any more');
    });

    it('shows a pending turn as expired when its heartbeat has run out', async () => {
      const { store, there } = await twoTabs({ heartbeatTimeoutMs: 1_000 });
      const pending = turn(3, { parentId: 'root', status: 'pending', heartbeatAt: new Date().toISOString() });
      await save(there, 'b', pending);
      vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
      const session = show(makeRoot, () => useSession(store, 's'));
      await session.shows((now) => statusOf(now, 'b') === 'pending', 'the turn');
      vi.advanceTimersByTime(10_000);
      await session.shows((now) => statusOf(now, 'b') === 'expired', 'that it was given up');
    });

    it('follows the id from render to render', async () => {
      const { store, there } = await twoTabs();
      await save(there, 'other', turn(1, { sessionId: 'other' }));
      const session = show(makeRoot, () => useSession(store, 's'));
      await session.shows((now) => leaves(now) === 'b a', 'one session');
      session.use(() => useSession(store, 'other'));
      await session.shows((now) => leaves(now) === 'other', 'the other');
      // Not one render shows the other session under this one's id.
      const shown = session.renders.flatMap(({ data }) => data?.sessionId ?? []);
      expect([...new Set(shown)]).toEqual(['s', 'other']);
    });

    it('goes with useSessions, of the same change', async () => {
      const { store, there } = await twoTabs();
      const both = show(makeRoot, () => ({ list: useSessions(store), session: useSession(store, 's') }));
      await both.shows(({ list, session }) => list.data && session.data, 'both');
      await there.updateSession('s', { title: 'Lisbon' });
      const title = 'Lisbon';
      await both.shows(({ session }) => session.data!.session!.title === title, 'the title of the session');
      await both.shows(({ list }) => list.data!.sessions[0]!.title === title, 'the title in the list');
    });
  });
}
