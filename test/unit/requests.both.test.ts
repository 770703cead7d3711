import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { IndexedDBSessionStore } from '../../src/index.js';
import { message, save, turn } from '../../src/testing/sample-snapshots.js';
import { inChromium } from '../environment.js';
import { requestsOf } from '../database/observe-requests.js';
import { deleteRaw } from '../database/raw-database.js';
import { seedByCopying, seedBySaving } from './requests-seeds.js';

type Store = IndexedDBSessionStore<any>;

/** How long the sessions are. Each is a chain, named after its length; its snapshots `length-0`, `length-1`, … */
const LENGTHS = [10, 1_000, 10_000];

/** The requests of an action, each with its object store and how many rows it read at once. */
async function requests(action: () => Promise<unknown>): Promise<string[]> {
  const made = await requestsOf(action);
  return made.map(({ store, method, request }) => {
    const rows = Array.isArray(request?.result) ? request.result.length : 1;
    return `${store}.${method} ${rows}`;
  });
}

/** How many rows a request goes through. */
function rowsOf(method: string, request: IDBRequest | undefined): number {
  if (method === 'count') return request!.result as number;
  return Array.isArray(request?.result) ? request.result.length : 1;
}

const withoutRows = (made: string[]) => made.map((request) => request.replace(/ \d+$/, ''));

/** What a store finds first is looked at for encryption, once. */
const lookAt = (store: Store) => store.getSession('nobody');

const seed = inChromium ? seedByCopying : seedBySaving;

// Ten thousand snapshots take a while.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const name = `requests-${crypto.randomUUID()}`;
let store: Store;

beforeAll(async () => {
  store = new IndexedDBSessionStore({ name });
  await lookAt(store);
  for (const length of LENGTHS) await seed.chain(name, `${length}`, length);
});

afterAll(async () => {
  await store.close();
  await deleteRaw(name);
});

async function requestsByLength(call: (sessionId: string, length: number) => Promise<unknown>) {
  const made: string[][] = [];
  for (const length of LENGTHS) made.push(await requests(() => call(`${length}`, length)));
  expect(made[0]!.length).toBeGreaterThan(0);
  return made;
}

/** The call makes the same requests, and reads as many rows, whatever the length of the session it is about. */
async function expectSame(call: (sessionId: string, length: number) => Promise<unknown>) {
  const made = await requestsByLength(call);
  for (const each of made) expect(each).toEqual(made[0]);
}

/** The call reads the whole session, and makes no more requests for it when it is longer. */
async function expectSameButRows(call: (sessionId: string, length: number) => Promise<unknown>) {
  const made = await requestsByLength(call);
  for (const each of made) expect(withoutRows(each)).toEqual(withoutRows(made[0]!));
}

