import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { IDBFactory } from 'fake-indexeddb';
import { compile, compileModule, type CompileResult } from 'svelte/compiler';
import { render } from 'svelte/server';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { message, turn } from '../../src/testing/sample-snapshots.js';
import * as binding from '../../src/svelte/index.js';
import { eventually } from '../assertions/eventually.js';
import { TestLockManager } from '../stand-ins/lock-manager.js';
import { rest } from '../stores/observed-store.js';
import { told, twoTabs } from './two-tabs.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  vi.stubGlobal('navigator', { locks: new TestLockManager() });
});
afterEach(() => void vi.unstubAllGlobals());

/** Imports what was compiled, from a place where it finds Svelte. */
async function imported({ js }: CompileResult): Promise<any> {
  const place = join(process.env['OFFSHOOT_BINDINGS'] ?? '.', '.reports');
  await mkdir(place, { recursive: true });
  const folder = await mkdtemp(join(place, 'svelte-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'compiled.mjs');
  await writeFile(file, js.code);
  return import(pathToFileURL(file).href);
}

test('what was read and then made $state is saved as what it stands for', async () => {
  const { store, there } = await twoTabs();
  const live = told(binding.liveSnapshot(store, { snapshotId: 'a' }));
  await eventually(() => live.latest.data, 'the snapshot');
  const source = 'export const stateOf = (value) => { let state = $state(value); return state; };';
  const { stateOf } = await imported(compileModule(source, { generate: 'client' }));
  const { messages } = stateOf(live.latest.data!.state);
  messages.push(message('more'));
  await store.saveSnapshot('c', () => turn(4, { parentId: 'a', state: { messages } }) as never);
  expect((await there.getSnapshot({ snapshotId: 'c' }))!.state).toEqual({
    messages: [message('turn 1'), message('more')],
  });
  expect(live.latest.data!.state!.messages).toEqual([message('turn 1')]);
});

describe('a server', () => {
  /** A component as a bundler compiles it for a server. */
  const component = async (source: string) =>
    (await imported(compile(source, { generate: 'server', filename: 'Page.svelte' }))).default;

  test('renders what is pending, and asks the store nothing', async () => {
    const { store, calls, watchers } = await twoTabs();
    vi.stubGlobal('indexedDB', undefined);
    const Page = await component(`
      <script>
        let { binding, store } = $props();
        const { liveSession, liveSessions, liveSnapshot, setSessionStore } = binding;
        setSessionStore(store);
        const list = liveSessions(store);
        const session = liveSession(store, 's');
        const snapshot = $derived(liveSnapshot(binding.getSessionStore(), { snapshotId: 'a' }));
        const wrong = liveSession(store, '');
        $list.reload();
      </script>
      <p>{$list.status} {$session.status} {$snapshot.status} {$wrong.status}</p>
    `);
    const { body } = await render(Page, { props: { binding, store } });
    expect(body).toContain('<p>pending pending pending pending</p>');
    await rest();
    expect([calls, watchers()]).toEqual([{}, 0]);
  });

  test('says how to hand a store down where none was', async () => {
    const Page = await component('<script>let { binding } = $props(); binding.getSessionStore();</script>');
    await expect((async () => render(Page, { props: { binding } }))()).rejects.toThrow('setSessionStore');
  });
});
