import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { HealthEvent, ImportReport, RetentionPolicy } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { freshName, openStore } from '../stores/open-store.js';
import { TestLockManager } from '../stand-ins/lock-manager.js';
import { exported, linesOf, streamOf, type Failure } from './files.js';

const DAY = 86_400_000;
const NOW = Date.parse('2026-05-01T12:00:00Z');

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }));
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const daysAgo = (days: number) => ({ createdAt: new Date(NOW - days * DAY).toISOString() });

/** Sessions `d100`, `d50` and `d1`, of two snapshots each, named after their age; and a snapshot without one. */
async function chats(): Promise<string> {
  const from = openStore({ compaction: false });
  for (const days of [100, 50, 1]) {
    const more = {
      sessionId: `d${days}`,
      ...daysAgo(days),
      state: { messages: [{ days }, 'x'.repeat(900)] },
    };
    await save(from, `a${days}`, turn(0, more));
    await save(from, `b${days}`, turn(0, { ...more, parentId: `a${days}` }));
  }
  await save(from, 'alone', { ...turn(0, daysAgo(500)), sessionId: undefined });
  return exported(from);
}

/** A session of six snapshots, five of which are branches of the first. */
async function branched(): Promise<string> {
  const from = openStore({ compaction: false });
  await save(from, 'root', turn(0, daysAgo(1)));
  for (let n = 0; n < 5; n++) await save(from, `n${n}`, turn(n, { ...daysAgo(1), parentId: 'root' }));
  return exported(from);
}

const told = ({ sessions }: ImportReport) =>
  Object.fromEntries(
    sessions.flatMap(({ sessionId, willBeDeleted }) => (willBeDeleted ? [[sessionId, willBeDeleted]] : [])),
  );

const whole = (limit: string) => ({ limit, what: 'session', snapshots: 2 });

it.each<[string, () => Promise<string>, RetentionPolicy | undefined, object]>([
  ['nothing without a policy', chats, undefined, {}],
  ['nothing if all is met', chats, { maxAgeMs: 400 * DAY, maxSessions: 3, maxBytes: 1e9 }, {}],
  ['what is too old', chats, { maxAgeMs: 90 * DAY }, { d100: whole('maxAgeMs') }],
  [
    'all that is too old',
    chats,
    { maxAgeMs: DAY / 2 },
    { d100: whole('maxAgeMs'), d50: whole('maxAgeMs'), d1: whole('maxAgeMs') },
  ],
  ['what is too many', chats, { maxSessions: 1 }, { d100: whole('maxSessions'), d50: whole('maxSessions') }],
  [
    'what is both, once',
    chats,
    { maxAgeMs: 90 * DAY, maxSessions: 1 },
    { d100: whole('maxAgeMs'), d50: whole('maxSessions') },
  ],
  ['what is too large', chats, { maxBytes: 1 }, { d100: whole('maxBytes'), d50: whole('maxBytes') }],
  [
    'not what is kept',
    chats,
    { maxAgeMs: 2 * DAY, keep: ({ sessionId }) => sessionId === 'd50' },
    { d100: whole('maxAgeMs') },
  ],
  [
    'nothing by a policy that fails',
    chats,
    {
      maxAgeMs: 1,
      keep: () => {
        throw new Error('no');
      },
    },
    {},
  ],
  [
    'which branches',
    branched,
    { maxSnapshotsPerSession: 3 },
    { s: { limit: 'maxSnapshotsPerSession', what: 'branches', snapshots: 3 } },
  ],
])('The report of an import tells %s', async (_, make, retention, expected) => {
  const file = await make();
  const events: HealthEvent[] = [];
  const store = openStore({ retention, onHealth: (event) => events.push(event) });
  const report = await store.importSessions(streamOf(file));
  expect(told(report)).toEqual(expected);
  expect(report.complete).toBe(true);
  expect(events, 'nothing has gone').toEqual([]);
  expect((await store.listSessions()).sessions).toHaveLength(make === chats ? 3 : 1);

  // And that is what happens.
  if (!retention || Object.keys(expected).length === 0) return;
  const { sessions, snapshots } = await store.retain(retention);
  const gone = report.sessions.filter(({ willBeDeleted }) => willBeDeleted);
  const wholly = gone.filter(({ willBeDeleted }) => willBeDeleted?.what === 'session');
  expect(new Set(sessions)).toEqual(new Set(wholly.map(({ sessionId }) => sessionId)));
  expect(snapshots).toHaveLength(gone.reduce((sum, { willBeDeleted }) => sum + willBeDeleted!.snapshots, 0));
});

