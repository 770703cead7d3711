import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TestLockManager } from '../../stand-ins/lock-manager.js';
import { openSync, until } from './open-sync.js';
import { ScriptedLocal, snapshotLine } from './scripted-local.js';
import { ScriptedServer } from './scripted-server.js';

beforeEach(() => void vi.stubGlobal('navigator', { locks: new TestLockManager() }));
afterEach(() => void vi.unstubAllGlobals());

/** Two tabs with one database. */
function twoTabs() {
  const [local, server] = [new ScriptedLocal(), new ScriptedServer()];
  const first = openSync({ local, server });
  const second = openSync({ local, server });
  return { local, server, first: first.sync, second: second.sync, events: second.events };
}

test('one tab listens for all, and another takes over when it goes', async () => {
  const { local, server, first } = twoTabs();
  await until(() => server.listeners === 1);
  expect(server.requests.filter((request) => request === 'GET /')).toHaveLength(1);
  await first.stop();
  await until(() => server.listeners === 1);
  local.save(snapshotLine('a'));
  await until(() => server.taken.length === 1);
});

test('a tab that does not sync shows what the other does, and can ask for it now', async () => {
  const { local, server, first, second } = twoTabs();
  await until(() => first.status.state === 'idle');
  await until(() => second.status.state === 'idle');
  local.save(snapshotLine('a'));
  await second.now();
  expect(server.taken).toHaveLength(1);
  server.first = () => Promise.reject(new TypeError('offline'));
  server.hangUp();
  await until(() => second.status.state === 'offline');
  await first.stop();
  await second.stop();
});

test('what the syncing tab had to do is told in all tabs', async () => {
  const { local, server, events } = twoTabs();
  await until(() => server.listeners === 1);
  server.refuse = () => ({ refused: 'invalid', path: 'body', message: 'is odd' });
  local.save(snapshotLine('bad'));
  await until(() => events.length === 1);
  expect(events).toMatchObject([{ type: 'refused', snapshotId: 'bad' }]);
});
