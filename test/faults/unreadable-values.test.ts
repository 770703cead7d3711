import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, expect, test } from 'vitest';
import type { IndexedDBSessionStore } from '../../src/index.js';
import { message, save, turn } from '../../src/testing/sample-snapshots.js';
import { observingRequests } from '../database/observe-requests.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { freshName, openStore } from '../stores/open-store.js';
import { REQUEST_FAULTS } from './fault-points.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

const [unknownError] = REQUEST_FAULTS;

/** While `action` runs, reading entries fails, as in Chromium when the file of a large value is damaged. */
function withUnreadableLogs<T>(action: () => Promise<T>): Promise<T> {
  return observingRequests(({ store, transaction, method }) => {
    if (store !== 'logs' || !['get', 'getAll', 'openCursor'].includes(method)) return undefined;
    return (request: IDBRequest) => unknownError!.strike!(request, transaction);
  }, action);
}

/** One snapshot that is in logs in part, and one of another session that is not. */
async function filled(): Promise<IndexedDBSessionStore<any>> {
  const name = freshName();
  const store = openStore({ name });
  const messages = [message('large '.repeat(1_000))];
  await save(store, 'logged', turn(1, { sessionId: 'large', state: { messages } }));
  await save(store, 'inline', turn(2, { sessionId: 'small', state: { custom: 1 } }));
  // It remembers nothing.
  return openStore({ name });
}

test('a value that the browser cannot read: DATA_LOSS, with what it said', async () => {
  const store = await filled();
  await withUnreadableLogs(async () => {
    const error = await expectRefusal(() => store.getSnapshot({ snapshotId: 'logged' }), 'DATA_LOSS');
    expect((error.cause as Error).name).toBe('UnknownError');
  });
  expect((await store.getSnapshot({ snapshotId: 'logged' }))?.state?.messages).toHaveLength(1);
});

test('it takes nothing else with it', async () => {
  const store = await filled();
  await withUnreadableLogs(async () => {
    expect((await store.listSessions()).sessions).toHaveLength(2);
    expect((await store.getTree('large')).roots).toHaveLength(1);
    expect((await store.getSnapshot({ snapshotId: 'inline' }))?.state?.custom).toBe(1);
    await save(store, 'another', turn(3, { sessionId: 'small' }));
  });
});

test('it is left out of an export, which names its session', async () => {
  const store = await filled();
  const text = await withUnreadableLogs(() =>
    new Response(store.exportSessions({ onDamaged: () => {} })).text(),
  );
  const end = JSON.parse(text.trimEnd().split('\n').at(-1)!) as object;
  expect(end).toMatchObject({ type: 'end', sessions: 1, damaged: [{ sessionId: 'large' }] });
  const other = openStore();
  expect(await other.importSessions(new Response(text).body!)).toMatchObject({
    complete: true,
    damaged: [{ sessionId: 'large' }],
  });
  expect(await other.getSnapshot({ snapshotId: 'inline' })).toBeDefined();
});

test('check names it, and repair puts aside what needs it', async () => {
  const store = await filled();
  await withUnreadableLogs(async () => {
    const { problems } = await store.check();
    expect(problems.map(({ kind }) => kind)).toEqual(['damaged', 'dangling']);
    expect(problems[0]).toMatchObject({ store: 'logs' });
    const repaired = await store.check({ repair: true });
    // The entries, the snapshot that needs them, and the row of its session.
    expect(repaired.quarantined).toBe(3);
  });
  expect((await store.check()).problems).toEqual([]);
  expect((await store.listSessions()).sessions.map(({ sessionId }) => sessionId)).toEqual(['small']);
  expect((await store.getSnapshot({ snapshotId: 'inline' }))?.state?.custom).toBe(1);
});
