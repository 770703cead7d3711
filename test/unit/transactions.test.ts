import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareKeys, finds, nameOfKey } from '../../src/database/key-order.js';
import { openInMemory } from '../../src/database/memory.js';
import { IndexedDBDatabase } from '../../src/database/indexeddb.js';
import type { Cursor, RowCursor } from '../../src/database/object-store.js';
import { createSchema, type Database } from '../../src/database/schema.js';
import { type RawRows, rawStore, type RawStore } from '../../src/encryption/encrypted-row.js';
import { UnwrittenRows } from '../../src/encryption/unwritten-rows.js';
import { freshName } from '../stores/open-store.js';

// fake-indexeddb takes an empty buffer for one that is gone.
const key: fc.Arbitrary<IDBValidKey> = fc.letrec<{ key: IDBValidKey }>((tie) => ({
  key: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(0, -0, 1, -1.5, Infinity, -Infinity, 2 ** 53),
    fc.constantFrom('', 'a', 'b', 'ab', '\ud800', '\uffff', '😀', '1'),
    fc.date({ noInvalidDate: true }),
    fc.uint8Array({ minLength: 1, maxLength: 3 }).map((bytes) => bytes.buffer),
    fc.uint8Array({ minLength: 1, maxLength: 3 }),
    fc.array(tie('key'), { maxLength: 3 }),
  ),
})).key;

describe('Keys', () => {
  test('are in the order, and are found by the ranges, of IndexedDB', () => {
    fc.assert(
      fc.property(key, key, key, fc.boolean(), fc.boolean(), (a, b, c, lowerOpen, upperOpen) => {
        expect(Math.sign(compareKeys(a, b))).toBe(indexedDB.cmp(a, b));
        expect(nameOfKey(a) === nameOfKey(b)).toBe(indexedDB.cmp(a, b) === 0);
        const [lower, upper] = indexedDB.cmp(a, b) <= 0 ? [a, b] : [b, a];
        const isOne = indexedDB.cmp(lower, upper) === 0;
        const range = IDBKeyRange.bound(lower, upper, lowerOpen && !isOne, upperOpen && !isOne);
        expect(finds(range, c)).toBe(range.includes(c));
        expect(finds(IDBKeyRange.lowerBound(a, lowerOpen), c)).toBe(
          IDBKeyRange.lowerBound(a, lowerOpen).includes(c),
        );
        expect(finds(IDBKeyRange.upperBound(a, upperOpen), c)).toBe(
          IDBKeyRange.upperBound(a, upperOpen).includes(c),
        );
      }),
      { numRuns: 2000 },
    );
  });
});

interface Row {
  id: string;
  sessionId: string;
  createdMs: number;
  version: number;
  info: { parentId?: string };
}

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const row: fc.Arbitrary<Row> = fc.record({
  id,
  sessionId: fc.constantFrom('', 's', 't'),
  createdMs: fc.nat(2),
  version: fc.nat(9),
  info: fc.oneof(
    id.map((parentId) => ({ parentId })),
    fc.constant({}),
  ),
});
const range = fc
  .tuple(id, id, fc.boolean(), fc.boolean())
  .map(([a, b, lowerOpen, upperOpen]) => (a < b ? IDBKeyRange.bound(a, b, lowerOpen, upperOpen) : a));
const query = fc.oneof(fc.constant(undefined), range);
const prefixed = (...prefix: IDBValidKey[]) => IDBKeyRange.bound(prefix, [...prefix, []]);

type Step = (store: RawStore, isAtOnce: boolean) => Promise<unknown>;

/** All that a cursor comes to, in its order; `isAtOnce`: the first, since one that moves may or may not see what others write. */
async function walked(
  opened: Promise<Cursor<any, any> | null>,
  isAtOnce: boolean,
  withRows = false,
): Promise<unknown[]> {
  const seen: unknown[] = [];
  for (let at = await opened; at; at = await at.continue()) {
    seen.push([at.key, at.primaryKey, withRows && (at as RowCursor<Row, string>).value]);
    if (isAtOnce) break;
  }
  return seen;
}