describe('the requests are the same for sessions of 10, 1,000 and 10,000 snapshots', () => {
  test('getSnapshot of the latest', () =>
    expectSame(async (sessionId, length) => {
      const latest = await store.getSnapshot({ sessionId });
      expect(latest?.snapshotId).toBe(`${length}-${length - 1}`);
      expect(latest?.state?.messages).toHaveLength(1);
    }));

  test('getSnapshot of the latest, branches being refused', async () => {
    const strict = new IndexedDBSessionStore({ name, rejectBranchingSessions: true });
    await lookAt(strict);
    await expectSame(async (sessionId, length) => {
      expect((await strict.getSnapshot({ sessionId }))?.snapshotId).toBe(`${length}-${length - 1}`);
    });
    await strict.close();
  });

  test('getSnapshot by id', () =>
    expectSame(async (_, length) => {
      expect(await store.getSnapshot({ snapshotId: `${length}-5` })).toBeDefined();
    }));

  test.each(['asc', 'desc'] as const)(
    'a page of listSnapshots, the first, and one after it, %s',
    async (order) => {
      const cursors = new Map<string, string | undefined>();
      await expectSame(async (sessionId) => {
        const page = await store.listSnapshots({ sessionId, order, limit: 3 });
        expect(page.snapshots).toHaveLength(3);
        cursors.set(sessionId, page.cursor);
      });
      await expectSame(async (sessionId) => {
        const page = await store.listSnapshots({
          sessionId,
          order,
          limit: 3,
          cursor: cursors.get(sessionId),
        });
        expect(page.snapshots).toHaveLength(3);
      });
    },
  );

  test('getTree', () =>
    expectSameButRows(async (sessionId, length) => {
      expect((await store.getTree(sessionId)).nodes.size).toBe(length);
    }));

  test('getHistory', () =>
    expectSameButRows(async (_, length) => {
      expect(await store.getHistory(`${length}-${length - 1}`)).toHaveLength(length);
    }));

  test('getLeaves', () =>
    expectSameButRows(async (sessionId) => {
      expect(await store.getLeaves(sessionId)).toHaveLength(1);
    }));

  test('getHead', () =>
    expectSame(async (sessionId, length) => {
      expect((await store.getHead(sessionId))?.snapshotId).toBe(`${length}-${length - 1}`);
    }));

  test('getSession', () =>
    expectSame(async (sessionId, length) => {
      expect((await store.getSession(sessionId))?.snapshotCount).toBe(length);
    }));

  test('moving the latest under another parent, and back', async () => {
    for (const parent of [3, 2]) {
      await expectSame(async (sessionId, length) => {
        const [id, parentId] = [`${length}-${length - 1}`, `${length}-${length - parent}`];
        await store.saveSnapshot(id, (current) => ({ ...current!, parentId }));
        expect((await store.getSnapshot({ sessionId }))?.snapshotId).toBe(id);
      });
      expect(await store.getLeaves('10')).toHaveLength(parent - 1);
    }
  });

  test('saving a child of the latest, rewriting it and deleting it', async () => {
    const next = (length: number) => `${length}-${length}`;
    await expectSame((sessionId, length) =>
      save(store, next(length), turn(length, { sessionId, parentId: `${length}-${length - 1}` })),
    );
    await expectSame(async (_, length) => {
      await store.saveSnapshot(next(length), (current) => ({ ...current!, status: 'failed' }));
      expect((await store.getSession(`${length}`))?.snapshotCount).toBe(length + 1);
    });
    await expectSameButRows(async (_, length) => {
      expect(await store.deleteSnapshot(next(length))).toBe(1);
    });
  });

  test('saving a snapshot without an id, at the root', async () => {
    const saved: string[] = [];
    // Two saves learn that nobody else writes.
    for (const sessionId of ['first', 'second']) {
      saved.push(await store.saveSnapshot(undefined, () => turn(0, { sessionId })));
    }
    await expectSame(async (sessionId) => {
      const id = await store.saveSnapshot(undefined, () => turn(0, { sessionId }));
      saved.push(id);
    });
    for (const id of saved) await store.deleteSnapshot(id);
  });

  test('updateSession and selectBranch', async () => {
    await expectSame((sessionId) => store.updateSession(sessionId, { title: 'T' }));
    await expectSame((_, length) => store.selectBranch(`${length}-7`));
  });
});

test('getSnapshot and getHead of a session take the same requests whether it has 10 branches or 300', async () => {
  const made: string[][] = [];
  for (const branches of [10, 300]) {
    const sessionId = `${branches} branches`;
    const saves = Array.from({ length: branches }, (_, n) =>
      save(store, `${sessionId}, ${n}`, turn(n, { sessionId, parentId: 'nobody' })),
    );
    await Promise.all(saves);
    made.push(
      await requests(async () => {
        const [latest, head] = [await store.getSnapshot({ sessionId }), await store.getHead(sessionId)];
        expect([latest?.snapshotId, head?.snapshotId]).toEqual(
          Array(2).fill(`${sessionId}, ${branches - 1}`),
        );
      }),
    );
  }
  expect(made[1]).toEqual(made[0]);
});

