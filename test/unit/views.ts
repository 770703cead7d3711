import type { IndexedDBSessionStore } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { eventually } from '../assertions/eventually.js';

type Store = IndexedDBSessionStore<any>;
type Shown = { status?: string; heartbeatAt?: string };

/** Every way to be shown the snapshot `a`, which is the head and the latest leaf of its session. */
export const VIEWS: Record<string, (store: Store) => Promise<Shown | undefined>> = {
  'getSnapshot({ snapshotId })': (store) => store.getSnapshot({ snapshotId: 'a' }),
  'getSnapshot({ sessionId })': (store) => store.getSnapshot({ sessionId: 's' }),
  listSnapshots: async (store) => (await store.listSnapshots({ sessionId: 's' })).snapshots[0],
  getHistory: async (store) => (await store.getHistory('a')).at(-1),
  'getHistory of what continues it': async (store) => {
    await save(store, 'next', turn(3, { parentId: 'a' }));
    return (await store.getHistory('next')).at(-2);
  },
  getTree: async (store) => (await store.getTree('s')).nodes.get('a'),
  getLeaves: async (store) => (await store.getLeaves('s'))[0],
  getHead: (store) => store.getHead('s'),
  'getHead, selected': async (store) => {
    await store.selectBranch('a');
    return store.getHead('s');
  },
  'a watcher that begins': async (store) => {
    const told: Shown[] = [];
    const end = store.onSnapshotStateChange('a', (snapshot) => told.push(snapshot));
    await eventually(() => told.length > 0, 'what is stored');
    end();
    return told[0];
  },
};
