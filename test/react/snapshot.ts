import { describe, expect, it, vi } from 'vitest';
import { useSnapshot } from '../../src/react/index.js';
import { message, save, turn } from '../../src/testing/sample-snapshots.js';
import { freshName, openStore } from '../stores/open-store.js';
import { observed, rest, show, type MakeRoot } from './page.js';

type Shown = ReturnType<typeof useSnapshot<any>>;

const idOf = ({ data }: Shown) => data?.snapshotId;
const isReady = ({ status }: Shown) => status === 'ready';

function twoTabs(options = {}) {
  const name = freshName();
  return { name, store: openStore({ name, ...options }), there: openStore({ name, ...options }) };
}

/** Run in Node and in Chromium. */
export function describeUseSnapshot(makeRoot: MakeRoot): void {
  describe('useSnapshot', () => {
    it('follows a turn from pending to its end, and to its deletion', async () => {
      const { store, there } = twoTabs();
      const snapshot = show(makeRoot, () => useSnapshot(store, { snapshotId: 'a' }));
      await snapshot.shows(isReady, 'an answer');
      expect(snapshot.latest.data).toBeUndefined();
      await save(there, 'a', turn(1, { status: 'pending', state: { messages: [message('Lis')] } }));
      await snapshot.shows(({ data }) => data?.status === 'pending', 'the turn');
      await save(there, 'a', turn(1, { state: { messages: [message('Lisbon')] } }));
      await snapshot.shows(({ data }) => data?.status === 'completed', 'its end');
      expect(snapshot.latest.data).toEqual(await store.getSnapshot({ snapshotId: 'a' }));
      await there.deleteSnapshot('a');
      await snapshot.shows(({ data }) => data === undefined, 'its deletion');
      await rest();
      expect(snapshot.renders.map(({ data }) => data?.status)).toEqual([
        undefined,
        undefined,
        'pending',
        'completed',
        undefined,
      ]);
    });

    it('renders nothing for what happens beside it', async () => {
      const { store, there } = twoTabs();
      await save(there, 'a', turn(1));
      const snapshot = show(makeRoot, () => useSnapshot(store, { snapshotId: 'a' }));
      await snapshot.shows(isReady, 'the snapshot');
      await save(there, 'b', turn(2, { parentId: 'a' }));
      await there.updateSession('s', { title: 'Lisbon' });
      await save(there, 'other', turn(3, { sessionId: 'other' }));
      await rest();
      expect(snapshot.renders).toHaveLength(2);
    });

    it('shows the latest leaf of a session, whichever that is', async () => {
      const { store, there } = twoTabs();
      await save(there, 'a', turn(1));
      const snapshot = show(makeRoot, () => useSnapshot(store, { sessionId: 's' }));
      await snapshot.shows((now) => idOf(now) === 'a', 'the first');
      await save(there, 'b', turn(2, { parentId: 'a' }));
      await snapshot.shows((now) => idOf(now) === 'b', 'a later one');
      await there.deleteSnapshot('b');
      await snapshot.shows((now) => idOf(now) === 'a', 'the one before');
      await there.deleteSession('s');
      await snapshot.shows(({ data }) => data === undefined, 'none');
    });

    it('notices that the save of another has pruned it', async () => {
      const { store, there } = twoTabs({ maxPersistedChainLength: 1 });
      await save(there, 'a', turn(1));
      const snapshot = show(makeRoot, () => useSnapshot(store, { snapshotId: 'a' }));
      await snapshot.shows((now) => idOf(now) === 'a', 'the snapshot');
      await there.updateSession('s', { title: 'Lisbon' });
      await rest();
      await save(there, 'b', turn(2, { parentId: 'a' }));
      await snapshot.shows(({ data }) => data === undefined, 'that it is gone');
    });

    it('notices that it was deleted before anybody could tell', async () => {
      const { name, there } = twoTabs();
      const { store, before } = observed(openStore({ name }));
      await save(there, 'a', turn(1));
      before['getSnapshot'] = async () => {
        before['getSnapshot'] = undefined;
        await there.deleteSnapshot('a');
        await rest();
      };
      const snapshot = show(makeRoot, () => useSnapshot(store, { snapshotId: 'a' }));
      await snapshot.shows((now) => isReady(now) && !now.data, 'that it is gone');
    });

    it('never goes back to a version that was read before', async () => {
      const { name, there } = twoTabs();
      const { store, before } = observed(openStore({ name }));
      await save(there, 'a', turn(1, { touched: 1 }));
      const touched = ({ data }: Shown) => (data as { touched?: number } | undefined)?.touched;
      const snapshot = show(makeRoot, () => useSnapshot(store, { snapshotId: 'a' }));
      await snapshot.shows((now) => touched(now) === 1, 'the snapshot');
      await rest();
      before['getSnapshot'] = async () => {
        before['getSnapshot'] = undefined;
        await save(there, 'a', turn(1, { touched: 3 }));
        await rest();
      };
      await save(there, 'a', turn(1, { touched: 2 }));
      await snapshot.shows((now) => touched(now) === 3, 'the last version');
      await rest();
      const seen = snapshot.renders.flatMap((each) => touched(each) ?? []);
      expect(seen).toEqual([...seen].sort((a, b) => a - b));
      expect(seen.at(-1)).toBe(3);
    });

    it('shows a turn as expired when its tab is gone', async () => {
      const { name, store } = twoTabs();
      const worker = openStore({ name });
      await save(worker, 'a', turn(1, { status: 'pending' }));
      const lookups = [{ snapshotId: 'a' }, { sessionId: 's' }];
      const shown = lookups.map((lookup) => show(makeRoot, () => useSnapshot(store, lookup)));
      for (const each of shown) await each.shows(({ data }) => data?.status === 'pending', 'the turn');
      await worker.close();
      for (const each of shown)
        await each.shows(({ data }) => data?.status === 'expired', 'that it was lost');
    });

    it('shows a turn as expired when its heartbeat has run out, and believes one that comes back', async () => {
      const { store, there } = twoTabs({ heartbeatTimeoutMs: 1_000 });
      const beating = () => turn(1, { status: 'pending', heartbeatAt: new Date().toISOString() });
      await save(there, 'a', beating());
      vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
      const snapshot = show(makeRoot, () => useSnapshot(store, { snapshotId: 'a' }));
      await snapshot.shows(({ data }) => data?.status === 'pending', 'the turn');
      vi.advanceTimersByTime(10_000);
      await snapshot.shows(({ data }) => data?.status === 'expired', 'that it was given up');
      await save(there, 'a', beating());
      await snapshot.shows(({ data }) => data?.status === 'pending', 'that it goes on');
    });

    it('follows the lookup from render to render', async () => {
      const { store, there } = twoTabs();
      await save(there, 'a', turn(1));
      await save(there, 'b', turn(2, { sessionId: 'other' }));
      const snapshot = show(makeRoot, () => useSnapshot(store, { snapshotId: 'a' }));
      await snapshot.shows((now) => idOf(now) === 'a', 'one');
      snapshot.use(() => useSnapshot(store, { snapshotId: 'b' }));
      await snapshot.shows((now) => idOf(now) === 'b', 'another');
      snapshot.use(() => useSnapshot(store, { sessionId: 's' }));
      await snapshot.shows((now) => idOf(now) === 'a', 'the latest of a session');
      const shown = snapshot.renders.map(idOf);
      expect(shown).toEqual([undefined, 'a', undefined, 'b', undefined, 'a']);
    });

    it('tells apart what only looks the same, and stands what contains itself', async () => {
      const { store, there } = twoTabs();
      const custom = (text: string) => {
        const value: Record<string, unknown> = { blob: new Blob([text]), at: new Date(text.length) };
        return { status: 'completed', state: { custom: Object.assign(value, { self: value }) } };
      };
      await save(there, 'a', turn(1, custom('one')));
      const snapshot = show(makeRoot, () => useSnapshot(store, { snapshotId: 'a' }));
      await snapshot.shows(isReady, 'the snapshot');
      const textOf = ({ data }: Shown) => (data!.state!.custom as { blob: Blob }).blob.text();
      expect(await textOf(snapshot.latest)).toBe('one');
      const before = snapshot.renders.length;
      await save(there, 'a', turn(1, custom('two')));
      await snapshot.shows(() => snapshot.renders.length > before, 'another blob');
      await expect.poll(() => textOf(snapshot.latest)).toBe('two');
    });
  });
}