test.each([
  ['one after the other', false],
  ['at once', true],
])(
  'saves of more siblings, %s, go through as few rows whether there are 10 or 300, plain or encrypted',
  async (_, isAtOnce) => {
    const sealedName = `${name}-${crypto.randomUUID()}`;
    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
      'encrypt',
      'decrypt',
    ]);
    const sealed = new IndexedDBSessionStore<any>({ name: sealedName, encryption: { key } });
    await lookAt(sealed);
    for (const each of [store, sealed]) {
      const read: number[] = [];
      for (const siblings of [10, 300]) {
        const sessionId = `${siblings} siblings, ${isAtOnce}`;
        const add = (n: number) =>
          save(each, `${sessionId}, ${n}`, turn(n, { sessionId, parentId: sessionId }));
        await save(each, sessionId, turn(0, { sessionId }));
        await Promise.all(Array.from({ length: siblings }, (_, n) => add(n)));
        const more = Array.from({ length: 30 }, (_, n) => n + siblings);
        const made = await requestsOf(async () => {
          if (isAtOnce) await Promise.all(more.map(add));
          else for (const n of more) await add(n);
          // Both know that there are others, or none.
          await save(each, sessionId, turn(0, { sessionId }));
          await save(each, `${sessionId}, 3`, turn(3, { sessionId, parentId: 'nobody' }));
        });
        read.push(made.reduce((sum, { method, request }) => sum + rowsOf(method, request), 0));
      }
      expect(read[0]).toBeGreaterThan(0);
      // Of many it remembers the last, and may have to look at one of the others again.
      expect(read[1]).toBeLessThan(read[0]! + 5);
    }
    await sealed.close();
    await deleteRaw(sealedName);
  },
);

test('a page of listSessions takes the same requests whether there are 10 sessions, 1,000 or 10,000', async () => {
  const pages: string[][] = [];
  for (const count of LENGTHS) {
    const many = `${name}-${count}`;
    await seed.sessions(many, count);
    const lister = new IndexedDBSessionStore({ name: many });
    await lookAt(lister);
    for (const order of ['asc', 'desc'] as const) {
      let cursor: string | undefined;
      for (let page = 0; page < 2; page++) {
        const made = await requests(async () => {
          const listed = await lister.listSessions({ limit: 3, order, cursor });
          expect(listed.sessions).toHaveLength(3);
          cursor = listed.cursor;
        });
        pages.push(made);
      }
    }
    await lister.close();
    await deleteRaw(many);
  }
  for (const page of pages) expect(page).toEqual(pages[0]);
});

describe('what shows no state reads no state', () => {
  const calls: Record<string, () => Promise<unknown>> = {
    listSessions: () => store.listSessions(),
    getSession: () => store.getSession('10'),
    listSnapshots: () => store.listSnapshots({ sessionId: '10' }),
    getTree: () => store.getTree('10'),
    getHistory: () => store.getHistory('10-9'),
    getLeaves: () => store.getLeaves('10'),
    getHead: () => store.getHead('10'),
    selectBranch: () => store.selectBranch('10-9'),
    updateSession: () => store.updateSession('10', { title: 'T' }),
  };
  test.each(Object.entries(calls))('%s', async (_, call) => {
    const made = await requests(call);
    expect(made.length).toBeGreaterThan(0);
    expect(made.filter((request) => request.startsWith('logs.'))).toEqual([]);
  });

  test('getSnapshot of the latest reads one row of a log, and none when it remembers', async () => {
    const messages = Array.from({ length: 10 }, (_, n) =>
      message(`message ${n} `.padEnd(600, 'lorem ipsum ')),
    );
    await save(store, 'logged', turn(1, { sessionId: 'logged', state: { messages } }));
    const cold = new IndexedDBSessionStore<any>({ name });
    const reading = async () => {
      const made = await requests(async () => {
        expect((await cold.getSnapshot({ sessionId: 'logged' }))?.state?.messages).toEqual(messages);
      });
      return made.filter((request) => request.startsWith('logs.'));
    };
    expect(await reading()).toEqual(['logs.getAll 1']);
    expect(await reading()).toEqual([]);
    await cold.close();
    await store.deleteSession('logged');
  });
});
