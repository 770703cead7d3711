import type { SessionSnapshot, SessionSnapshotInput, SessionStore } from '../types/snapshot.js';

/** The n-th second of the day on which all cases take place. */
export const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

export const message = (text: string, role = 'user'): object => ({ role, content: [{ text }] });

/** A finished turn of the session `s`, created at that second. Fields may be unknown to the contract. */
export function turn(second: number, fields: object = {}): SessionSnapshotInput<any> {
  return {
    sessionId: 's',
    createdAt: at(second),
    status: 'completed',
    state: { messages: [message(`turn ${second}`)] },
    ...fields,
  } as SessionSnapshotInput<any>;
}

/** Saves a snapshot under an id, whatever is stored there. */
export function save(
  store: SessionStore<any>,
  snapshotId: string,
  snapshot: unknown,
): Promise<string | null> {
  return store.saveSnapshot(snapshotId, () => snapshot as SessionSnapshotInput<any>);
}

/** The stored snapshot as mutators get it: as it was written, without what reads derive. */
export async function peek(
  store: SessionStore<any>,
  snapshotId: string,
): Promise<SessionSnapshot<any> | undefined> {
  let seen: SessionSnapshot<any> | undefined;
  await store.saveSnapshot(snapshotId, (current) => {
    seen = current;
    return null;
  });
  return seen;
}

/** The id of the session's latest snapshot. */
export async function latest(store: SessionStore<any>, sessionId = 's'): Promise<string | undefined> {
  return (await store.getSnapshot({ sessionId }))?.snapshotId;
}
