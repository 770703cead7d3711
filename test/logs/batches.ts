import fc from 'fast-check';
import { expect } from 'vitest';
import type { IndexedDBSessionStoreOptions } from '../../src/index.js';
import { turn } from '../../src/testing/sample-snapshots.js';
import { openStore } from '../stores/open-store.js';
import { said } from './chat.js';

const id = fc.constantFrom('a', 'b', 'c', 'd');

/** One save: how its id comes about, and what the mutator does. */
const oneSave = fc.record({
  how: fc.constantFrom('argument', 'mutator', 'generated'),
  id,
  sessionId: fc.constantFrom('s', 's', 's', 't', undefined),
  parentId: fc.option(id, { nil: undefined }),
  does: fc.constantFrom('saves', 'saves', 'saves', 'counts', 'nothing', 'throws', 'fails'),
  messages: fc.array(fc.integer({ max: 4, min: 0 }), { maxLength: 4 }),
  second: fc.integer({ min: 0, max: 5 }),
});

type OneSave = typeof oneSave extends fc.Arbitrary<infer T> ? T : never;

const mine = new Error('mine');

/** Saves before, one by one, and then all of a batch, together or one by one as well. */
async function after(
  before: OneSave[],
  batch: OneSave[],
  together: boolean,
  options: IndexedDBSessionStoreOptions,
) {
  const all = [...before, ...batch];
  let calls = 0;
  const store = openStore({ compaction: false, ...options, generateId: () => all[calls++ % all.length]!.id });
  const run = (each: OneSave) => {
    const { how, id, sessionId, parentId, does, messages, second } = each;
    const fields = {
      sessionId,
      ...(parentId !== undefined && { parentId }),
      state: { messages: messages.map((n) => said(`m${n}`)) },
    };
    return store.saveSnapshot(how === 'argument' ? id : undefined, (current) => {
      if (does === 'throws') throw mine;
      if (does === 'nothing') return null;
      if (does === 'fails') return turn(second, { ...fields, state: { custom: () => {} } });
      const count = ((current as { count?: number } | undefined)?.count ?? 0) + 1;
      return turn(second, {
        ...fields,
        ...(how === 'mutator' && { snapshotId: id }),
        ...(does === 'counts' && { count }),
      });
    });
  };
  const settled: PromiseSettledResult<string | null>[] = [];
  for (const each of before) settled.push(...(await Promise.allSettled([run(each)])));
  if (together) settled.push(...(await Promise.allSettled(batch.map(run))));
  else for (const each of batch) settled.push(...(await Promise.allSettled([run(each)])));
  const ids = ['a', 'b', 'c', 'd'];
  return {
    results: settled.map((each) =>
      each.status === 'fulfilled' ? each.value : (each.reason.status ?? each.reason),
    ),
    stored: await Promise.all(ids.map((snapshotId) => store.getSnapshot({ snapshotId }))),
    latest: await Promise.all(
      ['s', 't'].map((sessionId) => store.getSnapshot({ sessionId }).catch((error) => error.status)),
    ),
    sessions: (await store.listSessions()).sessions,
    trees: await Promise.all(['s', 't'].map((sessionId) => store.getTree(sessionId))),
    problems: (await store.check()).problems,
  };
}

/** Saves that share a transaction come to what they would come to one after the other. */
export const batchesAreSequences = (options: IndexedDBSessionStoreOptions = {}) =>
  fc.asyncProperty(
    fc.array(oneSave, { maxLength: 4 }),
    fc.array(oneSave, { minLength: 1, maxLength: 6 }),
    fc.constantFrom(undefined, undefined, 1, 2),
    async (before, batch, length) => {
      const all = { ...options, ...(length !== undefined && { maxPersistedChainLength: length }) };
      const together = await after(before, batch, true, all);
      expect(together).toEqual(await after(before, batch, false, all));
      expect(together.problems).toEqual([]);
    },
  );
