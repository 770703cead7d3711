import { expect, type Page } from '@playwright/test';
import {
  abort,
  age,
  detach,
  judge,
  messages,
  release,
  send,
  showSession,
  showTurn,
  startedCalls,
  statuses,
  test,
} from './pages.js';

const MINUTE = 60_000;

const both = (status: string) => ({ store: status, genkit: status });

/** Starts a turn in the background of a tab, and returns once the model works on it. */
async function detachSlowly(page: Page, sessionId?: string) {
  const turn = await detach(page, 'slow thought', sessionId);
  await expect.poll(() => startedCalls(page)).toBe(1);
  return turn;
}

test('a detached turn of a tab that lives is pending to Genkit in another tab, however late its heartbeat', async ({
  openTab,
}) => {
  const [first, second] = [await openTab(), await openTab()];
  const { snapshotId } = await detachSlowly(first);
  await showTurn(second, snapshotId);
  await expect(statuses(second)).toHaveText(['pending']);
  await age(first, snapshotId, 4 * MINUTE);
  await expect(statuses(second)).toHaveText(['pending', 'pending']);
  for (const tab of [first, second]) expect(await judge(tab, snapshotId)).toEqual(both('pending'));

  await release(first);
  await expect(statuses(second)).toHaveText(['pending', 'pending', 'completed']);
  expect(await judge(second, snapshotId)).toEqual(both('completed'));
});

test('a turn that was lost in a tab that lives is expired to Genkit too, and believed when it goes on', async ({
  openTab,
}) => {
  const [first, second] = [await openTab(), await openTab()];
  const { snapshotId } = await detachSlowly(first);
  await age(first, snapshotId, 6 * MINUTE);
  for (const tab of [first, second]) expect(await judge(tab, snapshotId)).toEqual(both('expired'));

  await release(first);
  await expect.poll(() => judge(second, snapshotId)).toEqual(both('completed'));
});

test('a turn whose tab was closed is expired to Genkit too; it can be aborted, and the conversation goes on', async ({
  openTab,
}) => {
  const [first, second] = [await openTab(), await openTab()];
  const { sessionId } = await send(first, 'hello');
  const { snapshotId } = await detachSlowly(first, sessionId);
  await showTurn(second, snapshotId);
  await expect(statuses(second)).toHaveText(['pending']);
  expect(await judge(second, snapshotId)).toEqual(both('pending'));

  await first.close();
  await expect(statuses(second)).toHaveText(['pending', 'expired']);
  expect(await judge(second, snapshotId)).toEqual(both('expired'));

  await abort(second, snapshotId);
  await expect(statuses(second)).toHaveText(['pending', 'expired', 'aborted']);
  await send(second, 'never mind', sessionId);
  await showSession(second, sessionId);
  await expect(messages(second)).toHaveText(['hello', '1: hello', 'never mind', '2: never mind']);
});

test('after a reload in the midst of a detached turn, neither store nor Genkit claims that it still runs', async ({
  openTab,
}) => {
  const [first, second] = [await openTab(), await openTab()];
  const { snapshotId } = await detachSlowly(first);
  await first.reload();
  for (const tab of [first, second]) {
    await expect.poll(() => judge(tab, snapshotId)).toEqual(both('expired'));
  }
});
