import { describe, expect, test, vi } from 'vitest';
import fc from 'fast-check';
import type { HealthEvent, RetentionPolicy, SessionsChange } from '../../src/index.js';
import { at, save, turn } from '../../src/testing/sample-snapshots.js';
import { eventually } from '../assertions/eventually.js';
import { expectRefusal, failureOf } from '../assertions/expect-refusal.js';
import { freshName, openStore } from '../stores/open-store.js';
import { overwriteRow } from '../database/raw-database.js';
import { abortingCommits } from '../faults/inject-faults.js';
import { retains } from './retention-property.js';

type Store = ReturnType<typeof openStore>;

/** Sessions of one snapshot each, `s0`, `s1`, …, a second apart. */
async function sessions(store: Store, count: number): Promise<void> {
  for (let n = 0; n < count; n++) await save(store, `a${n}`, turn(n, { sessionId: `s${n}` }));
}

async function idsOf(store: Store): Promise<string[]> {
  return (await store.listSessions({ order: 'asc' })).sessions.map(({ sessionId }) => sessionId);
}

const snapshotsOf = async (store: Store, sessionId = 's') => [
  ...(await store.getTree(sessionId)).nodes.keys(),
];

const pinned: RetentionPolicy['keep'] = ({ metadata }) => metadata?.['pinned'] === true;

const nothing = { sessions: [], snapshots: [], bytes: 0, retained: [] };

const numRuns = Number(process.env['FC_RUNS'] ?? 60);

test(
  'what may not go stays, what may goes, and all limits are met or it is said why',
  {
    timeout: 60_000 + numRuns * 3000,
  },
  () => fc.assert(retains, { numRuns }),
);

