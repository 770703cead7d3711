import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { IndexedDBSessionStore } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { freshName, openStore } from '../stores/open-store.js';
import { losePatience } from './patience.js';

const never = () => new Promise<never>(() => {});

const newKey = () =>
  crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

async function openSealed(): Promise<{ store: IndexedDBSessionStore<any>; again: () => typeof store }> {
  const settings = { name: freshName(), encryption: { key: await newKey() } };
  const store = openStore(settings);
  await save(store, 'a', turn(1));
  return { store, again: () => openStore(settings) };
}

describe('Where WebCrypto never answers', () => {
  test('a save fails, the next one after it is back is done, and the store can be closed', async () => {
    const { store, again } = await openSealed();
    const silent = vi.spyOn(crypto.subtle, 'encrypt').mockImplementation(never);
    await losePatience(() => expectRefusal(() => save(store, 'b', turn(2)), 'UNAVAILABLE'));
    silent.mockRestore();
    expect(await save(store, 'c', turn(3))).toBe('c');
    await store.close();
    const fresh = again();
    expect(await fresh.getSnapshot({ snapshotId: 'b' })).toBeUndefined();
    expect(await fresh.getSnapshot({ snapshotId: 'c' })).toBeDefined();
  });

  test('a read fails, and is not taken for one of damaged data', async () => {
    const { again } = await openSealed();
    const silent = vi.spyOn(crypto.subtle, 'decrypt').mockImplementation(never);
    const fresh = again();
    const calls: (() => Promise<unknown>)[] = [
      () => fresh.getSnapshot({ snapshotId: 'a' }),
      () => fresh.listSessions(),
      () => fresh.check({ repair: true }),
      () => fresh.rekey(),
      () => new Response(fresh.exportSessions()).text(),
    ];
    for (const call of calls) await losePatience(() => expectRefusal(call, 'UNAVAILABLE'));
    silent.mockRestore();
    expect((await fresh.getSnapshot({ snapshotId: 'a' }))?.snapshotId).toBe('a');
    expect((await fresh.check()).quarantined).toBe(0);
  });
});

describe('A blob that never answers', () => {
  test('fails a save that would encrypt it, and an export; all else goes on', async () => {
    const { store } = await openSealed();
    const plain = openStore({ name: freshName() });
    const custom = { image: new Blob(['x'.repeat(2000)]) };
    await save(plain, 'image', turn(1, { state: { messages: [], custom } }));
    const silent = vi.spyOn(Blob.prototype, 'arrayBuffer').mockImplementation(never);
    await losePatience(() =>
      expectRefusal(() => save(store, 'b', turn(2, { state: { messages: [], custom } })), 'UNAVAILABLE'),
    );
    await losePatience(() =>
      expectRefusal(async () => {
        const reader = plain.exportSessions().getReader();
        while (!(await reader.read()).done);
      }, 'UNAVAILABLE'),
    );
    silent.mockRestore();
    expect(await save(store, 'c', turn(3))).toBe('c');
    expect((await plain.getSnapshot({ snapshotId: 'image' }))?.state?.custom.image.size).toBe(2000);
  });

  test('fails the import of a directory', async () => {
    const store = openStore({ name: freshName() });
    const file = new File(['{}'], 'a.json');
    Object.defineProperty(file, 'arrayBuffer', { value: never });
    await losePatience(() => expectRefusal(() => store.importGenkitFiles([file]), 'UNAVAILABLE'));
    expect((await store.listSessions()).sessions).toEqual([]);
  });
});

describe('Where the browser never tells how much room there is', () => {
  beforeEach(() => vi.stubGlobal('navigator', { storage: { estimate: never, persisted: never } }));

  test('storage() tells what the store knows by itself', async () => {
    const store = openStore({ name: freshName() });
    await save(store, 'a', turn(1));
    const report = await losePatience(() => store.storage());
    expect(report.sessions).toMatchObject([{ sessionId: 's' }]);
    for (const unknown of ['usage', 'quota', 'persisted']) expect(report).not.toHaveProperty(unknown);
  });

  test('a save on a full disk fails, having told what takes most, and the next one is done', async () => {
    const onQuotaExceeded = vi.fn();
    const store = openStore({ name: freshName(), onQuotaExceeded });
    await save(store, 'a', turn(1));
    const full = vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementation(() => {
      throw new DOMException('', 'QuotaExceededError');
    });
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(full.getMockImplementation()!);
    await losePatience(() => expectRefusal(() => save(store, 'b', turn(2)), 'RESOURCE_EXHAUSTED'));
    expect(onQuotaExceeded.mock.calls).toMatchObject([[{ sessions: [{ sessionId: 's' }] }]]);
    full.mockRestore();
    put.mockRestore();
    expect(await save(store, 'c', turn(3))).toBe('c');
  });
});

test('an import whose stream stalls is ended by its signal', async () => {
  const store = openStore({ name: freshName() });
  const isCancelled = vi.fn();
  const stalled = new ReadableStream<Uint8Array>({ pull: never, cancel: isCancelled });
  const ending = new AbortController();
  const importing = store.importSessions(stalled, { signal: ending.signal });
  importing.catch(() => {});
  await save(store, 'a', turn(1));
  ending.abort();
  await expect(importing).rejects.toBe(ending.signal.reason);
  expect(isCancelled).toHaveBeenCalled();
  await store.deleteDatabase();
});

test('a lock that is never granted, and locks that nobody tells of, keep nobody waiting', async () => {
  const locks = { request: vi.fn(never), query: vi.fn(never) };
  vi.stubGlobal('navigator', { locks });
  const name = freshName();
  const store = openStore({ name, retention: { maxSessions: 5 } });
  const reader = openStore({ name });
  const other = openStore({ name: freshName(), encryption: { key: await newKey() } });
  // All at once: what a store does by itself may go on from one call to the next, and so may its limit.
  await losePatience(async () => {
    expect(await save(store, 'a', turn(1, { status: 'pending' }))).toBe('a');
    expect(await save(other, 'b', turn(1))).toBe('b');
    const read = await reader.getSnapshot({ snapshotId: 'a' });
    expect(read).toMatchObject({ snapshotId: 'a', status: 'pending' });
    await Promise.all([store.compact(), store.retain({ maxSessions: 5 }), other.rekey()]);
    await Promise.all([store.close(), other.close(), reader.close()]);
  });
  expect(locks.request).toHaveBeenCalled();
});
