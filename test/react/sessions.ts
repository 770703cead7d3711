import { describe, expect, it } from 'vitest';
import { useSessions } from '../../src/react/index.js';
import { at, save, turn } from '../../src/testing/sample-snapshots.js';
import { freshName, openStore } from '../stores/open-store.js';
import { observed, rest, show, type MakeRoot } from './page.js';

type List = ReturnType<typeof useSessions>;

const ids = (list: List) => list.data?.sessions.map(({ sessionId }) => sessionId).join(' ');
const rowOf = (list: List, id: string) => list.data!.sessions.find(({ sessionId }) => sessionId === id);

/** Sessions `s1` to `s<count>`, the last the latest. Each has one snapshot, named after it. */
async function twoTabs(count: number) {
  const name = freshName();
  const [here, there] = [observed(openStore({ name })), openStore({ name })];
  const sessionIds = Array.from({ length: count }, (_, n) => `s${n + 1}`);
  await Promise.all(
    sessionIds.map((sessionId, n) => save(there, `${sessionId}-root`, turn(n + 1, { sessionId }))),
  );
  return { ...here, there };
}

/** Run in Node and in Chromium. */
export function describeUseSessions(makeRoot: MakeRoot): void {
  describe('useSessions', () => {
    it('is pending at first, and ready then, and renders for nothing else', async () => {
      const { store } = await twoTabs(2);
      const list = show(makeRoot, () => useSessions(store));
      await list.shows(({ status }) => status === 'ready', 'the list');
      await rest();
      expect(list.renders.map(({ status }) => status)).toEqual(['pending', 'ready']);
      expect(ids(list.latest)).toBe('s2 s1');
      expect(list.latest.data).toMatchObject({ hasMore: false, damaged: [] });
    });

    it('moves what another tab saves to the top, and keeps every other row as it is', async () => {
      const { store, there } = await twoTabs(3);
      const list = show(makeRoot, () => useSessions(store));
      await list.shows((now) => ids(now) === 's3 s2 s1', 'the list');
      const before = list.latest;
      await save(there, 'more', turn(10, { sessionId: 's1', parentId: 's1-root' }));
      await list.shows((now) => ids(now) === 's1 s3 s2', 'the new order');
      expect(list.renders).toHaveLength(3);
      expect(rowOf(list.latest, 's1')).toMatchObject({ snapshotCount: 2, updatedAt: at(10) });
      expect(rowOf(list.latest, 's2')).toBe(rowOf(before, 's2'));
      expect(rowOf(list.latest, 's3')).toBe(rowOf(before, 's3'));
    });

    it('shows titles, new sessions and deletions of another tab', async () => {
      const { store, there } = await twoTabs(2);
      const list = show(makeRoot, () => useSessions(store));
      await list.shows((now) => ids(now) === 's2 s1', 'the list');
      await there.updateSession('s1', { title: 'Lisbon' });
      await list.shows((now) => rowOf(now, 's1')?.title === 'Lisbon', 'the title');
      await save(there, 'new', turn(5, { sessionId: 'new' }));
      await list.shows((now) => ids(now) === 'new s2 s1', 'the new session');
      await there.deleteSession('s2');
      await list.shows((now) => ids(now) === 'new s1', 'the deletion');
    });

    it('lists anew when another tab clears everything', async () => {
      const { store, there } = await twoTabs(2);
      const list = show(makeRoot, () => useSessions(store));
      await list.shows((now) => ids(now) === 's2 s1', 'the list');
      await there.clear();
      await list.shows((now) => ids(now) === '', 'nothing');
      await save(there, 'new', turn(1, { sessionId: 'new' }));
      await list.shows((now) => ids(now) === 'new', 'the new session');
    });

    it('pages through 230 sessions, each once, in the order of the store', async () => {
      const { store, calls } = await twoTabs(230);
      const list = show(makeRoot, () => useSessions(store));
      for (const count of [50, 100, 150, 200, 230]) {
        await list.shows(({ data }) => data?.sessions.length === count, `${count} sessions`);
        expect(list.latest.data!.hasMore).toBe(count < 230);
        list.latest.loadMore();
      }
      await rest();
      expect(calls['listSessions']).toBe(5);
      expect(list.latest.data!.sessions).toEqual((await store.listSessions({ limit: 1000 })).sessions);
    });

    it('reads every page again that is shown, and neither renders nor replaces what is the same', async () => {
      const { store, calls, before } = await twoTabs(5);
      const list = show(makeRoot, () => useSessions(store, { pageSize: 2 }));
      await list.shows(({ data }) => data?.sessions.length === 2, 'a page');
      list.latest.loadMore();
      await list.shows(({ data }) => data?.sessions.length === 4, 'two pages');
      const [renders, shown] = [list.renders.length, list.latest];
      list.latest.reload();
      await expect.poll(() => calls['listSessions']).toBe(4);
      await rest();
      expect(list.renders).toHaveLength(renders);

      before['listSessions'] = () => {
        before['listSessions'] = undefined;
        throw new Error('not now');
      };
      list.latest.reload();
      await list.shows(({ status }) => status === 'error', 'the failure');
      expect(list.latest.data).toBe(shown.data);
      list.latest.reload();
      await list.shows(({ status }) => status === 'ready', 'it works again');
      expect(list.latest.data).toBe(shown.data);
    });

    it('reads one page however often it is asked meanwhile, and one more after a reload that is under way', async () => {
      const { store, calls } = await twoTabs(9);
      const list = show(makeRoot, () => useSessions(store, { pageSize: 2 }));
      list.latest?.loadMore();
      await list.shows(({ data }) => data, 'a page');
      expect(list.latest.data!.sessions).toHaveLength(2);
      for (let n = 0; n < 3; n++) list.latest.loadMore();
      await list.shows(({ data }) => data!.sessions.length > 2, 'another');
      await rest();
      expect(calls['listSessions']).toBe(2);
      list.latest.reload();
      list.latest.loadMore();
      await list.shows(({ data }) => data!.sessions.length === 6, 'a third');
      await rest();
      expect(list.latest.data!.sessions).toHaveLength(6);
    });

    it('loses nothing that is saved or deleted while a page is read', async () => {
      const { store, there, before } = await twoTabs(6);
      const list = show(makeRoot, () => useSessions(store, { pageSize: 3 }));
      await list.shows((now) => ids(now) === 's6 s5 s4', 'a page');
      before['listSessions'] = async () => {
        before['listSessions'] = undefined;
        await there.deleteSession('s3');
        await save(there, 'more', turn(10, { sessionId: 's2', parentId: 's2-root' }));
        await there.updateSession('s5', { title: 'Lisbon' });
        await rest();
      };
      list.latest.loadMore();
      await list.shows((now) => ids(now) === 's2 s6 s5 s4 s1', 'the second page, as it is by now');
      expect(rowOf(list.latest, 's5')!.title).toBe('Lisbon');
      expect(list.latest.data!.hasMore).toBe(false);
    });

    it('shows what comes in where the last row was, though that was deleted', async () => {
      const { store, there } = await twoTabs(4);
      const list = show(makeRoot, () => useSessions(store, { pageSize: 2 }));
      await list.shows((now) => ids(now) === 's4 s3', 'a page');
      await there.deleteSession('s3');
      await list.shows((now) => ids(now) === 's4', 'the deletion');
      await save(there, 'late', { ...turn(3, { sessionId: 'late' }), createdAt: '2026-01-01T00:00:03.500Z' });
      await list.shows((now) => ids(now) === 's4 late', 'a session of before');
      list.latest.loadMore();
      await list.shows((now) => ids(now) === 's4 late s2 s1', 'all');
    });

    it('lists the oldest first, and leaves to later pages what belongs there', async () => {
      const { store, there } = await twoTabs(4);
      const list = show(makeRoot, () => useSessions(store, { order: 'asc', pageSize: 2 }));
      await list.shows((now) => ids(now) === 's1 s2', 'a page');
      await save(there, 'more', turn(10, { sessionId: 's1', parentId: 's1-root' }));
      await list.shows((now) => ids(now) === 's2', 'it is among the latest now');
      list.latest.loadMore();
      await list.shows((now) => ids(now) === 's2 s3 s4', 'the second page');
      list.latest.loadMore();
      await list.shows((now) => ids(now) === 's2 s3 s4 s1', 'all');
      expect(list.latest.data!.hasMore).toBe(false);
    });

    it('shows only what `where` asks for, and what comes to fit or fits no more', async () => {
      const name = freshName();
      const options = { name, indexed: ['pinned', 'folder'] };
      const [{ store, calls }, there] = [observed(openStore(options)), openStore(options)];
      for (const n of [1, 2, 3, 4]) await save(there, `${n}`, turn(n, { sessionId: `s${n}` }));
      const mark = (id: string, metadata: object) => there.updateSession(id, { metadata: { ...metadata } });
      await mark('s2', { pinned: true });
      const list = show(makeRoot, () => useSessions(store, { where: { pinned: true } }));
      await list.shows((now) => ids(now) === 's2', 'what is pinned');
      list.render();
      await rest();
      expect(calls['listSessions']).toBe(1);
      await mark('s4', { pinned: true });
      await list.shows((now) => ids(now) === 's4 s2', 'another');
      const renders = list.renders.length;
      await mark('s3', { pinned: 'true', folder: 'x' });
      await mark('s1', { pinned: false });
      await rest();
      expect(list.renders).toHaveLength(renders);
      await mark('s2', { pinned: undefined });
      await list.shows((now) => ids(now) === 's4', 'one less');
      await there.deleteSession('s4', { undoable: 60_000 });
      await list.shows((now) => ids(now) === '', 'none');
      await there.restoreSession('s4');
      await list.shows((now) => ids(now) === 's4', 'what was brought back');
      list.use(() => useSessions(store, { where: { folder: 'x', pinned: 'true' } }));
      await list.shows((now) => ids(now) === 's3', 'another question');
    });

    const unreadable = {
      get pinned() {
        throw new Error('own');
      },
    };
    it.each([
      ['options.where.color', { color: 'red' }],
      ['options.where.pinned', { pinned: null }],
      ['options.where', 7],
      ['options.where.pinned', () => unreadable],
    ])('refuses a bad %s', async (path, given) => {
      const store = openStore({ indexed: ['pinned'] });
      const where: unknown = typeof given === 'function' ? given() : given;
      const list = show(makeRoot, () => useSessions(store, { where: where as never }));
      await list.shows(({ status }) => status === 'error', 'the refusal');
      expect(list.latest.error).toMatchObject({ status: 'INVALID_ARGUMENT', path });
    });

    it('is of the tenant that the context names, and does not read again for an equal context', async () => {
      const name = freshName();
      const tenants = {
        name,
        snapshotPathPrefix: (call?: { context?: any }) => call!.context.user as string,
      };
      const { store, calls } = observed(openStore(tenants));
      const ofUser = (user: string) => ({ context: { user } });
      await store.saveSnapshot('a', () => turn(1, { sessionId: 'of ada' }), ofUser('ada'));
      await store.saveSnapshot('b', () => turn(1, { sessionId: 'of bob' }), ofUser('bob'));
      const list = show(makeRoot, () => useSessions(store, ofUser('ada')));
      await list.shows((now) => ids(now) === 'of ada', 'one tenant');
      list.render();
      await rest();
      expect(calls['listSessions']).toBe(1);
      list.use(() => useSessions(store, ofUser('bob')));
      await list.shows((now) => ids(now) === 'of bob', 'the other');
    });
  });
}
