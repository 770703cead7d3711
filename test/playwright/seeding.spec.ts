import { expect } from '@playwright/test';
import { SessionStoreError } from 'offshoot';
import { chats, messages, send, test, textOf } from './app.js';

const trip = {
  sessionId: 'trip',
  title: 'May',
  metadata: { pinned: true },
  turns: [
    { snapshotId: 'a', user: 'Where to in May?', model: 'Lisbon' },
    { snapshotId: 'b', user: 'Somewhere warmer?', model: 'Seville' },
    { snapshotId: 'c', parentId: 'a', user: 'Somewhere cheaper?', model: 'Porto' },
  ],
};

test('what is seeded before the app starts is there when it does', async ({ page, sessions }) => {
  expect(await sessions.seed(trip)).toEqual(['a', 'b', 'c']);
  await page.goto('/');
  await expect(chats(page)).toHaveText(['May']);
  await expect(messages(page)).toHaveText(['Where to in May?', 'Lisbon', 'Somewhere cheaper?', 'Porto']);
});

test('what is seeded while the app runs appears in it', async ({ page, sessions }) => {
  await page.goto('/');
  await expect(chats(page)).toHaveCount(0);
  await sessions.seed(trip);
  await expect(messages(page)).toHaveText(['Where to in May?', 'Lisbon', 'Somewhere cheaper?', 'Porto']);
  await sessions.selectBranch('b');
  await expect(messages(page)).toHaveText(['Where to in May?', 'Lisbon', 'Somewhere warmer?', 'Seville']);
  await sessions.updateSession('trip', { title: 'June' });
  await expect(chats(page)).toHaveText(['June']);
  await sessions.deleteSession('trip');
  await expect(chats(page)).toHaveCount(0);
});

test('turns are a tree of snapshots, each with all messages up to there', async ({ sessions }) => {
  await sessions.seed({ ...trip, selectedSnapshotId: 'b' });
  const { nodes, roots, leaves, headId } = await sessions.getTree('trip');
  expect(nodes).toBeInstanceOf(Map);
  expect([...nodes].map(([id, { parentId, children }]) => [id, parentId, children])).toEqual([
    ['a', undefined, ['b', 'c']],
    ['b', 'a', []],
    ['c', 'a', []],
  ]);
  expect({ roots, leaves, headId }).toEqual({ roots: ['a'], leaves: ['c', 'b'], headId: 'b' });
  expect(await sessions.getSession('trip')).toMatchObject({
    title: 'May',
    metadata: { pinned: true },
    snapshotCount: 3,
    selectedSnapshotId: 'b',
  });
  expect(await sessions.getSnapshot({ snapshotId: 'b' })).toMatchObject({
    sessionId: 'trip',
    status: 'completed',
    state: {
      messages: [
        { role: 'user', content: [{ text: 'Where to in May?' }] },
        { role: 'model', content: [{ text: 'Lisbon' }] },
        { role: 'user', content: [{ text: 'Somewhere warmer?' }] },
        { role: 'model', content: [{ text: 'Seville' }] },
      ],
    },
  });
});

test('turns go on from what the app has saved, or begin anew', async ({ page, sessions }) => {
  await page.goto('/');
  await send(page, 'hello');
  const saved = await sessions.waitForSnapshot({ status: 'completed' });
  const { sessionId = '', snapshotId } = saved;
  await sessions.seed({ sessionId, turns: [{ parentId: snapshotId, user: 'and now', status: 'failed' }] });
  await expect(messages(page)).toHaveText(['hello', 're: hello', 'and now']);
  await sessions.seed({ sessionId, turns: [{ user: 'one' }, { parentId: null, user: 'another' }] });
  expect((await sessions.getTree(sessionId)).roots).toHaveLength(3);
});

test('snapshots are stored as they are, with what JSON does not have', async ({ sessions }) => {
  const custom = { seen: new Map([['a', new Set([1n])]]), at: new Date(0), bytes: new Uint8Array([1, 2]) };
  const snapshots = [
    { snapshotId: 'a', createdAt: '2026-01-01T00:00:00Z', status: 'aborted' as const, state: { custom } },
    { snapshotId: 'b', parentId: 'elsewhere' },
  ];
  expect(await sessions.seed({ sessionId: 's', snapshots })).toEqual(['a', 'b']);
  const stored = await sessions.getSnapshot({ snapshotId: 'a' });
  expect(stored).toEqual({ sessionId: 's', ...snapshots[0] });
  expect(await sessions.getSnapshot({ sessionId: 's' })).toMatchObject({ parentId: 'elsewhere' });
});

test('ids are made for those that have none', async ({ sessions }) => {
  const ids = await sessions.seed({ sessionId: 's', turns: [{ user: 'one' }, { user: 'two' }] });
  const history = await sessions.getHistory(ids[1]!);
  expect(history.map(({ snapshotId }) => snapshotId)).toEqual(ids);
});

test('an export of an app is a seed', async ({ sessions }) => {
  await sessions.seed(trip);
  const text = await sessions.exportSessions(['trip']);
  await sessions.clear();
  expect((await sessions.listSessions()).sessions).toEqual([]);
  expect(await sessions.importSessions(text)).toMatchObject({ complete: true, totals: { imported: 1 } });
  const { snapshots } = await sessions.listSnapshots({ sessionId: 'trip', order: 'asc' });
  expect(snapshots.map(({ snapshotId }) => snapshotId)).toEqual(['a', 'b', 'c']);
  expect(textOf((await sessions.getSnapshot({ snapshotId: 'c' }))?.state?.messages?.at(-1))).toBe('Porto');
});

test('what cannot be stored is refused, and says where it is', async ({ sessions }) => {
  const refusal = async (seed: object) => {
    const error: unknown = await sessions.seed({ sessionId: 's', ...seed }).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(SessionStoreError);
    const { status, path, message } = error as SessionStoreError;
    return { status, path, message };
  };
  expect(await refusal({})).toMatchObject({ status: 'INVALID_ARGUMENT' });
  expect(await refusal({ turns: [{ user: 'one' }, { createdAt: 'today' }] })).toMatchObject({
    status: 'INVALID_ARGUMENT',
    path: 'turns.1.createdAt',
    message: expect.stringMatching(/^INVALID_ARGUMENT: turns\.1: createdAt/),
  });
  expect(await refusal({ turns: [{ parentId: 'nowhere' }] })).toMatchObject({
    status: 'NOT_FOUND',
    path: 'turns.0.parentId',
  });
  expect(await refusal({ snapshots: [{ state: { custom: { onClick: () => {} } } }] })).toMatchObject({
    status: 'INVALID_ARGUMENT',
    path: 'snapshots.0.state.custom.onClick',
  });
  await sessions.seed({ sessionId: 's', turns: [{ snapshotId: 'a' }, { snapshotId: 'b' }] });
  await expect(sessions.deleteSnapshot('a')).rejects.toMatchObject({ status: 'FAILED_PRECONDITION' });
  await expect(sessions.selectBranch('nowhere')).rejects.toMatchObject({ status: 'NOT_FOUND' });
  await expect(sessions.listSessions({ limit: 0 })).rejects.toMatchObject({ status: 'INVALID_ARGUMENT' });
});

test('an import that fails says how far it came', async ({ sessions }) => {
  await sessions.seed(trip);
  const text = await sessions.exportSessions();
  const cutOff = sessions.importSessions(text.slice(0, -10), { onConflict: 'fork' });
  await expect(cutOff).rejects.toMatchObject({ status: 'DATA_LOSS', report: { complete: false } });
});
