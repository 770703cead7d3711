import { IDBFactory } from 'fake-indexeddb';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { replacementOf } from '../../src/database/replacement.js';
import type { HealthEvent, IndexedDBSessionStoreOptions } from '../../src/index.js';
import { databaseName } from '../../src/store/options.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { freshName, openStore } from '../stores/open-store.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** What is easily taken for something else, and what is made of such. */
const part = fc.oneof(
  fc
    .array(
      fc.constantFrom(
        'a',
        'b',
        '/',
        '%',
        '%2F',
        '%2E',
        '.',
        '.replacement',
        'replacement',
        ':',
        ' ',
        '?',
        'ä',
      ),
      { minLength: 1, maxLength: 5 },
    )
    .map((parts) => parts.join('')),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 5 }),
);
const filled = part.filter((text) => text.trim() !== '');

/** Channels, locks and the sentinel's key are made of the database's name alone. Tenants are named from the outermost level inwards: a namespace without a prefix, or the reverse, is one level. */
const asker = fc.record({ name: filled, levels: fc.array(filled, { maxLength: 2 }) });

const askedBy = ({ name, levels }: { name: string; levels: string[] }, usesPrefix: boolean) => {
  const [namespace, prefix] = levels.length === 1 && usesPrefix ? [undefined, levels[0]] : levels;
  const options: IndexedDBSessionStoreOptions = {
    name,
    namespace,
    ...(prefix !== undefined && { snapshotPathPrefix: () => prefix }),
  };
  return databaseName(options, undefined);
};

test('whoever asks for something else gets something else, and nobody gets what may replace it', () => {
  fc.assert(
    fc.property(asker, asker, fc.boolean(), fc.boolean(), (one, other, first, second) => {
      const [mine, theirs] = [askedBy(one, first), askedBy(other, second)];
      const isSame = JSON.stringify(one) === JSON.stringify(other);
      expect(mine === theirs).toBe(isSame);
      expect(replacementOf(mine) === replacementOf(theirs)).toBe(isSame);
      // Only a store that is named so reads what replaces another one's database, and that is how it is opened by hand.
      const byHand = askedBy({ ...one, name: `${one.name}.replacement` }, first);
      expect(replacementOf(mine)).toBe(byHand);
      if (!other.name.endsWith('.replacement')) expect(theirs).not.toBe(replacementOf(mine));
    }),
    { numRuns: 5000 },
  );
});

test('names that are one part inside of another are different ones', () => {
  const names = new Set<string>();
  const parts = ['a', 'a/b', 'a%2Fb', 'b', 'b.replacement', 'b%2Ereplacement', '.replacement', 'a/b/c', '%'];
  let asked = 0;
  for (const name of parts) {
    for (const levels of [
      [],
      ...parts.map((one) => [one]),
      ...parts.flatMap((a) => parts.map((b) => [a, b])),
    ]) {
      names.add(askedBy({ name, levels }, false));
      asked++;
    }
  }
  expect(names.size).toBe(asked);
});

test.each([{}, { namespace: 'b' }, { namespace: 'b', snapshotPathPrefix: () => 'c/d' }])(
  'what was saved while the database of %o could not be opened is read by a store of that name',
  async (tenant) => {
    const name = freshName();
    const told: HealthEvent[] = [];
    const real = IDBFactory.prototype.open;
    const broken = databaseName({ name, ...tenant }, undefined);
    vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(function (this: IDBFactory, asked, version) {
      if (asked === broken) throw new DOMException('Internal error opening backing store', 'UnknownError');
      return real.call(this, asked, version);
    });
    const neighbours = ['b.replacement', 'b'].map((namespace) =>
      openStore({ name, namespace: `x${namespace}` }),
    );
    for (const neighbour of neighbours) await save(neighbour, 'theirs', turn(1));
    const store = openStore({
      name,
      ...tenant,
      onUnavailable: 'failover',
      onHealth: (event) => told.push(event),
    });
    await save(store, 'mine', turn(2));
    expect(told).toEqual([{ type: 'failover', database: broken, replacement: replacementOf(broken) }]);
    const byHand = openStore({ name: `${name}.replacement`, ...tenant });
    expect((await byHand.getSnapshot({ snapshotId: 'mine' }))?.snapshotId).toBe('mine');
    for (const neighbour of neighbours) {
      expect(await neighbour.getSnapshot({ snapshotId: 'mine' })).toBeUndefined();
    }
    expect(await store.getSnapshot({ snapshotId: 'theirs' })).toBeUndefined();
  },
);
