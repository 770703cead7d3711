import { describe, expect, test, vi } from 'vitest';
import type { IndexedDBSessionStore, IndexedDBSessionStoreOptions } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { type RequestMade, requestsOf } from '../database/observe-requests.js';
import { dumpDatabase, overwriteRow, settled, withRaw } from '../database/raw-database.js';
import { makeKey } from '../encryption/keys.js';
import { renewIndexedDB } from '../environment.js';
import { freshName, openStore } from '../stores/open-store.js';
import { everyPage, lookedThrough } from './every-page.js';

vi.setConfig({ testTimeout: 120_000 });

renewIndexedDB();

const encryption = { key: await makeKey() };
const described = (made: RequestMade[]) => made.map(({ store, method }) => `${store}.${method}`);

/** How many rows some requests have read. */
const rowsIn = (made: RequestMade[]): number =>
  made
    .filter(({ method, store }) => /^get(All)?$/.test(method) && store === 'sessions')
    .flatMap(({ request }) => request?.result as unknown)
    .filter((row) => row !== undefined).length;

async function fill(
  store: IndexedDBSessionStore<any>,
  metadata: (n: number) => Record<string, unknown> | undefined,
  count: number,
  prefix = 's',
): Promise<void> {
  await store.saveSnapshots(
    Array.from({ length: count }, (_, n) => ({
      snapshotId: `${prefix}${n}`,
      mutator: () => turn(n, { sessionId: `${prefix}${n}` }),
    })),
  );
  for (let n = 0; n < count; n++) {
    const given = metadata(n);
    if (given) await store.updateSession(`${prefix}${n}`, { metadata: given });
  }
}

/** Many sessions as an earlier schema left them: in no index of values. */
async function fillRaw(name: string, count: number, metadata: (n: number) => object): Promise<void> {
  const store = openStore({ name });
  await save(store, 'first', turn(0, { sessionId: 'first' }));
  await withRaw(name, async (transaction) => {
    const sessions = transaction.objectStore('sessions');
    const row = (await settled(sessions.get('first'))) as object;
    for (let n = 0; n < count; n++) {
      sessions.put({ ...row, id: `s${n}`, updatedMs: 1_000_000 + n, metadata: metadata(n) });
    }
    transaction.objectStore('meta').put(1, 'unfiled');
  });
  await store.close();
}

test('a page of 20 among 10,000 sessions, 50 of which match, reads as much as one among 50', async () => {
  const [large, small] = [freshName(), freshName()];
  await fillRaw(large, 10_000, (n) => ({ pinned: n % 200 === 7, folder: `f${n % 100}` }));
  await fillRaw(small, 50, () => ({ pinned: true, folder: 'f7' }));
  const asked = { where: { pinned: true }, limit: 20 };
  const pages = [];
  for (const name of [large, small]) {
    const store = openStore({ name, indexed: ['folder', 'pinned'] });
    expect(await everyPage(store, asked), 'the first time, sessions are indexed').toHaveLength(50);
    for (const order of ['desc', 'asc'] as const) {
      const made: RequestMade[][] = [];
      const page = async (cursor?: string): Promise<void> => {
        let next: string | undefined;
        made.push(
          await requestsOf(async () => {
            ({ cursor: next } = await store.listSessions({ ...asked, order, cursor }));
          }),
        );
        if (next !== undefined) await page(next);
      };
      await page();
      expect(made).toHaveLength(3);
      for (const requests of made) expect(rowsIn(requests)).toBeLessThanOrEqual(20 + 2);
      pages.push(made.map(described));
    }
    expect(await everyPage(store, asked)).toEqual(await lookedThrough(store, asked));
  }
  expect(pages.slice(0, 2)).toEqual(pages.slice(2));
});

