import { expect } from '@playwright/test';
import {
  abort,
  abortAtOnce,
  detach,
  messages,
  release,
  send,
  showSession,
  showTurn,
  startedCalls,
  statuses,
  stoppedCalls,
  test,
} from './pages.js';

test('a conversation is still there after a reload, and goes on from its last turn', async ({ openTab }) => {
  const page = await openTab();
  const { sessionId } = await send(page, 'hello');
  await send(page, 'are you there', sessionId);

  await page.reload();
  await showSession(page, sessionId);
  await expect(messages(page)).toHaveText(['hello', '1: hello', 'are you there', '2: are you there']);

  await send(page, 'good', sessionId);
  await expect(messages(page)).toHaveText([
    'hello',
    '1: hello',
    'are you there',
    '2: are you there',
    'good',
    '3: good',
  ]);
});

test('a second tab shows each turn of the first one as it ends', async ({ openTab }) => {
  const first = await openTab();
  const second = await openTab();
  const { sessionId } = await send(first, 'one');
  await showSession(second, sessionId);
  await expect(messages(second)).toHaveText(['one', '1: one']);

  await send(first, 'two', sessionId);
  await expect(messages(second)).toHaveText(['one', '1: one', 'two', '2: two']);

  await send(first, 'three', sessionId);
  await expect(messages(second)).toHaveText(['one', '1: one', 'two', '2: two', 'three', '3: three']);
});

test('two tabs take turns in one conversation', async ({ openTab }) => {
  const first = await openTab();
  const second = await openTab();
  const { sessionId } = await send(first, 'ping');
  await showSession(first, sessionId);
  await send(second, 'pong', sessionId);
  await send(first, 'ping again', sessionId);
  await expect(messages(first)).toHaveText([
    'ping',
    '1: ping',
    'pong',
    '2: pong',
    'ping again',
    '3: ping again',
  ]);
});

test('a second tab watches a detached turn of the first one to its end', async ({ openTab }) => {
  const first = await openTab();
  const second = await openTab();
  const { sessionId, snapshotId } = await detach(first, 'slow start');
  await showSession(second, sessionId);
  await showTurn(second, snapshotId);
  await expect(statuses(second)).toHaveText(['pending']);

  await expect.poll(() => startedCalls(first)).toBe(1);
  await release(first);
  await expect(statuses(second)).toHaveText(['pending', 'completed']);
  await expect(messages(second)).toHaveText(['slow start', '1: slow start']);
});

test('a second tab aborts a detached turn, and the model call in the first tab stops', async ({
  openTab,
}) => {
  const first = await openTab();
  const second = await openTab();
  const { sessionId } = await send(first, 'hello');
  const { snapshotId } = await detach(first, 'slow thought', sessionId);
  await showTurn(first, snapshotId);
  await showTurn(second, snapshotId);
  for (const tab of [first, second]) await expect(statuses(tab)).toHaveText(['pending']);
  await expect.poll(() => startedCalls(first)).toBe(1);

  await abort(second, snapshotId);
  await expect.poll(() => stoppedCalls(first)).toBe(1);
  for (const tab of [first, second]) await expect(statuses(tab)).toHaveText(['pending', 'aborted']);

  await showSession(first, sessionId);
  await send(second, 'never mind', sessionId);
  await expect(messages(first)).toHaveText(['hello', '1: hello', 'never mind', '2: never mind']);
});

test('a detached turn that a second tab aborts at first sight stops as well', async ({ openTab }) => {
  const first = await openTab();
  const second = await openTab();
  const { sessionId } = await send(first, 'hello');
  await abortAtOnce(second, sessionId);

  const { snapshotId } = await detach(first, 'slow thought', sessionId);
  await expect.poll(() => stoppedCalls(first)).toBe(1);
  await showTurn(first, snapshotId);
  await expect(statuses(first)).toHaveText(['aborted']);
});
