import fc from 'fast-check';
import { forceCloseDatabase, IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { IndexedDBSessionStore } from '../../src/index.js';
import { message, save, turn } from '../../src/testing/sample-snapshots.js';
import { carryMessages, loseMessages } from '../stand-ins/carry-messages.js';
import { eventually } from '../assertions/eventually.js';
import { observingRequests, type RequestMade } from '../database/observe-requests.js';
import { freshName, openStore } from '../stores/open-store.js';
import { refusingTransactions } from '../faults/inject-faults.js';
import { counter, typesOf, watchEverything } from './watch-everything.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

type Store = IndexedDBSessionStore<any>;

/** Two stores over one database that has the snapshots `a` ← `b` of the session `s`. */
async function openTwo(): Promise<[writer: Store, listener: Store]> {
  const name = freshName();
  const [writer, listener] = [openStore({ name }), openStore({ name })];
  await save(writer, 'a', counter(1));
  await save(writer, 'b', turn(2, { parentId: 'a' }));
  return [writer, listener];
}

const saveElsewhere = (store: Store) => save(store, 'elsewhere', turn(3, { sessionId: 'other' }));

describe('a change whose message never came is told when the next message comes', () => {
  const changes: Record<string, (store: Store) => Promise<unknown>> = {
    'saving a snapshot': (store) => save(store, 'c', turn(3, { parentId: 'b' })),
    'rewriting one': (store) => save(store, 'a', counter(2)),
    'updating the session': (store) => store.updateSession('s', { title: 'T' }),
    'selecting a branch': (store) => store.selectBranch('a'),
    'deleting a snapshot': (store) => store.deleteSnapshot('b'),
    'deleting the session': (store) => store.deleteSession('s'),
    clear: (store) => store.clear(),
  };
  test.each(Object.entries(changes))('%s', async (_, change) => {
    const losing = loseMessages();
    const [writer, listener] = await openTwo();
    const told = await watchEverything(listener);
    await losing.during(() => change(writer));
    expect(told.session).toEqual([]);

    await saveElsewhere(writer);
    await eventually(() => told.session.length > 0, 'the change that was missed');
    const session = await writer.getSession('s');
    expect(told.session).toEqual([
      session ? { type: 'changed', sessionId: 's', session } : { type: 'deleted', sessionId: 's' },
    ]);
    await eventually(() => typesOf(told.sessions).includes('reset'), 'word that sessions may have changed');
    const stored = await writer.getSnapshot({ snapshotId: 'a' });
    if (stored) expect(told.counts.at(-1)).toBe(stored.state?.custom);
  });

  test('a save of its own is news enough', async () => {
    const losing = loseMessages();
    const [writer, listener] = await openTwo();
    const told = await watchEverything(listener);
    await losing.during(() => save(writer, 'a', counter(2)));
    await saveElsewhere(listener);
    await eventually(() => told.counts.at(-1) === 2, 'the save that was missed');
  });

  test('what comes before it was known where to begin counts, too', async () => {
    const losing = loseMessages();
    const name = freshName();
    const [writer, listener] = [openStore({ name }), openStore({ name })];
    const told: string[] = [];
    await losing.during(() => save(writer, 'a', counter(1)));
    listener.onSessionsChange(({ type }) => told.push(type));
    await listener.getSession('s');
    await losing.during(() => save(writer, 'a', counter(2)));
    await saveElsewhere(writer);
    await eventually(() => told.includes('reset'), 'word that sessions may have changed');
  });
});

/** Ends a connection as the browser does, unasked. */
const endConnection = (database: IDBDatabase) => forceCloseDatabase(database as never);

describe('when the browser ends the connection', () => {
  const openDatabases: IDBDatabase[] = [];

  beforeEach(() => {
    openDatabases.length = 0;
    const { open } = indexedDB;
    vi.spyOn(indexedDB, 'open').mockImplementation((...args) => {
      const request = open.apply(indexedDB, args);
      request.addEventListener('success', () => openDatabases.push(request.result));
      return request;
    });
  });

  test('what was missed is told, though no other message ever comes', async () => {
    const losing = loseMessages();
    const [writer, listener] = await openTwo();
    const told = await watchEverything(listener);
    await losing.during(() => save(writer, 'a', counter(2)));
    endConnection(openDatabases.at(-1)!);
    await eventually(() => told.counts.at(-1) === 2, 'the save that was missed');
    await eventually(() => typesOf(told.session).includes('changed'), 'the session');
    expect(typesOf(told.sessions)).toContain('reset');
  });

  test('nothing is told if nothing was missed', async () => {
    const [writer, listener] = await openTwo();
    const told = await watchEverything(listener);
    endConnection(openDatabases.at(-1)!);
    await save(writer, 'a', counter(2));
    await eventually(() => told.counts.at(-1) === 2, 'the next save');
    await eventually(() => told.sessions.length > 0, 'the session of the next save');
    expect(told.counts).toEqual([1, 2]);
    expect(typesOf(told.sessions)).toEqual(['changed']);
  });

  test('because the database was deleted, it is told that all is gone, and of what comes then', async () => {
    const [writer, listener] = await openTwo();
    const told = await watchEverything(listener);
    await writer.getSession('s');
    indexedDB.deleteDatabase(openDatabases[0]!.name);
    for (const database of openDatabases) endConnection(database);
    await eventually(() => typesOf(told.session).includes('deleted'), 'word that the session is gone');
    expect(typesOf(told.sessions)).toEqual(['reset']);
    await save(writer, 'a', counter(2));
    await eventually(() => told.counts.at(-1) === 2, 'the next save');
    await eventually(() => typesOf(told.session).length === 2, 'the session');
    expect(typesOf(told.session)).toEqual(['deleted', 'changed']);
  });

  test('it is tried again until the database can be read', async () => {
    const losing = loseMessages();
    const [writer, listener] = await openTwo();
    const told = await watchEverything(listener);
    await losing.during(() => save(writer, 'a', counter(2)));
    await refusingTransactions(4, async () => {
      endConnection(openDatabases.at(-1)!);
      await eventually(() => told.counts.at(-1) === 2, 'the save that was missed');
    });
  });

  test('nobody who does not watch opens it again', async () => {
    const store = openStore();
    await save(store, 'a', counter(1));
    const { length } = openDatabases;
    endConnection(openDatabases.at(-1)!);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(openDatabases).toHaveLength(length);
  });
});

test('messages late, twice, out of order or lost: versions are told in order, each once, and the last', async () => {
  /** What happens next; the number says to which of the messages that are on their way. */
  type Step = { of: 'save' | 'deliver' | 'repeat' | 'lose'; number: number };
  const steps = fc.array(
    fc.record<Step>({
      of: fc.constantFrom('save', 'save', 'deliver', 'repeat', 'lose'),
      number: fc.nat(100),
    }),
    { maxLength: 20 },
  );
  let onTheirWay: (() => void)[] = [];
  carryMessages((deliver) => onTheirWay.push(deliver));

  const property = fc.asyncProperty(steps, async (steps) => {
    const name = `test-${crypto.randomUUID()}`;
    const stores = Array.from({ length: 3 }, () => new IndexedDBSessionStore<any>({ name }));
    const [one, two, listener] = stores as [Store, Store, Store];
    await save(one, 'a', counter(0));
    const told = await watchEverything(listener);
    onTheirWay = [];
    let saved = 0;
    const saveNext = () => {
      saved++;
      return save(saved % 2 ? one : two, 'a', counter(saved));
    };
    for (const { of, number } of steps) {
      const nth = number % Math.max(1, onTheirWay.length);
      if (of === 'save') await saveNext();
      else if (of === 'deliver') onTheirWay.splice(nth, 1)[0]?.();
      else if (of === 'repeat') onTheirWay[nth]?.();
      else onTheirWay.splice(nth, 1);
    }
    await saveNext();
    onTheirWay.at(-1)!();
    await eventually(() => told.counts.at(-1) === saved, 'the last version');
    expect(told.counts).toEqual([...new Set(told.counts)].sort((a, b) => a - b));
    await eventually(() => told.session.length > 0, 'the session');
    for (const store of stores) await store.close();
  });
  await fc.assert(property, { seed: 4, numRuns: 40 });
}, 60_000);

describe('no false alarms', () => {
  /** Everything that can be done, each at a session of its own and at one that both tabs use. */
  async function doEverything(store: Store, own: string): Promise<void> {
    const messages = Array.from({ length: 60 }, (_, n) =>
      message(`${own} ${n} `.padEnd(4_000, 'lorem ipsum ')),
    );
    for (let n = 1; n <= 10; n++) {
      const parent = n > 1 && { parentId: `${own}-${n - 1}` };
      await save(
        store,
        `${own}-${n}`,
        turn(n, { ...parent, sessionId: own, state: { messages: messages.slice(0, 6 * n) } }),
      );
      await save(store, 'a', counter(n));
    }
    await store.compact();
    await store.updateSession(own, { title: own });
    await store.updateSession('s', { title: own });
    await store.selectBranch(`${own}-5`);
    await store.deleteSnapshot(`${own}-10`);
    await store.deleteSnapshot(`${own}-5`, { subtree: true });
    await store.saveSnapshot('a', () => null);
    await store
      .saveSnapshot('a', () => {
        throw new Error('mine');
      })
      .catch(() => {});
    await Promise.all(Array.from({ length: 20 }, (_, n) => save(store, 'a', counter(n))));
    await store.deleteSession(own);
    await store.compact();
  }

  test('ordinary traffic between two tabs is told by name, never as a reset', async () => {
    const stores = await openTwo();
    const tolds = await Promise.all(stores.map(watchEverything));
    await Promise.all(stores.map((store, n) => doEverything(store, `own-${n}`)));
    await saveElsewhere(stores[0]);
    for (const { sessions } of tolds) {
      await eventually(
        () => sessions.some((change) => 'sessionId' in change && change.sessionId === 'other'),
        'the last save',
      );
      expect(typesOf(sessions)).not.toContain('reset');
    }
  }, 60_000);

  test('nor when another tab saves just as several begin to watch', async () => {
    const onTheirWay: (() => void)[] = [];
    carryMessages((deliver) => onTheirWay.push(deliver));
    const [writer, listener] = await openTwo();
    await listener.getSession('s');
    onTheirWay.length = 0;
    const told: string[] = [];
    let clockReads = 0;
    // The save comes between the moments at which the first and the second could see where the clock stands.
    const comeBetween = ({ store, method }: RequestMade) => {
      if (store !== 'meta' || method !== 'get') return;
      clockReads++;
      if (clockReads === 1) void save(writer, 'a', counter(2));
      if (clockReads === 2) listener.onSessionChange('s', () => {});
    };
    await observingRequests(comeBetween, async () => {
      listener.onSessionsChange(({ type }) => told.push(type));
      await eventually(() => onTheirWay.length > 0, 'the save');
      await listener.getSession('s');
    });
    expect(told).toEqual([]);
    onTheirWay[0]!();
    await eventually(() => told.length > 0, 'the message');
    expect(told).toEqual(['changed']);
  });

  test.each(['clear', 'deleteDatabase'] as const)(
    '%s is one reset, and the next save none',
    async (remove) => {
      const stores = await openTwo();
      const tolds = await Promise.all(stores.map(watchEverything));
      await stores[0][remove]();
      await save(stores[1], 'a', counter(7));
      await save(stores[0], 'a', counter(8));
      for (const { counts, sessions } of tolds) {
        await eventually(() => counts.at(-1) === 8, 'the last save');
        expect(typesOf(sessions).filter((type) => type === 'reset')).toHaveLength(1);
      }
    },
  );
});
