import { IDBFactory } from 'fake-indexeddb';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ListSessionsOptions, SessionInfo } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { freshName, openStore } from '../stores/open-store.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

const indexed = ['pinned', 'folder', 'stars', '__proto__'];
const key = await crypto.subtle.importKey('raw', new Uint8Array(32), 'AES-GCM', false, [
  'encrypt',
  'decrypt',
]);

describe.each([
  ['plain', {}],
  ['encrypted', { encryption: { key } }],
])('%s', (_, options) => {
  test('equality of several keys, in any order and in pages of any size', async () => {
    const metadata = fc.record(
      {
        pinned: fc.constantFrom<unknown>(true, false, 'true', 1, null, [true]),
        folder: fc.constantFrom('', 'work', 'home', 'Work'),
        stars: fc.constantFrom<unknown>(0, 1, 2.5, '1'),
      },
      { requiredKeys: [] },
    );
    const where = fc.record(
      {
        pinned: fc.constantFrom(true, false),
        folder: fc.constantFrom('', 'work', 'nowhere'),
        stars: fc.constantFrom(0, -0, 1, 2.5),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(metadata, { minLength: 1, maxLength: 12 }),
        where,
        fc.constantFrom('asc' as const, 'desc' as const),
        fc.integer({ min: 1, max: 5 }),
        async (all, where, order, limit) => {
          const store = openStore({ ...options, indexed, name: freshName() });
          for (const [n, metadata] of all.entries()) {
            await save(store, `${n}`, turn(n, { sessionId: `s${n}` }));
            await store.updateSession(`s${n}`, { metadata });
          }
          const found: SessionInfo[] = [];
          let cursor: string | undefined;
          do {
            const asked: ListSessionsOptions = { where, order, limit, cursor };
            const page = await store.listSessions(asked);
            expect(page.sessions.length).toBeLessThanOrEqual(limit);
            if (page.cursor !== undefined) expect(page.sessions).toHaveLength(limit);
            found.push(...page.sessions);
            ({ cursor } = page);
          } while (cursor !== undefined);
          const { sessions } = await store.listSessions({ order });
          const expected = sessions.filter(({ metadata }) =>
            Object.entries(where).every(([key, value]) => metadata?.[key] === value),
          );
          expect(found).toEqual(expected);
          await store.close();
        },
      ),
      { numRuns: 15 },
    );
  });
});

test('only keys that the store names, and only strings, numbers and booleans', async () => {
  const store = openStore({ indexed });
  for (const bad of [null, undefined, {}, [true], NaN, Infinity, 1n, new Date()])
    await expectRefusal(
      () => store.listSessions({ where: { pinned: bad } as never }),
      'INVALID_ARGUMENT',
      'options.where.pinned',
    );
  for (const bad of [null, 'pinned', true, [1]])
    await expectRefusal(() => store.listSessions({ where: bad as never }), 'INVALID_ARGUMENT');
  await expectRefusal(
    () => store.listSessions({ where: { title: 'x' } }),
    'INVALID_ARGUMENT',
    'options.where.title',
  );
  await expectRefusal(
    () => openStore().listSessions({ where: { pinned: true } }),
    'INVALID_ARGUMENT',
    'options.where.pinned',
  );
  await expectRefusal(() => store.listSnapshots({ sessionId: 's', where: {} } as never), 'INVALID_ARGUMENT');
  for (const bad of ['pinned', {}, [1], Array.from({ length: 1 })])
    await expectRefusal(() => openStore({ indexed: bad as never }), 'INVALID_ARGUMENT', 'options.indexed');
});

test('what is deleted and can be restored is not found', async () => {
  const store = openStore({ indexed });
  await save(store, 'a', turn(1));
  await store.updateSession('s', { metadata: { pinned: true } });
  await store.deleteSession('s', { undoable: 1000 });
  expect((await store.listSessions({ where: { pinned: true } })).sessions).toEqual([]);
  await store.restoreSession('s');
  expect((await store.listSessions({ where: { pinned: true } })).sessions).toHaveLength(1);
});