const asked = (choose: (store: RawStore) => RawRows, query: unknown, count: number | undefined) => {
  const each: Step[] = [
    (store) => choose(store).get(query),
    (store) => choose(store).getKey(query),
    (store) => choose(store).getAll(query, count),
    (store) => choose(store).getAllKeys(query, count),
    (store) => choose(store).count(query),
    (store, isAtOnce) => walked(choose(store).openKeyCursor(query), isAtOnce),
    (store, isAtOnce) => walked(choose(store).openKeyCursor(query, 'prev'), isAtOnce),
    (store, isAtOnce) => walked(store.openCursor(), isAtOnce, true),
  ];
  return query === undefined ? each.slice(2) : each;
};
const count = fc.constantFrom(undefined, 1, 2, 3);
const step: fc.Arbitrary<Step> = fc.oneof(
  row.map(
    (row): Step =>
      async (store) =>
        void (await store.put(row)),
  ),
  row.map((row): Step => async (store, isAtOnce) => {
    // In IndexedDB one that fails takes its whole transaction back.
    if (!isAtOnce && (await store.getKey(row.id)) === undefined) await store.add(row);
  }),
  range.map(
    (range): Step =>
      (store) =>
        store.delete(range),
  ),
  { weight: 1, arbitrary: fc.constant<Step>((store) => store.clear()) },
  fc.tuple(query, count).chain(([query, count]) => fc.constantFrom(...asked((store) => store, query, count))),
  fc
    .tuple(
      fc.constantFrom('', 's', 't').map((id) => prefixed(id)),
      count,
    )
    .chain(([query, count]) => fc.constantFrom(...asked((store) => store.index('sessionId'), query, count))),
  fc
    .tuple(
      id.map((id) => prefixed(id)),
      count,
    )
    .chain(([query, count]) => fc.constantFrom(...asked((store) => store.index('parentId'), query, count))),
);

function open(name: string): Promise<Database> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onupgradeneeded = () => createSchema(request.result, request.transaction!);
    request.onsuccess = () => resolve(new IndexedDBDatabase(request.result));
    request.onerror = () => reject(request.error);
  });
}

async function inStore<T>(
  database: Database,
  work: (store: RawStore) => Promise<T>,
  mode: 'readonly' | 'readwrite' = 'readwrite',
): Promise<T> {
  const begun = database.begin(mode, 'default');
  const result = await work(rawStore(begun.transaction, 'snapshots'));
  begun.end();
  await begun.finished;
  return result;
}

const openMemory = async () => openInMemory(freshName(), { release: () => {} });

/** Whatever stands for an object store, and where it lies. */
const STORES: Record<string, { open: () => Promise<Database>; show: (store: RawStore) => RawStore }> = {
  'in memory': { open: openMemory, show: (store) => store },
  'recorded, on IndexedDB': {
    open: () => open(freshName()),
    show: (store) => new UnwrittenRows(store, 'snapshots'),
  },
  'recorded, on memory': { open: openMemory, show: (store) => new UnwrittenRows(store, 'snapshots') },
};

