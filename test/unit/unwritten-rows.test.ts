import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareKeys, finds, nameOfKey } from '../../src/database/key-order.js';
import { promised } from '../../src/database/requests.js';
import { createSchema, type Database, type UpgradeTransaction } from '../../src/database/schema.js';
import { rawStore, type RawCursor, type RawRows, type RawStore } from '../../src/encryption/raw-rows.js';
import type { RowStore } from '../../src/encryption/sealed-rows.js';
import { UnwrittenRows } from '../../src/encryption/unwritten-rows.js';
import { freshName } from '../browser/open-store.js';

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

/** All keys of a cursor, in its order. */
async function walked(opened: Promise<unknown>, isAtOnce: boolean, isValued = false): Promise<unknown[]> {
  const seen: unknown[] = [];
  for (let at = (await opened) as RawCursor | null; at; at = await at.continue()) {
    seen.push([at.key, at.primaryKey, isValued && at.value]);
    // A cursor that moves while others write may or may not see it.
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
    request.onupgradeneeded = () =>
      createSchema(
        promised(request.result) as unknown as Database,
        promised(request.transaction) as unknown as UpgradeTransaction,
      );
    request.onsuccess = () => resolve(promised(request.result) as unknown as Database);
    request.onerror = () => reject(request.error);
  });
}

async function inStore<T>(
  database: Database,
  name: RowStore,
  work: (store: RawStore) => Promise<T>,
): Promise<T> {
  const transaction = database.transaction([name], 'readwrite');
  return work(rawStore(transaction, name));
}

describe('Rows that are not written', () => {
  test('look in every way as if they had been, and are not', async () => {
    const [real, kept] = await Promise.all([open(freshName()), open(freshName())]);
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
            return answers;
          };
          const seed = async (store: RawStore) => {
            await store.clear();
            for (const row of rows) await store.put(row);
          };
          const before = await inStore(kept, 'snapshots', async (store) => {
            await seed(store);
            return store.getAll();
          });
          const expected = await inStore(real, 'snapshots', async (store) => {
            await seed(store);
            return { answers: await run(store), rows: await store.getAll() };
          });
          const actual = await inStore(kept, 'snapshots', async (store) => {
            const unwritten = new UnwrittenRows(store, 'snapshots');
            return { answers: await run(unwritten), rows: await unwritten.getAll() };
          });
          expect(actual).toEqual(expected);
          expect(await inStore(kept, 'snapshots', (store) => store.getAll())).toEqual(before);
        },
      ),
      { numRuns: 400 },
    );
    real.close();
    kept.close();
  });
});