test('several conditions read no more rows than the one that the fewest meet', async () => {
  const name = freshName();
  await fillRaw(name, 3000, (n) => ({ pinned: n % 2 === 0, folder: n % 100 === 0 ? 'rare' : 'common' }));
  const store = openStore({ name, indexed: ['folder', 'pinned'] });
  const asked = { where: { pinned: true, folder: 'rare' }, limit: 20 };
  expect(await everyPage(store, asked)).toHaveLength(30);
  expect(await everyPage(store, asked)).toEqual(await lookedThrough(store, asked));
  const requests = await requestsOf(() => store.listSessions(asked));
  expect(rowsIn(requests)).toBeLessThanOrEqual(30 + 2);
  expect(requests.length).toBeLessThan(15);
  const none = await requestsOf(() => store.listSessions({ where: { pinned: false, folder: 'rare' } }));
  expect(rowsIn(none)).toBeLessThanOrEqual(30 + 2);
});

test('an encrypted database decrypts what it lists, and no more', async () => {
  const store = openStore({ encryption, indexed: ['folder'] });
  await fill(store, (n) => ({ folder: n % 20 === 3 ? 'rare' : 'common' }), 60);
  const asked = { where: { folder: 'rare' } };
  // A rehearsal each for the hash that is looked for and for the rows that are decrypted.
  const requests = await requestsOf(async () => {
    expect((await store.listSessions(asked)).sessions).toHaveLength(3);
  });
  expect(rowsIn(requests)).toBeLessThanOrEqual(3 * (3 + 2));
});

describe.each<[string, IndexedDBSessionStoreOptions]>([
  ['plain', {}],
  ['encrypted', { encryption }],
])('%s', (_, options) => {
  test('to keep the index takes no requests, and sessions without metadata are not in it', async () => {
    const requests = [];
    for (const indexed of [undefined, ['folder', 'pinned']]) {
      const store = openStore({ ...options, indexed });
      await save(store, 'before', turn(0, { sessionId: 'before' }));
      requests.push(
        described(
          await requestsOf(async () => {
            await save(store, 'a', turn(1));
            await store.updateSession('s', { metadata: { folder: 'work', pinned: true } });
            await save(store, 'b', turn(2, { parentId: 'a' }));
            await store.session('t').append({ role: 'user', content: [] }, { metadata: { folder: 'x' } });
            await store.deleteSession('s', { undoable: 1000 });
            await store.restoreSession('s');
            await store.deleteSession('s');
          }),
        ),
      );
    }
    expect(requests[1]).toEqual(requests[0]);
    const name = freshName();
    const store = openStore({ ...options, name, indexed: ['folder'] });
    await save(store, 'a', turn(1));
    const found = await withRaw(name, async (transaction) =>
      settled(transaction.objectStore('sessions').index('where').count()),
    );
    expect(found).toBe(0);
  });

  test('sessions that others saved, who declare other keys or none, are found', async () => {
    const name = freshName();
    const open = (indexed?: string[]) => openStore({ ...options, name, indexed });
    const [folders, pins, neither] = [open(['folder']), open(['pinned']), open()];
    await fill(folders, (n) => ({ folder: n % 2 ? 'odd' : 'even', pinned: n % 3 === 0 }), 7, 'f');
    await fill(pins, (n) => ({ folder: n % 2 ? 'odd' : 'even', pinned: n % 3 === 0 }), 7, 'p');
    await fill(neither, (n) => ({ folder: n % 2 ? 'odd' : 'even', pinned: n % 3 === 0 }), 7, 'n');
    const look = async () => {
      expect(await everyPage(folders, { where: { folder: 'odd' }, limit: 2 })).toEqual(
        await lookedThrough(neither, { where: { folder: 'odd' } }),
      );
      expect(await everyPage(pins, { where: { pinned: true }, limit: 3, order: 'asc' })).toEqual(
        await lookedThrough(neither, { where: { pinned: true }, order: 'asc' }),
      );
    };
    await look();
    // Whoever writes a session keeps it where it is found, whatever they declare.
    await neither.updateSession('f1', { metadata: { folder: 'even' } });
    await folders.updateSession('p3', { metadata: { pinned: undefined } });
    for (const [n, store] of [neither, pins, folders].entries()) {
      await save(store, `later${n}`, turn(50 + n, { sessionId: 'n1', parentId: 'n1' }));
      await look();
    }
    await save(neither, 'new', turn(60, { sessionId: 'new' }));
    await neither.updateSession('new', { metadata: { folder: 'odd', pinned: true } });
    await look();
    const requests = described(await requestsOf(() => folders.listSessions({ where: { folder: 'odd' } })));
    expect(
      requests.filter((request) => /put|delete|add/.test(request)),
      'nothing is left to do',
    ).toEqual([]);
    for (const store of [folders, pins, neither]) expect((await store.check()).problems).toEqual([]);
  });

  test('values of any length, key of any name, and what only looks alike', async () => {
    const long = 'x'.repeat(5000);
    const values: unknown[] = [
      `${long}a`,
      `${long}b`,
      '',
      ' ',
      '1',
      1,
      -0,
      1e21,
      true,
      'true',
      '[0',
      '\ud800',
    ];
    const indexed = ['__proto__', 'constructor', ''];
    const store = openStore({ ...options, indexed });
    await fill(
      store,
      (n) => ({ ['__proto__']: values[n], constructor: values[n], '': values[n] }),
      values.length,
    );
    for (const [n, value] of values.entries())
      for (const key of indexed) {
        const { sessions } = await store.listSessions({ where: { [key]: value } as never });
        expect(sessions.map(({ sessionId }) => sessionId)).toEqual([`s${n}`]);
      }
    expect((await store.check()).problems).toEqual([]);
  });

  test('cursors go on where a session has been saved meanwhile', async () => {
    const store = openStore({ ...options, indexed: ['folder'] });
    await fill(store, () => ({ folder: 'a' }), 6);
    const first = await store.listSessions({ where: { folder: 'a' }, limit: 2 });
    expect(first.sessions.map(({ sessionId }) => sessionId)).toEqual(['s5', 's4']);
    await save(store, 'x', turn(50, { sessionId: 's3', parentId: 's3' }));
    const second = await store.listSessions({ where: { folder: 'a' }, limit: 2, cursor: first.cursor });
    expect(second.sessions.map(({ sessionId }) => sessionId)).toEqual(['s2', 's1']);
  });
});