describe('retain', () => {
  test('deletes sessions that are older than maxAgeMs', async () => {
    const store = openStore();
    await sessions(store, 3);
    const report = await store.retain({ maxAgeMs: Date.now() - Date.parse(at(1)) + 500 });
    expect(report).toMatchObject({ sessions: ['s0'], snapshots: ['a0'], retained: [] });
    expect(report.bytes).toBeGreaterThan(0);
    expect(await idsOf(store)).toEqual(['s1', 's2']);
  });

  test('keeps the most recently active sessions, and those that are pinned', async () => {
    const store = openStore();
    await sessions(store, 5);
    await store.updateSession('s1', { metadata: { pinned: true } });
    await save(store, 'b', turn(9, { sessionId: 's0' }));
    const report = await store.retain({ maxSessions: 2, keep: pinned });
    expect(report).toMatchObject({
      sessions: ['s2', 's3'],
      retained: [{ sessionId: 's1', limit: 'maxSessions', because: 'pinned' }],
    });
    expect(await idsOf(store)).toEqual(['s1', 's4', 's0']);
  });

  test('deletes whole branches, the oldest first, down to the fork', async () => {
    const store = openStore();
    const parents = { a: undefined, b: 'a', b1: 'b', b2: 'b1', c: 'a', d: 'a', e: 'd' };
    for (const [n, [id, parentId]] of Object.entries(parents).entries()) {
      await save(store, id, turn(n, parentId === undefined ? {} : { parentId }));
    }
    const report = await store.retain({ maxSnapshotsPerSession: 6 });
    expect(report).toMatchObject({ sessions: [], snapshots: ['b2', 'b1', 'b'], retained: [] });
    expect(await snapshotsOf(store)).toEqual(['a', 'c', 'd', 'e']);
    await store.selectBranch('c');
    expect(await store.retain({ maxSnapshotsPerSession: 1 })).toEqual({
      ...nothing,
      retained: [{ sessionId: 's', limit: 'maxSnapshotsPerSession', because: 'active' }],
    });
  });

  test('leaves sessions alone in which a turn is pending', async () => {
    const store = openStore();
    await sessions(store, 3);
    await save(store, 'running', turn(0, { sessionId: 's0', parentId: 'a0', status: 'pending' }));
    const report = await store.retain({ maxSessions: 1, maxBytes: 0 });
    expect(report.sessions).toEqual(['s1']);
    expect(report.retained).toEqual([
      { sessionId: 's0', limit: 'maxSessions', because: 'active' },
      { sessionId: 's0', limit: 'maxBytes', because: 'active' },
      { sessionId: 's2', limit: 'maxBytes', because: 'active' },
    ]);
    expect(await idsOf(store)).toEqual(['s0', 's2']);
  });

  test('takes a turn whose worker is dead for no reason to keep a session', async () => {
    const store = openStore({ heartbeatTimeoutMs: 0 });
    await sessions(store, 2);
    const stale = { sessionId: 's0', status: 'pending', heartbeatAt: at(0) };
    await save(store, 'lost', turn(0, stale));
    expect(await store.retain({ maxSessions: 1 })).toMatchObject({ sessions: ['s0'] });
  });

  test('frees until the sessions take no more than maxBytes', async () => {
    const store = openStore();
    await sessions(store, 6);
    const { sessions: before } = await store.storage();
    const total = before.reduce((sum, { bytes }) => sum + bytes, 0);
    const report = await store.retain({ maxBytes: total / 2 });
    expect(report.sessions).toEqual(['s0', 's1', 's2']);
    expect(report.bytes).toBeCloseTo(total / 2, 0);
  });

  test('deletes nothing of a session with a row that it cannot read', async () => {
    const name = freshName();
    const store = openStore({ name });
    await sessions(store, 2);
    await save(store, 'b', turn(0, { sessionId: 's0', parentId: 'a0' }));
    await overwriteRow(name, 'snapshots', 'b', (row) => ({ ...row, format: 99 }));
    const report = await store.retain({ maxSessions: 1 });
    expect(report).toEqual({
      ...nothing,
      retained: [{ sessionId: 's0', limit: 'maxSessions', because: 'damaged' }],
    });
  });

  test('tells every tab', async () => {
    const name = freshName();
    const [one, two] = [openStore({ name }), openStore({ name })];
    await sessions(one, 2);
    const heard: SessionsChange[] = [];
    two.onSessionsChange((change) => heard.push(change));
    await one.retain({ maxSessions: 1 });
    await eventually(() => heard.length > 0, 'the other tab to hear of it');
    expect(heard).toEqual([{ type: 'deleted', sessionId: 's0' }]);
  });

  test('leaves a session alone that somebody goes on with in the very moment', async () => {
    const name = freshName();
    const [one, two] = [openStore({ name }), openStore({ name })];
    await sessions(one, 2);
    let saving: Promise<unknown> | undefined;
    const keep = () => {
      saving ??= save(two, 'new', turn(9, { sessionId: 's0', parentId: 'a0' }));
      return false;
    };
    // The other tab's transaction begins before the one that would delete.
    const report = await one.retain({ maxSessions: 1, keep });
    await saving;
    expect(report.sessions).toEqual([]);
    expect(report.retained).toEqual([{ sessionId: 's0', limit: 'maxSessions', because: 'active' }]);
    expect(await snapshotsOf(one, 's0')).toEqual(['a0', 'new']);
  });

  test('shows how far it is, and stops when its signal says so', async () => {
    const store = openStore();
    await sessions(store, 5);
    const controller = new AbortController();
    const progress: number[][] = [];
    const stopping = store.retain(
      { maxSessions: 1 },
      {
        signal: controller.signal,
        onProgress: ({ done, total }) => {
          progress.push([done, total]);
          if (done === 2) controller.abort(new Error('enough'));
        },
      },
    );
    expect(((await failureOf(() => stopping)) as Error).message).toBe('enough');
    expect(progress).toEqual([
      [1, 4],
      [2, 4],
    ]);
    expect(await idsOf(store)).toEqual(['s2', 's3', 's4']);
    expect((await store.check()).problems).toEqual([]);
  });

  test.each<[string, object, string]>([
    ['a negative age', { maxAgeMs: -1 }, 'maxAgeMs'],
    ['no number', { maxBytes: '1 GB' }, 'maxBytes'],
    ['half a session', { maxSessions: 1.5 }, 'maxSessions'],
    ['no snapshots at all', { maxSnapshotsPerSession: 0 }, 'maxSnapshotsPerSession'],
    ['what is no function', { keep: true }, 'keep'],
    ['a limit that there is not', { maxDays: 30 }, 'maxDays'],
  ])('refuses %s', async (_, policy, path) => {
    const store = openStore();
    await sessions(store, 2);
    await expectRefusal(() => store.retain(policy), 'INVALID_ARGUMENT', `policy.${path}`);
    await expectRefusal(
      () => openStore({ retention: policy }),
      'INVALID_ARGUMENT',
      `options.retention.${path}`,
    );
    expect(await idsOf(store)).toHaveLength(2);
  });

  test('fails with what keep throws, and with a promise, and deletes nothing', async () => {
    const store = openStore();
    await sessions(store, 2);
    const error = new TypeError('keep is wrong');
    const throwing = () => {
      throw error;
    };
    expect(await failureOf(() => store.retain({ maxSessions: 1, keep: throwing }))).toBe(error);
    const asynchronous = (async () => true) as never;
    await expectRefusal(
      () => store.retain({ maxSessions: 1, keep: asynchronous }),
      'INVALID_ARGUMENT',
      'policy.keep',
    );
    expect(await idsOf(store)).toHaveLength(2);
  });
});