it('counts what was there before, and names copies by what they came from', async () => {
  const file = await chats();
  const store = openStore({ retention: { maxSessions: 4 } });
  await save(store, 'b50', turn(0, { sessionId: 'here', ...daysAgo(0) }));
  await save(store, 'c', turn(0, { sessionId: 'd1', ...daysAgo(0) }));
  const report = await store.importSessions(streamOf(file), { onConflict: 'fork' });
  expect(report.totals).toMatchObject({ imported: 2, forked: 2 });
  expect(told(report)).toEqual({ d100: whole('maxSessions') });

  const again = await store.importSessions(streamOf(file));
  expect(again.totals).toMatchObject({ skipped: 3 });
  expect(told(again), 'what was skipped did not come in').toEqual({});
});

it('is told of what came in by an import that ended early, too', async () => {
  const lines = (await chats()).split('\n');
  const end = lines.findIndex((line) => line.startsWith('{"type":"session-end"'));
  const store = openStore({ retention: { maxAgeMs: 2 * DAY } });
  const cut = `${lines.slice(0, end + 1).join('\n')}\n`;
  const [first] = linesOf(cut).flatMap(({ type, sessionId }) => (type === 'session' ? [sessionId] : []));
  const error = await store.importSessions(streamOf(cut)).catch((reason: unknown) => reason as Failure);
  expect(error).toMatchObject({ status: 'DATA_LOSS', report: { complete: false } });
  expect(Object.keys(told((error as Failure).report as ImportReport))).toEqual(first === 'd1' ? [] : [first]);
});

it('tells the same of Genkit files', async () => {
  const file = new File(
    [JSON.stringify({ snapshotId: 'g', sessionId: 'old', ...daysAgo(100), state: { messages: [] } })],
    'g.json',
  );
  const store = openStore({ retention: { maxAgeMs: 90 * DAY } });
  expect(told(await store.importGenkitFiles([file]))).toEqual({
    old: { limit: 'maxAgeMs', what: 'session', snapshots: 1 },
  });
});

it('while the clock may be wrong, tells what goes if it is right', async () => {
  const store = openStore({ retention: { maxAgeMs: 90 * DAY } });
  await save(store, 'a', turn(0, { sessionId: 'young', ...daysAgo(0) }));
  vi.setSystemTime(NOW + 400 * DAY);
  const report = await store.importSessions(streamOf(await chats()));
  expect(Object.keys(told(report)).sort()).toEqual(['d1', 'd100', 'd50']);
});

it('does not delete by itself before the report is there, in this tab or in others', async () => {
  const name = freshName();
  vi.stubGlobal('navigator', { locks: new TestLockManager() });
  const freed: HealthEvent[] = [];
  const options = {
    name,
    retention: { maxAgeMs: 90 * DAY },
    onHealth: (event: HealthEvent) => freed.push(event),
  };
  const file = new TextEncoder().encode(await chats());
  const idle = () => new Promise((resolve) => setTimeout(resolve, 300));
  const store = openStore(options);
  let at = 0;
  const slow = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (at >= file.length) {
          // All sessions are in, and the end has not been read.
          return controller.close();
        }
        const size = at === 0 ? file.length - 30 : 30;
        if (at > 0) {
          const other = openStore(options);
          await save(other, 'o', turn(0, { sessionId: 'other', ...daysAgo(0) }));
          await idle();
        }
        controller.enqueue(file.slice(at, (at += size)));
      },
    },
    { highWaterMark: 0 },
  );
  const report = await store.importSessions(slow);
  expect(told(report)).toEqual({ d100: whole('maxAgeMs') });
  expect(freed).toEqual([]);
  expect(await store.getSession('d100')).toBeDefined();

  // In time to be kept.
  await store.updateSession('d100', { metadata: { pinned: true } });
  await idle();
  expect(freed).toEqual([]);
  // The next time the store is opened it goes.
  const next = openStore(options);
  await save(next, 'p', turn(1, { sessionId: 'other', ...daysAgo(0) }));
  await idle();
  expect(freed).toMatchObject([{ type: 'freed', sessions: ['d100'] }]);
});
