import fc from 'fast-check';
import { expect } from 'vitest';
import { IndexedDBSessionStore, type RetentionPolicy, type RetentionReport } from '../../src/index.js';
import { at, save } from '../../src/testing/sample-snapshots.js';
import {
  ModelSession,
  plannedPolicy,
  plannedSessions,
  type PlannedPolicy,
  type PlannedSession,
} from './model.js';

const messagesOn = (path: readonly string[]) =>
  path.map((id) => ({ role: 'user', content: [{ text: `${id} `.repeat(150) }] }));

async function fill(store: IndexedDBSessionStore<any>, sessions: readonly ModelSession[]): Promise<void> {
  for (const session of sessions) {
    for (const { id, parent, minute, isPending } of session.snapshots) {
      await save(store, id, {
        sessionId: session.id,
        createdAt: at(minute * 60),
        ...(parent !== undefined && { parentId: parent }),
        status: isPending ? 'pending' : 'completed',
        state: { messages: messagesOn(session.pathTo(id)) },
      });
    }
    if (session.selected !== undefined) await store.selectBranch(session.selected);
    if (session.isPinned) await store.updateSession(session.id, { metadata: { pinned: true } });
  }
}

const policyOf = ({ oldest, limits }: PlannedPolicy): RetentionPolicy => ({
  ...limits,
  // Half a minute is more than a run takes.
  ...(oldest !== undefined && { maxAgeMs: Date.now() - Date.parse(at(oldest * 60)) + 30_000 }),
  keep: ({ metadata }) => metadata?.['pinned'] === true,
});

async function bytesStored(store: IndexedDBSessionStore<any>): Promise<number> {
  return (await store.storage()).sessions.reduce((sum, { bytes }) => sum + bytes, 0);
}

const retainedBy = ({ retained }: RetentionReport, limit: string) =>
  retained
    .filter((each) => each.limit === limit)
    .map(({ sessionId }) => sessionId)
    .sort();

async function examine(
  store: IndexedDBSessionStore<any>,
  sessions: readonly ModelSession[],
  planned: PlannedPolicy,
): Promise<void> {
  const policy = policyOf(planned);
  const { maxSessions = Infinity, maxSnapshotsPerSession = Infinity, maxBytes = Infinity } = policy;
  const before = await bytesStored(store);
  const report = await store.retain(policy);
  const after = await bytesStored(store);
  expect((await store.check()).problems).toEqual([]);

  // The least recently active first.
  const byActivity = [...sessions].sort((a, b) => a.updated - b.updated || (a.id < b.id ? -1 : 1));
  const tooOld = byActivity.filter(({ updated }) => updated < (planned.oldest ?? -1));
  const tooMany = byActivity.slice(0, Math.max(0, byActivity.length - maxSessions));
  const doomed = byActivity.filter((session) => tooOld.includes(session) || tooMany.includes(session));
  const left = byActivity.filter((session) => !doomed.includes(session) || session.staysWhole);
  // For want of room go the first of those that are left, but never the last of all.
  const deletedForRoom = report.sessions.filter((id) => left.some((session) => session.id === id));
  const deletable = left.slice(0, -1).filter(({ staysWhole }) => !staysWhole);
  expect(deletedForRoom).toEqual(deletable.slice(0, deletedForRoom.length).map(({ id }) => id));
  if (after > maxBytes) expect(deletedForRoom).toHaveLength(deletable.length);
  const survivors = left.filter(({ id }) => !deletedForRoom.includes(id));
  expect(new Set(report.sessions)).toEqual(
    new Set(byActivity.filter((session) => !survivors.includes(session)).map(({ id }) => id)),
  );

  const expected = new Map(
    survivors.map((session) => [session, session.afterPruning(maxSnapshotsPerSession)]),
  );
  const listed = await store.listSessions({ order: 'asc' });
  expect(listed.sessions.map(({ sessionId }) => sessionId)).toEqual(survivors.map(({ id }) => id));
  const stored: string[] = [];
  for (const [session, ids] of expected) {
    const tree = await store.getTree(session.id);
    expect([...tree.nodes.keys()].sort()).toEqual([...ids].sort());
    for (const id of session.protected) expect(ids).toContain(id);
    expect(tree.headId).toBe(session.selected ?? session.leaves(ids).at(-1));
    for (const id of ids) {
      const snapshot = await store.getSnapshot({ snapshotId: id });
      expect(snapshot?.state).toEqual({ messages: messagesOn(session.pathTo(id)) });
    }
    stored.push(...ids);
  }
  const all = sessions.flatMap((session) => session.snapshots.map(({ id }) => id));
  expect([...report.snapshots].sort()).toEqual(all.filter((id) => !stored.includes(id)).sort());
  expect(report.bytes).toBeCloseTo(before - after, 0);

  // Every limit is met, or the report says whose fault it is.
  const idsOf = (these: readonly ModelSession[]) => these.map(({ id }) => id).sort();
  const stay = doomed.filter(({ staysWhole }) => staysWhole);
  const stayTooOld = stay.filter((session) => tooOld.includes(session));
  expect(retainedBy(report, 'maxAgeMs')).toEqual(idsOf(stayTooOld));
  expect(retainedBy(report, 'maxSessions')).toEqual(
    idsOf(stay.filter((session) => !tooOld.includes(session))),
  );
  const tooLong = left.filter(
    (session) => session.afterPruning(maxSnapshotsPerSession).length > maxSnapshotsPerSession,
  );
  expect(retainedBy(report, 'maxSnapshotsPerSession')).toEqual(idsOf(tooLong));
  expect(retainedBy(report, 'maxBytes')).toEqual(after > maxBytes ? idsOf(survivors) : []);

  const again = await store.retain(policy);
  expect(again).toMatchObject({ sessions: [], snapshots: [], bytes: 0 });
  expect(await bytesStored(store)).toBe(after);
}

/** Whatever is stored and whatever the policy, what may not go stays, and what may goes. */
export const retains: fc.IAsyncProperty<[PlannedSession[], PlannedPolicy]> = fc.asyncProperty(
  plannedSessions,
  plannedPolicy,
  async (planned, policy) => {
    const sessions = planned.map((plan, n) => new ModelSession(`s${n}`, plan));
    const store = new IndexedDBSessionStore<any>({ name: `retention-${crypto.randomUUID()}` });
    try {
      await fill(store, sessions);
      await examine(store, sessions, policy);
    } finally {
      await store.deleteDatabase();
      await store.close();
    }
  },
);