describe('The option retention', () => {
  /** Opens a store where idle time comes when it is told to. */
  async function withIdleTime(
    retention: RetentionPolicy,
    action: (store: Store, idle: (() => void)[], told: HealthEvent[]) => Promise<void>,
  ): Promise<void> {
    const idle: (() => void)[] = [];
    vi.stubGlobal('requestIdleCallback', (run: () => void) => idle.push(run));
    const told: HealthEvent[] = [];
    try {
      await action(openStore({ retention, onHealth: (event) => told.push(event) }), idle, told);
    } finally {
      vi.unstubAllGlobals();
    }
  }

  test('is applied in idle time, told, and then left for a while', () =>
    withIdleTime({ maxSessions: 2 }, async (store, idle, told) => {
      await sessions(store, 4);
      await expect.poll(() => idle).toHaveLength(1);
      expect(await idsOf(store)).toHaveLength(4);
      idle[0]!();
      await expect.poll(() => told).toHaveLength(1);
      expect(told).toMatchObject([{ type: 'freed', sessions: ['s0', 's1'], snapshots: ['a0', 'a1'] }]);
      expect(await idsOf(store)).toEqual(['s2', 's3']);
      await sessions(store, 4);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(idle).toHaveLength(1);
    }));

  test('what keep throws in idle time is reported', async () => {
    const reported = vi.spyOn(console, 'error').mockImplementation(() => {});
    const error = new TypeError('keep is wrong');
    const keep = () => {
      throw error;
    };
    await withIdleTime({ maxSessions: 1, keep }, async (store, idle) => {
      await sessions(store, 2);
      await expect.poll(() => idle).toHaveLength(1);
      idle[0]!();
      await expect.poll(() => reported).toHaveBeenCalledWith(error);
      expect(await idsOf(store)).toHaveLength(2);
    });
    reported.mockRestore();
  });

  test('is applied when a save finds no room, which is then tried again', () =>
    withIdleTime({ maxSessions: 1 }, async (store, _, told) => {
      await sessions(store, 3);
      const full = new DOMException('The disk is full.', 'QuotaExceededError');
      await abortingCommits(1, full, () => save(store, 'new', turn(9, { sessionId: 'new' })));
      expect(told).toMatchObject([{ type: 'freed', sessions: ['s0', 's1'] }]);
      expect(await idsOf(store)).toEqual(['s2', 'new']);
    }));

  test('that cannot free anything leaves it to the application', () =>
    withIdleTime({ maxSessions: 5 }, async (store, _, told) => {
      await sessions(store, 3);
      const full = new DOMException('The disk is full.', 'QuotaExceededError');
      await abortingCommits(1, full, () =>
        expectRefusal(() => save(store, 'new', turn(9, { sessionId: 'new' })), 'RESOURCE_EXHAUSTED'),
      );
      expect(told).toMatchObject([{ type: 'quota' }]);
      expect(await idsOf(store)).toEqual(['s0', 's1', 's2']);
    }));
});
