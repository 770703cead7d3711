import { expect } from '@playwright/test';
import { PageSessionStore } from 'offshoot/playwright';
import { chats, messages, send, test } from './app.js';
import { PATIENT } from './patient.js';

const hello = { sessionId: 's', title: 'Greetings', turns: [{ user: 'hello', model: 'hi' }] };

test('there is no helper tab before it is needed, nor after it was closed', async ({ context, sessions }) => {
  expect(context.pages()).toEqual([]);
  await Promise.all([sessions.seed(hello), sessions.listSessions()]);
  expect(context.pages()).toHaveLength(1);
  await sessions.close();
  expect(context.pages()).toEqual([]);
  await sessions.close();
});

test('the fixture closes its helper tab', async ({ browser, baseURL, context, page }) => {
  // In the place of the fixture, whose end no test sees.
  const { sessionStoreFixtures } = await import('offshoot/playwright');
  const { sessions } = sessionStoreFixtures as { sessions: (args: object, use: object) => Promise<void> };
  await sessions({ context, baseURL, sessionStoreOptions: {} }, async (store: PageSessionStore) => {
    await store.seed(hello);
    expect(context.pages()).toHaveLength(2);
  });
  expect(context.pages()).toEqual([page]);
  const response = await page.goto('/offshoot-helper-tab');
  expect(await response?.text()).not.toContain('helper tab');
  expect(browser.isConnected()).toBe(true);
});

test('the app’s page stays in front, and its routes are its own', async ({ context, page, sessions }) => {
  const asked: string[] = [];
  await context.route('**', (route) => {
    asked.push(new URL(route.request().url()).pathname);
    return route.continue();
  });
  await page.goto('/');
  asked.length = 0;
  // Headless tabs are all drawn, so that only this shows it.
  let isInFront = false;
  page.bringToFront = async () => void (isInFront = true);
  await sessions.seed(hello);
  expect(isInFront).toBe(true);
  await expect(messages(page)).toHaveText(['hello', 'hi']);
  expect(asked).toEqual([]);
});

test('several tabs of the app see the same', async ({ context, page, sessions }) => {
  const other = await context.newPage();
  await Promise.all([page.goto('/'), other.goto('/')]);
  await sessions.seed(hello);
  for (const tab of [page, other]) await expect(chats(tab)).toHaveText(['Greetings']);
  await send(other, 'and now');
  await expect(messages(page)).toHaveCount(4);
  expect(await sessions.listSessions()).toMatchObject({ sessions: [{ snapshotCount: 2 }] });
});

test('a pending turn that was seeded expires with the helper tab', async ({ sessions }) => {
  const [id = ''] = await sessions.seed({ sessionId: 's', turns: [{ user: 'hello', status: 'pending' }] });
  expect(await sessions.getSnapshot({ snapshotId: id })).toMatchObject({ status: 'pending' });
  await sessions.close();
  expect(await sessions.waitForStatus(id, 'expired')).toMatchObject({ snapshotId: id });
});

test('a page whose clock was stopped is seeded, and waited for, all the same', async ({ page, sessions }) => {
  await page.clock.install({ time: '2026-01-01T00:00:00Z' });
  await page.clock.pauseAt('2026-01-01T01:00:00Z');
  const [parentId] = await sessions.seed(hello);
  await page.goto('/');
  await expect(messages(page)).toHaveText(['hello', 'hi']);
  await send(page, 'and now');
  const saved = await sessions.waitForSnapshot({ sessionId: 's', parentId, status: 'completed' });
  expect(saved.createdAt).toMatch(/^2026-01-01T01:/);
  await expect(sessions.waitForStatus(saved.snapshotId, 'failed', { timeout: 100 })).rejects.toThrow('100ms');
});

test('an app that its service worker answers for is seeded while offline', async ({
  context,
  page,
  sessions,
}) => {
  await page.goto('/?installed');
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await page.reload();
  await context.setOffline(true);
  await sessions.seed(hello);
  await page.reload();
  await expect(messages(page)).toHaveText(['hello', 'hi']);
  expect(context.pages()).toHaveLength(2);
});

test.describe('of a tenant', () => {
  test.use({ sessionStoreOptions: { ...PATIENT, namespace: 'ada' } });

  test('sessions are seen by the app of that tenant alone', async ({ page, sessions }) => {
    await sessions.seed(hello);
    await page.goto('/?namespace=bob');
    await expect(page.getByRole('button', { name: 'Send' })).toBeVisible();
    await expect(chats(page)).toHaveCount(0);
    await page.goto('/?namespace=ada');
    await expect(chats(page)).toHaveText(['Greetings']);
  });
});

test.describe('of an encrypted database', () => {
  const salt = new Uint8Array(16).fill(7);
  test.use({ sessionStoreOptions: { ...PATIENT, encryption: { passphrase: 'open sesame', salt } } });

  test('sessions are read and written with the passphrase', async ({ context, baseURL, page, sessions }) => {
    const [snapshotId] = await sessions.seed(hello);
    await page.goto('/?passphrase=open sesame');
    await expect(messages(page)).toHaveText(['hello', 'hi']);
    const without = new PageSessionStore(context, { url: baseURL, ...PATIENT });
    await expect(without.listSessions()).rejects.toMatchObject({ status: 'PERMISSION_DENIED' });
    const waiting = without.waitForSnapshot({ snapshotId });
    await expect(waiting).rejects.toMatchObject({ status: 'PERMISSION_DENIED' });
    await without.close();
  });
});

test('options that cannot work are refused', async ({ context, baseURL }) => {
  for (const url of [undefined, '/', 'about:blank']) {
    expect(() => new PageSessionStore(context, { url })).toThrow(/INVALID_ARGUMENT.*baseURL/);
  }
  const nameless = new PageSessionStore(context, { url: baseURL, name: ' ' });
  await expect(nameless.listSessions()).rejects.toMatchObject({ path: 'options.name' });
  expect(context.pages()).toEqual([]);
});
