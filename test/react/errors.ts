import { describe, expect, it } from 'vitest';
import { SessionStoreError } from '../../src/index.js';
import { useSession, useSessions, useSnapshot } from '../../src/react/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { freshName, openStore } from '../stores/open-store.js';
import { observed, rest, show, type MakeRoot } from './page.js';

const refuse = (status: 'PERMISSION_DENIED' | 'DATA_LOSS') => () => {
  throw new SessionStoreError(status, 'not for you');
};

/** Run in Node and in Chromium. */
export function describeErrors(makeRoot: MakeRoot): void {
  describe('errors are values', () => {
    it.each([
      ['useSessions', 'listSessions', () => useSessions],
      ['useSession', 'getTree', () => (store: never) => useSession(store, 's')],
      ['useSnapshot', 'getSnapshot', () => (store: never) => useSnapshot(store, { snapshotId: 'a' })],
    ] as const)('of %s: those of %s, until a reload finds it well again', async (_, method, hookOf) => {
      const { store, before } = observed(openStore());
      const use = hookOf() as typeof useSessions;
      await save(store, 'a', turn(1));
      before[method] = refuse('PERMISSION_DENIED');
      const shown = show(makeRoot, () => use(store));
      await shown.shows(({ status }) => status === 'error', 'the first failure');
      expect(shown.latest).toMatchObject({ data: undefined, error: { status: 'PERMISSION_DENIED' } });

      before[method] = undefined;
      shown.latest.reload();
      await shown.shows(({ status }) => status === 'ready', 'the data');
      const { data } = shown.latest;

      before[method] = refuse('DATA_LOSS');
      shown.latest.reload();
      await shown.shows(({ error }) => error?.status === 'DATA_LOSS', 'the second failure');
      expect(shown.latest.error).toBeInstanceOf(SessionStoreError);
      expect(shown.latest.data).toBe(data);

      before[method] = undefined;
      await store.updateSession('s', { title: 'Lisbon' });
      await save(store, 'a', turn(1, { touched: true }));
      await shown.shows(({ status }) => status === 'ready', 'that a change tries again');
    });

    it('names arguments that cannot work', async () => {
      const store = openStore();
      for (const use of [
        () => useSession(store, ''),
        () => useSession(store, 7 as never),
        () => useSnapshot(store, { snapshotId: ' ' }),
        () => useSnapshot(store, { sessionId: '' }),
        () => useSnapshot(store, {}),
        () => useSnapshot(store, { snapshotId: 'a', sessionId: 's' }),
        () => useSessions(store, { pageSize: 0 }),
        () => useSessions(store, { order: 'up' as never }),
        () => useSessions(store, { pagesize: 5 } as never),
        () => useSession(store, 's', { contxt: undefined } as never),
        () => useSnapshot(store, { snapshotId: 'a', contxt: {} } as never),
      ] as (() => ReturnType<typeof useSessions>)[]) {
        const shown = show(makeRoot, use);
        await shown.shows(({ status }) => status === 'error', `what is wrong with ${use}`);
        expect(shown.latest.error!.status).toBe('INVALID_ARGUMENT');
        shown.latest.reload();
        await rest();
        expect(shown.latest.error!.status).toBe('INVALID_ARGUMENT');
      }
    });

    it('tells that the store is closed, and keeps what was there', async () => {
      const name = freshName();
      const [store, closed] = [openStore({ name }), openStore({ name })];
      await save(store, 'a', turn(1));
      await closed.close();
      const hooks = (of: typeof store) => [
        () => useSessions(of),
        () => useSession(of, 's'),
        () => useSnapshot(of, { snapshotId: 'a' }),
      ];
      for (const use of hooks(closed)) {
        const shown = show(makeRoot, use as () => ReturnType<typeof useSessions>);
        await shown.shows(({ error }) => error?.status === 'FAILED_PRECONDITION', 'that it is closed');
      }
      const open = hooks(store).map((use) => show(makeRoot, use as () => ReturnType<typeof useSessions>));
      for (const each of open) await each.shows(({ status }) => status === 'ready', 'the data');
      await store.close();
      for (const each of open) {
        const { data } = each.latest;
        each.latest.reload();
        await each.shows(({ error }) => error?.status === 'FAILED_PRECONDITION', 'that it is closed');
        expect(each.latest.data).toBe(data);
      }
    });

    it('are INTERNAL where a store double throws something else, which is the cause', async () => {
      const { store, before } = observed(openStore());
      const cause = new TypeError('the double is broken');
      before['getTree'] = () => {
        throw cause;
      };
      const shown = show(makeRoot, () => useSession(store, 's'));
      await shown.shows(({ status }) => status === 'error', 'the error');
      expect(shown.latest.error).toMatchObject({ status: 'INTERNAL', cause });
    });

    it('of a list that was never read do not make the next change the whole list', async () => {
      const { store, before } = observed(openStore());
      await save(store, 'a', turn(1));
      before['listSessions'] = refuse('DATA_LOSS');
      const list = show(makeRoot, () => useSessions(store));
      await list.shows(({ status }) => status === 'error', 'the failure');
      before['listSessions'] = undefined;
      await save(store, 'b', turn(2, { sessionId: 'other' }));
      await list.shows(({ data }) => data?.sessions.length === 2, 'both sessions');
    });

    it('of a later page keep the pages before, and what has changed since', async () => {
      const { store, before } = observed(openStore());
      for (const n of [1, 2, 3]) await save(store, `root ${n}`, turn(n, { sessionId: `s${n}` }));
      const list = show(makeRoot, () => useSessions(store, { pageSize: 2 }));
      await list.shows(({ data }) => data?.sessions.length === 2, 'a page');
      before['listSessions'] = async () => {
        await store.deleteSession('s3');
        refuse('DATA_LOSS')();
      };
      list.latest.loadMore();
      await list.shows(({ status }) => status === 'error', 'the failure');
      expect(list.latest.data!.sessions.map(({ sessionId }) => sessionId)).toEqual(['s2']);
      before['listSessions'] = undefined;
      list.latest.loadMore();
      await list.shows(({ data }) => data!.sessions.length === 2 && !data!.hasMore, 'the other page');
      expect(list.latest.status).toBe('ready');
    });
  });
}