test('check() finds sessions that the index does not have as they are, and repairs that', async () => {
  const name = freshName();
  const store = openStore({ name, indexed: ['folder'] });
  await fill(store, () => ({ folder: 'a' }), 3);
  await save(store, 'bare', turn(9, { sessionId: 'bare' }));
  await overwrite(name, 's0', (row) => ({ ...row, where: undefined }));
  await overwrite(name, 's1', (row) => ({ ...row, where: [[0, '[]']] }));
  await overwrite(name, 'bare', (row) => ({ ...row, where: [['["folder","string","a"]', 0, 'bare']] }));
  expect(
    (await store.listSessions({ where: { folder: 'a' } })).sessions.map(({ sessionId }) => sessionId),
  ).toEqual(['s2']);
  const { problems } = await store.check();
  expect(problems).toEqual(['bare', 's0', 's1'].map((sessionId) => ({ kind: 'index', sessionId })));
  const repaired = await store.check({ repair: true });
  expect(repaired.problems.map(({ repair }) => repair)).toEqual(Array(3).fill('recomputed'));
  expect((await store.check()).problems).toEqual([]);
  expect((await store.listSessions({ where: { folder: 'a' } })).sessions).toHaveLength(3);
});

/** Overwrites a session's row behind the store's back. */
async function overwrite(name: string, id: string, spoil: (row: any) => unknown): Promise<void> {
  await withRaw(name, async (transaction) => {
    const rows = transaction.objectStore('sessions');
    rows.put(spoil(await settled(rows.get(id))));
  });
}

test('an unreadable session does not keep others from being found', async () => {
  const name = freshName();
  const store = openStore({ name, indexed: ['folder'] });
  await fill(openStore({ name }), () => ({ folder: 'a' }), 4);
  await overwriteRow(name, 'sessions', 's0', (row) => ({ ...row, createdMs: 'never' }));
  const list = () => store.listSessions({ where: { folder: 'a' } });
  const shown = async () => (await list()).sessions.map(({ sessionId }) => sessionId);
  expect(await shown()).toEqual(['s3', 's2', 's1']);
  expect(await shown()).toEqual(['s3', 's2', 's1']);
  expect((await dumpDatabase(name))!['sessions']).toHaveLength(4);
});
