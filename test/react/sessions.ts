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
