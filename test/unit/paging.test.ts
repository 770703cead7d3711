import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import type { IndexedDBSessionStore, ListOptions } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { openStore } from '../stores/open-store.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

type Store = IndexedDBSessionStore<any>;
type Page = { ids: string[]; cursor?: string | undefined };

/** Two lists, two ways to fill them with entries of the same order, one way to read them. */
const LISTS: Record<
  string,
  {
    add: (store: Store, id: string, second: number) => Promise<unknown>;
    list: (store: Store, options: ListOptions) => Promise<Page>;
  }
> = {
  listSnapshots: {
    add: (store, id, second) => save(store, id, turn(second)),
    async list(store, options) {
      const { snapshots, cursor } = await store.listSnapshots({ ...options, sessionId: 's' });
      return { ids: snapshots.map(({ snapshotId }) => snapshotId), cursor };
    },
  },
  listSessions: {
    add: (store, id, second) => save(store, `in ${id}`, turn(second, { sessionId: id })),
    async list(store, options) {
      const { sessions, cursor } = await store.listSessions(options);
      return { ids: sessions.map(({ sessionId }) => sessionId), cursor };
    },
  },
};

describe.each(Object.entries(LISTS))('%s', (_, { add, list }) => {
  async function pages(store: Store, options: ListOptions): Promise<string[][]> {
    const read: string[][] = [];
    for (let cursor: string | undefined; ;) {
      const page = await list(store, { ...options, cursor });
      read.push(page.ids);
      if (page.cursor === undefined) return read;
      cursor = page.cursor;
      expect(read.length).toBeLessThan(100);
    }
  }

  describe.each(['asc', 'desc'] as const)('%s', (order) => {
    const inOrder = (ids: string[]) => (order === 'asc' ? ids : [...ids].reverse());

    test.each([1, 2, 3, 5, 6, 7, 1000])('%i to a page: every entry once, in order', async (limit) => {
      const store = openStore();
      const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
      for (const [n, id] of ids.entries()) await add(store, id, n);
      const read = await pages(store, { order, limit });
      expect(read.flat()).toEqual(inOrder(ids));
      expect(read.slice(0, -1).every((page) => page.length === limit)).toBe(true);
      expect(read).toHaveLength(Math.ceil(ids.length / limit));
    });

    test('ties across the border of a page', async () => {
      const store = openStore();
      const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
      for (const id of ids) await add(store, id, 1);
      for (const limit of [1, 2, 3, 4]) {
        const read = (await pages(store, { order, limit })).flat();
        expect(read).toEqual(inOrder(ids));
      }
    });

    test('instants with offsets are in the order of time', async () => {
      const store = openStore();
      await add(store, 'c', 3);
      await add(store, 'a', 1);
      await add(store, 'b', 2);
      expect((await pages(store, { order, limit: 2 })).flat()).toEqual(inOrder(['a', 'b', 'c']));
    });

    test('what is deleted behind the cursor, or is the cursor, does not shift what follows', async () => {
      const store = openStore();
      const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
      for (const [n, id] of ids.entries()) await add(store, id, n);
      const [first, second, third] = inOrder(ids);
      const page = await list(store, { order, limit: 3 });
      expect(page.ids).toEqual(inOrder(ids).slice(0, 3));
      for (const id of [first!, second!, third!]) {
        await store.deleteSnapshot(id);
        await store.deleteSession(id);
      }
      expect((await list(store, { order, limit: 3, cursor: page.cursor })).ids).toEqual(
        inOrder(ids).slice(3),
      );
    });

    test('what was deleted ahead of the cursor is not there, and the end is the end', async () => {
      const store = openStore();
      const ids = ['a', 'b', 'c', 'd'];
      for (const [n, id] of ids.entries()) await add(store, id, n);
      const page = await list(store, { order, limit: 2 });
      for (const id of inOrder(ids).slice(2)) {
        await store.deleteSnapshot(id);
        await store.deleteSession(id);
      }
      expect(await list(store, { order, limit: 2, cursor: page.cursor })).toEqual({ ids: [] });
    });

    test('unusual ids go into a cursor and come out again', async () => {
      const store = openStore();
      const ids = ['"', "'", '[]', '\\', '\u0000', 'ü', '🦊', '%2F', '\ud800', ' '.repeat(3) + 'x', 'null'];
      for (const [n, id] of ids.entries()) await add(store, id, n);
      expect((await pages(store, { order, limit: 1 })).flat()).toEqual(inOrder(ids));
    });
  });

  test('newest first, and fifty, unless asked otherwise', async () => {
    const store = openStore();
    for (let n = 0; n < 51; n++) await add(store, `${n}`, n);
    const first = await list(store, {});
    expect(first.ids).toEqual(Array.from({ length: 50 }, (_, n) => `${50 - n}`));
    expect(await list(store, { cursor: first.cursor })).toEqual({ ids: ['0'] });
    expect((await list(store, { limit: undefined, order: undefined, cursor: undefined })).ids).toEqual(
      first.ids,
    );
  });

  test('an exact page is the last one', async () => {
    const store = openStore();
    for (let n = 0; n < 4; n++) await add(store, `${n}`, n);
    expect((await list(store, { limit: 4 })).cursor).toBeUndefined();
    expect(await pages(store, { limit: 2 })).toHaveLength(2);
  });

  test('nothing there: an empty page, and the last', async () => {
    expect(await list(openStore(), {})).toEqual({ ids: [] });
  });
});

