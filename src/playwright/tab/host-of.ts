import type { IndexedDBSessionStore } from '../../index.js';
import type { Host } from '../host.js';
import { Feed } from './feed.js';
import { follow } from './follow.js';
import { seed } from './seed.js';

export function hostOf<S>(store: IndexedDBSessionStore<S>): Host<S> {
  const feeds = new Map<number, Feed<S>>();
  return {
    getSnapshot: (options) => store.getSnapshot(options),
    getSession: (sessionId) => store.getSession(sessionId),
    listSessions: (options) => store.listSessions(options),
    listSnapshots: (options) => store.listSnapshots(options),
    getHistory: (snapshotId) => store.getHistory(snapshotId),
    getTree: (sessionId) => store.getTree(sessionId),
    getHead: (sessionId) => store.getHead(sessionId),
    updateSession: (sessionId, patch) => store.updateSession(sessionId, patch),
    selectBranch: (snapshotId) => store.selectBranch(snapshotId),
    deleteSnapshot: (snapshotId, options) => store.deleteSnapshot(snapshotId, options),
    deleteSession: (sessionId) => store.deleteSession(sessionId),
    clear: () => store.clear(),
    seed: (session) => seed(store, session),
    exportSessions: (sessionIds) => new Response(store.exportSessions({ sessionIds })).text(),
    importSessions: (text, options) => store.importSessions(new Blob([text]).stream(), options),
    watch(name, source) {
      const feed = new Feed<S>();
      feed.onEnd = follow(store, source, feed);
      feeds.set(name, feed);
    },
    next: async (name) => feeds.get(name)?.next() ?? [],
    unwatch(name) {
      feeds.get(name)?.end();
      feeds.delete(name);
    },
  };
}
