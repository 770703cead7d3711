import type { IndexedDBSessionStore, SessionChange, SessionsChange } from '../../src/index.js';
import { turn } from '../../src/testing/sample-snapshots.js';
import { eventually } from '../assertions/eventually.js';

/** A snapshot of the session `s` that tells its versions apart. */
export const counter = (count: number, fields: object = {}) =>
  turn(1, { state: { custom: count }, ...fields });

/** What was told of the snapshot `a`, of the session `s`, and of all sessions. */
export interface ToldOfEverything {
  counts: number[];
  session: SessionChange[];
  sessions: SessionsChange[];
  end: () => void;
}

/** Begins to watch, and resolves when what is stored was told: what is written from then on is news. */
export async function watchEverything(store: IndexedDBSessionStore<any>): Promise<ToldOfEverything> {
  const counts: number[] = [];
  const session: SessionChange[] = [];
  const sessions: SessionsChange[] = [];
  const ends = [
    store.onSnapshotStateChange('a', ({ state }) => counts.push(state?.custom)),
    store.onSessionChange('s', (change) => session.push(change)),
    store.onSessionsChange((change) => sessions.push(change)),
  ];
  await eventually(() => counts.length > 0, 'what is stored');
  return { counts, session, sessions, end: () => ends.forEach((end) => end()) };
}

export const typesOf = (changes: readonly SessionsChange[]): string[] => changes.map(({ type }) => type);