test('listSnapshots lists those of the session alone', async () => {
  const store = openStore();
  const sessionIds = ['s', 's ', 'S', 's\u0000', 'ss', 'r'];
  for (const [n, sessionId] of sessionIds.entries()) {
    for (const k of [1, 2, 3]) await save(store, `${n}-${k}`, turn(k, { sessionId }));
  }
  await save(store, 'alone', turn(2, { sessionId: undefined }));
  for (const [n, sessionId] of sessionIds.entries()) {
    for (const order of ['asc', 'desc'] as const) {
      const first = await store.listSnapshots({ sessionId, order, limit: 2 });
      const rest = await store.listSnapshots({ sessionId, order, limit: 2, cursor: first.cursor });
      const ids = [...first.snapshots, ...rest.snapshots].map(({ snapshotId }) => snapshotId);
      expect(ids.sort(), sessionId).toEqual([`${n}-1`, `${n}-2`, `${n}-3`]);
      expect(rest.cursor).toBeUndefined();
    }
  }
});

test('a cursor that no page has had is refused, whatever the order', async () => {
  const store = openStore({ indexed: ['folder'] });
  await save(store, 'a', turn(1));
  await store.updateSession('s', { metadata: { folder: 'x' } });
  for (const order of ['asc', 'desc'] as const)
    for (const rest of ['', ',null', ',[1]', ',{}', ',true,"s"']) {
      const page = (list: string) => ({ order, cursor: `["${list}"${rest}]` });
      for (const list of [
        () => store.listSessions(page('updatedMs')),
        () => store.listSessions({ ...page('updatedMs'), where: { folder: 'x' } }),
        () => store.listSnapshots({ ...page('sessionId'), sessionId: 's' }),
      ])
        await expectRefusal(list, 'INVALID_ARGUMENT', 'options.cursor');
    }
});

test('listSessions goes by latest activity: whoever is written moves up', async () => {
  const store = openStore();
  for (const [n, sessionId] of ['a', 'b', 'c'].entries())
    await save(store, sessionId, turn(n, { sessionId }));
  await save(store, 'a2', turn(9, { sessionId: 'a', parentId: 'a' }));
  await save(store, 'b', turn(1, { sessionId: 'b', updatedAt: turn(8).createdAt }));
  const { sessions } = await store.listSessions();
  expect(sessions.map(({ sessionId }) => sessionId)).toEqual(['a', 'b', 'c']);
});

test('listSnapshots goes by createdAt, and of equal ones by the last save', async () => {
  const store = openStore();
  for (const id of ['a', 'b', 'c']) await save(store, id, turn(1));
  await save(store, 'a', turn(1, { updatedAt: turn(9).createdAt }));
  await save(store, 'old', turn(0, { updatedAt: turn(99).createdAt }));
  const { snapshots } = await store.listSnapshots({ sessionId: 's', order: 'asc' });
  expect(snapshots.map(({ snapshotId }) => snapshotId)).toEqual(['old', 'b', 'c', 'a']);
});

test('lists show no state, and everything else', async () => {
  const store = openStore();
  const { state: _, ...fields } = turn(1, { extra: { kept: [1] }, status: 'failed' });
  await save(store, 'a', turn(1, fields));
  expect(await store.listSnapshots({ sessionId: 's' })).toEqual({
    snapshots: [{ ...fields, snapshotId: 'a', summary: { messages: 1, preview: 'turn 1' } }],
    damaged: [],
  });
});