describe.each(Object.keys(STORES))('A transaction %s', (name) => {
  const { open: openTried, show } = STORES[name]!;

  test('answers as one of IndexedDB does, and leaves nothing when it is aborted or only recorded', async () => {
    const [real, tried] = await Promise.all([open(freshName()), openTried()]);
    await fc.assert(
      fc.asyncProperty(
        fc.array(row),
        fc.array(step, { maxLength: 25 }),
        fc.boolean(),
        async (rows, steps, isAtOnce) => {
          // With `isAtOnce` all is asked for before the first answer, as by those who do not wait.
          const run = async (store: RawStore) => {
            const answers: unknown[] = [];
            const all = steps.map((step, i) => async () => (answers[i] = await step(store, isAtOnce)));
            if (isAtOnce) await Promise.all(all.map((one) => one()));
            else for (const one of all) await one();
            return { answers, rows: await store.getAll() };
          };
          const seed = async (store: RawStore) => {
            await store.clear();
            for (const row of rows) await store.put(row);
            return store.getAll();
          };
          const before = await inStore(tried, seed);
          const expected = await inStore(real, async (store) => {
            await seed(store);
            return run(store);
          });
          const begun = tried.begin('readwrite', 'default');
          expect(await run(show(rawStore(begun.transaction, 'snapshots')))).toEqual(expected);
          begun.abort();
          await expect(begun.finished).rejects.toBe(null);
          expect(await inStore(tried, (store) => store.getAll())).toEqual(before);
        },
      ),
      { numRuns: 300 },
    );
    real.close();
    tried.close();
  });

  test('fails to add what is there', async () => {
    const tried = await openTried();
    const one = { id: 'a', sessionId: 's', createdMs: 1, version: 1, info: {} };
    await inStore(tried, (store) => store.put(one));
    const begun = tried.begin('readwrite', 'default');
    begun.finished.catch(() => {});
    const adding = show(rawStore(begun.transaction, 'snapshots')).add(one);
    await expect(adding).rejects.toMatchObject({ name: 'ConstraintError' });
    begun.abort();
    tried.close();
  });
});

const kinds = { 'of IndexedDB': () => open(freshName()), 'in memory': openMemory };
const one = (version: number): Row => ({ id: 'a', sessionId: 's', createdMs: 1, version, info: {} });

describe.each(Object.entries(kinds))('Transactions %s', (_, openTried) => {
  test('that write have the database for themselves, those that read share one state, in their order', async () => {
    const database = await openTried();
    const seen: string[] = [];
    const turn = (name: string, mode: 'readonly' | 'readwrite', version?: number) =>
      inStore(
        database,
        async (store) => {
          seen.push(`${name} ${(await store.get('a'))?.version}`);
          if (version) await store.put(one(version));
          for (let i = 0; i < 5; i++) await store.count();
          seen.push(`${name} ${(await store.get('a'))?.version}`);
        },
        mode,
      );
    await Promise.all([
      turn('w1', 'readwrite', 1),
      turn('r1', 'readonly'),
      turn('r2', 'readonly'),
      turn('w2', 'readwrite', 2),
      turn('r3', 'readonly'),
    ]);
    const [w1, readers, rest] = [seen.slice(0, 2), seen.slice(2, 6).toSorted(), seen.slice(6)];
    expect(w1).toEqual(['w1 undefined', 'w1 1']);
    expect(readers).toEqual(['r1 1', 'r1 1', 'r2 1', 'r2 1']);
    expect(rest).toEqual(['w2 1', 'w2 2', 'r3 2', 'r3 2']);
    database.close();
  });

  test('keep copies: what is changed after it was put, or read, is not changed there', async () => {
    const database = await openTried();
    const row: Row = one(1);
    await inStore(database, (store) => {
      const putting = store.put(row);
      row.version = 2;
      return putting;
    });
    await inStore(database, async (store) => ((await store.get('a')).version = 3));
    expect(await inStore(database, (store) => store.get('a'))).toEqual(one(1));
    const refused = inStore(database, async (store) => store.put({ ...one(4), f: () => {} }));
    await expect(refused).rejects.toMatchObject({ name: 'DataCloneError' });
    database.close();
  });

  test('cannot be begun once the database is closed, and those that were are finished', async () => {
    const database = await openTried();
    const writing = inStore(database, (store) => store.put(one(1)));
    database.close();
    await writing;
    expect(() => database.begin('readonly', 'default')).toThrow(
      expect.objectContaining({ name: 'InvalidStateError' }),
    );
  });
});
