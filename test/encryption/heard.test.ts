import { expect, onTestFinished, test, vi } from 'vitest';
import { eventually } from '../assertions/eventually.js';
import { freshName, openStore } from '../stores/open-store.js';
import { makeKey } from './keys.js';

test('hearing of what another tab has encrypted reports no error', async () => {
  const reported: unknown[] = [];
  vi.stubGlobal('reportError', (error: unknown) => reported.push(error));
  onTestFinished(() => void vi.unstubAllGlobals());
  const options = { name: freshName(), encryption: { key: await makeKey() } };
  const [store, other] = [openStore(options), openStore(options)];
  const heard: string[] = [];
  other.onSessionsChange(({ type }) => heard.push(type));
  await other.listSessions();
  for (let count = 1; count <= 3; count++) {
    await store.session('s').append({ role: 'user', content: [{ text: 'hello' }] });
    await eventually(() => heard.length >= count, 'the change');
  }
  expect(reported).toEqual([]);
});
