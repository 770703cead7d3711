import type { IndexedDBSessionStore } from '../../../src/index.js';
import { openLocalSync, type LocalSync, type SyncEvent } from '../../../src/sync/local/index.js';
import { isRefused } from '../../../src/sync/protocol/index.js';
import { openStore } from '../../stores/open-store.js';
import type { IndexedDBSessionStoreOptions } from '../../../src/index.js';
import type { StandInServer } from './stand-in-server.js';

/** A device of a person: a database, and its rounds with a server. */
export interface Device {
  store: IndexedDBSessionStore<any>;
  local: LocalSync;
  events: SyncEvent[];
  push(): Promise<void>;
  pull(): Promise<void>;
  sync(): Promise<void>;
}

const LIMITS = { rows: 500, bytes: 1_000_000 };

export async function openDevice(
  server: StandInServer,
  options: IndexedDBSessionStoreOptions = {},
): Promise<Device> {
  const store = openStore(options);
  const { local } = await openLocalSync(store);
  const events: SyncEvent[] = [];
  const push = async () => {
    for (let inVain = 0; inVain < 4;) {
      const { replica } = await local.begin();
      const { lines, token } = await local.collect(LIMITS);
      if (lines.length === 0) return;
      const { results, end } = server.push(replica, JSON.parse(JSON.stringify(lines)));
      events.push(...(await local.accept(token, results, end)).events);
      // Nothing here is a copy of another database, so whatever was named is as it was.
      const copied = results.find((result) => isRefused(result) && result.refused === 'copied');
      if (copied) throw new Error(`named twice: ${JSON.stringify(lines[copied.line])}`);
      inVain = results.some((result) => !isRefused(result)) ? 0 : inVain + 1;
    }
  };
  const pull = async () => {
    const { replica, cursor } = await local.begin();
    events.push(...(await local.applyChanges(server.changes(cursor))).events);
    for (let round = 0; round < 5; round++) {
      const behind = await local.behind(100);
      if (behind.length === 0) return;
      for (const { incarnation, since, whole } of behind) {
        const page = server.session(incarnation, whole ? 0 : since, whole ? undefined : replica);
        events.push(...(await local.applySession(incarnation, page.rows, page)).events);
      }
    }
    // What is hidden stays behind until it is restored, or gone.
  };
  await local.begin();
  return {
    ...{ store, local, events, push, pull },
    sync: async () => {
      await pull();
      await push();
      await pull();
    },
  };
}

/** All that the store shows: sessions with their snapshots. */
export async function shown(store: IndexedDBSessionStore<any>): Promise<unknown> {
  const all: Record<string, unknown> = {};
  for (const session of (await store.listSessions({ limit: 1000 })).sessions) {
    const { sessionId, title, metadata } = session;
    const { snapshots } = await store.listSnapshots({ sessionId, limit: 1000 });
    const states: Record<string, unknown> = {};
    for (const { snapshotId } of snapshots) states[snapshotId] = await store.getSnapshot({ snapshotId });
    // One without keys is as none.
    all[sessionId] = { title, metadata: metadata ?? {}, states };
  }
  return all;
}
