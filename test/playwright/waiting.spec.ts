import { expect } from '@playwright/test';
import { send, test, textOf } from './app.js';

const finish = 'Finish';

test('a wait ends with the version that meets it', async ({ page, sessions }) => {
  const [first] = await sessions.seed({ sessionId: 's', turns: [{ user: 'hello', model: 'hi' }] });
  await page.goto('/?slow');
  await send(page, 'and now');
  const pending = await sessions.waitForSnapshot({ sessionId: 's', parentId: first });
  expect(pending.status).toBe('pending');
  const completed = sessions.waitForStatus(pending.snapshotId, 'completed');
  await page.getByRole('button', { name: finish }).click();
  expect((await completed).state?.messages?.map(textOf)).toEqual(['hello', 'hi', 'and now', 're: and now']);
});

test('what is there already counts', async ({ sessions }) => {
  await sessions.seed({ sessionId: 's', turns: [{ snapshotId: 'a', user: 'hello' }] });
  for (const source of [{ snapshotId: 'a' }, { sessionId: 's' }, {}]) {
    expect(await sessions.waitForSnapshot(source)).toMatchObject({ snapshotId: 'a' });
  }
  expect(await sessions.waitForStatus('a', ['failed', 'completed'])).toMatchObject({ status: 'completed' });
});

test('without an id it is the session that was active last', async ({ page, sessions }) => {
  await sessions.seed({ sessionId: 'old', turns: [{ user: 'hello' }] });
  const answered = sessions.waitForSnapshot({
    predicate: ({ state }) => textOf(state?.messages?.at(-1)) === 'hi',
  });
  await page.goto('/');
  await sessions.seed({ sessionId: 'new', turns: [{ user: 'hello', model: 'hi' }] });
  expect(await answered).toMatchObject({ sessionId: 'new' });
});

test('a session’s latest leaf is followed from one snapshot to the next', async ({ sessions }) => {
  const seen: (string | undefined)[] = [];
  const third = sessions.waitForSnapshot({
    sessionId: 's',
    predicate: async ({ snapshotId, status }) => {
      seen.push(snapshotId);
      return snapshotId === 'c' && status === 'completed';
    },
  });
  await sessions.seed({ sessionId: 's', turns: [{ snapshotId: 'a' }] });
  await sessions.waitForSnapshot({ sessionId: 's', predicate: () => seen.includes('a') });
  await sessions.seed({ sessionId: 's', turns: [{ parentId: 'a', snapshotId: 'b', status: 'failed' }] });
  await sessions.seed({ sessionId: 's', turns: [{ parentId: 'b', snapshotId: 'c', status: 'pending' }] });
  await sessions.waitForStatus('c', 'pending');
  await sessions.seed({ sessionId: 's', turns: [{ parentId: 'b', snapshotId: 'c' }] });
  await third;
  expect(seen[0]).toBe('a');
});

test('a turn whose page is closed is waited for until it has expired', async ({
  context,
  page,
  sessions,
}) => {
  await page.goto('/?slow');
  await send(page, 'hello');
  const { snapshotId } = await sessions.waitForSnapshot({ status: 'pending' });
  const expired = sessions.waitForStatus(snapshotId, 'expired');
  await page.close();
  expect(await expired).toMatchObject({ status: 'expired' });
  expect(context.pages()).toHaveLength(1);
});

test('a wait that is in vain says what was waited for, and what was seen last', async ({
  page,
  sessions,
}) => {
  await page.goto('/?slow');
  await send(page, 'hello');
  const { snapshotId } = await sessions.waitForSnapshot();
  const error = await sessions
    .waitForStatus(snapshotId, ['completed', 'failed'], { timeout: 500 })
    .catch((error: unknown) => error as Error);
  expect(error).toMatchObject({ name: 'TimeoutError' });
  expect((error as Error).message).toBe(
    'Timeout 500ms exceeded.\n' +
      `Waiting for the snapshot "${snapshotId}" to have the status "completed" or "failed".\n` +
      `Last seen: the snapshot "${snapshotId}", of the session "new", with the status "pending", with one message, ` +
      'the last: {"role":"user","content":[{"text":"hello"}]}.',
  );
  const never = sessions.waitForSnapshot({ sessionId: 'nowhere', parentId: 'a', timeout: 500 });
  await expect(never).rejects.toThrow(
    'Waiting for the latest snapshot of the session "nowhere" to have the parent "a".\nLast seen: nothing.',
  );
});

test('a limit that runs out before the first look is no reason to overlook what there is', async ({
  sessions,
}) => {
  await sessions.seed({ sessionId: 's', turns: [{ snapshotId: 'a', user: 'hello' }] });
  for (const source of [{ snapshotId: 'a' }, { sessionId: 's' }, {}]) {
    expect(await sessions.waitForSnapshot({ ...source, timeout: 1 })).toMatchObject({ snapshotId: 'a' });
    await expect(sessions.waitForSnapshot({ ...source, status: 'failed', timeout: 1 })).rejects.toThrow(
      'Last seen: the snapshot "a", of the session "s", with the status "completed"',
    );
  }
});

test('what a wait cannot do, and what a predicate throws, ends it', async ({ sessions }) => {
  await sessions.seed({ sessionId: 's', turns: [{ snapshotId: 'a' }] });
  const both = sessions.waitForSnapshot({ sessionId: 's', snapshotId: 'a' });
  await expect(both).rejects.toMatchObject({ status: 'INVALID_ARGUMENT' });
  await expect(sessions.waitForStatus(' ', 'completed')).rejects.toMatchObject({ path: 'snapshotId' });
  const predicate = () => {
    throw new RangeError('mine');
  };
  await expect(sessions.waitForSnapshot({ predicate })).rejects.toThrow(RangeError);
});

test('a wait ends when the helper tab is closed', async ({ sessions }) => {
  await sessions.seed({ sessionId: 's', turns: [{ user: 'hello' }] });
  const waiting = sessions.waitForSnapshot({ sessionId: 's', status: 'failed', timeout: 0 });
  const ended = expect(waiting).rejects.toThrow('closed');
  await sessions.listSessions();
  await sessions.close();
  await ended;
});
