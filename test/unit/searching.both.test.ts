import { describe, expect, test } from 'vitest';
import type { IndexedDBSessionStore, Hit } from '../../src/index.js';
import { message, save, turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { renewIndexedDB } from '../environment.js';
import { openStore } from '../stores/open-store.js';

renewIndexedDB();

type Store = IndexedDBSessionStore<any>;

/** Long enough to be kept in logs. */
const long = 'x'.repeat(600);
const messages = (...texts: string[]) => ({ state: { messages: texts.map((text) => message(text)) } });
const marked = ({ excerpt: { text, ranges } }: Hit) => ranges.map(([from, to]) => text.slice(from, to));
const placesOf = (hits: Hit[]) => hits.map(({ snapshotId, messageIndex }) => `${snapshotId} ${messageIndex}`);

async function find(store: Store, query: string): Promise<string[][]> {
  return (await store.searchText(query)).hits.map(marked);
}

async function storeWith(...texts: string[]): Promise<Store> {
  const store = openStore();
  await save(store, 'a', turn(1, messages(...texts)));
  return store;
}

describe('what matches', () => {
  test.each([
    ['Straße', 'STRASSE', ['Straße']],
    ['STRASSE', 'straße', ['STRASSE']],
    ['İstanbul', 'istanbul', ['İstanbul']],
    ['Résumé', 'resume', ['Résumé']],
    ['re\u0301sume\u0301', 'résumé', ['re\u0301sume\u0301']],
    ['ﬁnal', 'fin', ['ﬁn']],
    ['ＡＢＣ', 'abc', ['ＡＢＣ']],
    ['ΣΊΣΥΦΟΣ', 'σίσυφος', ['ΣΊΣΥΦΟΣ']],
    ['我们在讨论分支会话', '分支', ['分支']],
    ['ไม่มีช่องว่าง', 'มีช่อง', ['มีช่อง']],
    ['日本語のテキスト', 'ﾃｷｽﾄ', ['テキスト']],
    ['대한민국', '한민', ['한민']],
    ['대한민국'.normalize('NFD'), '한민', ['한민'.normalize('NFD')]],
    ['👨‍👩‍👧 family', '👨‍👩‍👧', ['👨‍👩‍👧']],
    ['שלום עולם', 'עולם', ['עולם']],
    ['a \ud800 half', '\ud800', ['\ud800']],
    ['one two three', 'three one', ['one', 'three']],
    ['concatenate', 'cat', ['cat']],
  ])('%j is found by %j', async (text, query, ranges) => {
    const store = await storeWith(text, `${long} ${text}`);
    expect(await find(store, query)).toEqual([ranges, ranges]);
  });

  test.each([
    ['대한민국', '하'],
    ['one two', 'one three'],
    ['ab', 'a b c'],
  ])('%j is not found by %j', async (text, query) => {
    expect(await find(await storeWith(text, long), query)).toEqual([]);
  });

  test('words may be in different parts of a message, but no word goes from one part to the next', async () => {
    const store = openStore();
    const content = [{ text: 'first half' }, { media: { url: 'x' } }, { text: 'second' }];
    await save(store, 'a', turn(1, { state: { messages: [{ role: 'user', content }] } }));
    expect(await find(store, 'second first')).toEqual([['first', 'second']]);
    expect(await find(store, 'halfsecond')).toEqual([]);
  });

  test('only text: not tool calls, reasoning, metadata or artifacts', async () => {
    const store = openStore();
    const content = [
      { toolRequest: { name: 'needle', input: { text: 'needle' } } },
      { reasoning: 'needle' },
      { data: { text: 'needle' } },
      { text: 7 },
      null,
    ];
    const state = {
      messages: [{ role: 'model', content, metadata: { text: 'needle' } }, null, 'x', { role: 'user' }],
      artifacts: [{ parts: [{ text: 'needle' }] }],
      custom: { text: 'needle' },
    };
    await save(store, 'a', turn(1, { state }));
    expect(await find(store, 'needle')).toEqual([]);
  });

  test('text as other frameworks have it', async () => {
    const store = openStore();
    const state = {
      messages: [
        { role: 'user', content: 'a needle' },
        { role: 'user', parts: [{ type: 'text', text: 'needle' }] },
      ],
    };
    await save(store, 'a', turn(1, { state }));
    expect(placesOf((await store.searchText('needle')).hits)).toEqual(['a 1', 'a 0']);
  });

  test('an empty query finds nothing', async () => {
    const store = await storeWith('a');
    for (const query of ['', ' \n', '\u0301']) expect(await store.searchText(query)).toEqual({ hits: [] });
  });
});

describe('once for each stored message, at the snapshot that brought it, newest first', () => {
  test.each(['', long])('a chat of three turns, padded with %j', async (pad) => {
    const store = openStore();
    const texts = [1, 2, 3, 4, 5, 6].map((n) => `needle ${n} ${pad}`);
    for (const n of [1, 2, 3]) {
      const parentId = n > 1 ? `s${n - 1}` : undefined;
      await save(store, `s${n}`, turn(n, { parentId, ...messages(...texts.slice(0, 2 * n)) }));
    }
    const { hits } = await store.searchText('needle');
    expect(placesOf(hits)).toEqual(['s3 5', 's3 4', 's2 3', 's2 2', 's1 1', 's1 0']);
  });

  test('a chat that outgrows its row', async () => {
    const store = openStore();
    await save(store, 'a', turn(1, messages('needle', 'ok')));
    await save(
      store,
      'b',
      turn(2, { parentId: 'a', ...messages('needle', 'ok', `needle ${long}`, 'ok needle') }),
    );
    await save(store, 'c', turn(3, { parentId: 'b', ...messages('ok needle', 'needle') }));
    expect(placesOf((await store.searchText('needle')).hits)).toEqual(['b 3', 'b 2', 'a 0']);
  });

  test('branches share what came before', async () => {
    const store = openStore();
    await save(store, 'q', turn(1, messages(`needle ${long}`)));
    await save(store, 'x', turn(2, { parentId: 'q', ...messages(`needle ${long}`, 'needle x') }));
    await save(store, 'y', turn(3, { parentId: 'q', ...messages(`needle ${long}`, 'needle y') }));
    expect(placesOf((await store.searchText('needle')).hits)).toEqual(['y 1', 'x 1', 'q 0']);
    await store.deleteSnapshot('x');
    expect(placesOf((await store.searchText('needle')).hits)).toEqual(['y 1', 'q 0']);
  });

  test('when the snapshot that brought it is pruned, the oldest one left has it', async () => {
    const store = openStore({ maxPersistedChainLength: 2 });
    const texts = [1, 2, 3, 4].map((n) => `needle ${n} ${long}`);
    for (const n of [1, 2, 3, 4]) {
      const parentId = n > 1 ? `s${n - 1}` : undefined;
      await save(store, `s${n}`, turn(n, { parentId, ...messages(...texts.slice(0, n)) }));
    }
    expect(placesOf((await store.searchText('needle')).hits)).toEqual(['s4 3', 's3 2', 's3 1', 's3 0']);
  });

  test('sessions are mixed by time, in pages of any size', async () => {
    const store = openStore();
    for (let n = 0; n < 12; n++) {
      const sessionId = `s${n % 3}`;
      await save(store, `${n}`, turn(n, { sessionId, ...messages(`needle ${n}`, n % 2 ? long : '') }));
    }
    await save(store, 'alone', { createdAt: turn(99).createdAt, ...messages('needle') });
    const all = (await store.searchText('needle')).hits;
    expect(all.map(({ snapshotId }) => snapshotId)).toEqual(
      Array.from({ length: 12 }, (_, n) => `${11 - n}`),
    );
    for (const limit of [1, 2, 5, 12]) {
      const found: Hit[] = [];
      let cursor: string | undefined;
      do {
        const page = await store.searchText('needle', { limit, cursor });
        expect(page.hits.length).toBeLessThanOrEqual(limit);
        found.push(...page.hits);
        cursor = page.cursor;
      } while (cursor !== undefined);
      expect(found).toEqual(all);
    }
  });
});

describe('excerpts', () => {
  test('a piece of a long text around the words, with whole characters', async () => {
    const family = '👨‍👩‍👧';
    const store = await storeWith(`${family.repeat(50)} needle ${family.repeat(50)}`);
    const [{ excerpt }] = (await store.searchText('needle')).hits as [Hit];
    expect(excerpt.text.length).toBeLessThan(250);
    expect(excerpt.text.replaceAll(family, '')).toBe(' needle ');
    expect(marked({ excerpt } as Hit)).toEqual(['needle']);
  });

  test('the piece that shows most words is chosen', async () => {
    const store = await storeWith(`beta ${long} alpha beta ${long}`);
    expect(await find(store, 'alpha beta')).toEqual([['alpha', 'beta']]);
  });

  test('a word deep inside a huge message', async () => {
    for (const filling of ['word ', '字', 'e\u0301']) {
      const filler = filling.repeat(40_000);
      const store = await storeWith(`${filler}needle${filler}`);
      expect(await find(store, 'needle')).toEqual([['needle']]);
    }
  });
});

test('a session that is saved while others are searched is not passed over', async () => {
  const store = openStore();
  const saveIn = (n: number, fields = {}) =>
    save(store, `${n}`, turn(n, { sessionId: `s${n}`, ...messages('needle'), ...fields }));
  for (let n = 0; n < 120; n++) await saveIn(n);
  const { signal } = new AbortController();
  const saves: Promise<unknown>[] = [];
  let looks = 0;
  Object.defineProperty(signal, 'aborted', {
    get() {
      // Within the first page of sessions; what is saved is on the second.
      if (++looks === 10)
        for (let n = 0; n < 5; n++) saves.push(saveIn(n, { updatedAt: turn(999).createdAt }));
      return false;
    },
  });
  const { hits } = await store.searchText('needle', { limit: 1000, signal });
  await Promise.all(saves);
  expect(saves).toHaveLength(5);
  expect(hits).toHaveLength(120);
});

test('arguments', async () => {
  const store = await storeWith('needle');
  await expectRefusal(() => store.searchText(7 as never), 'INVALID_ARGUMENT', 'query');
  await expectRefusal(() => store.searchText('x', { limit: 0 }), 'INVALID_ARGUMENT', 'options.limit');
  await expectRefusal(
    () => store.searchText('x', { order: 'asc' } as never),
    'INVALID_ARGUMENT',
    'options.order',
  );
  const { cursor } = await store.listSessions({ limit: 1 });
  for (const bad of ['', 'x', '[]', '["text"]', '["text",1,2,"3"]', '["updatedMs",1,2,3]', cursor ?? '7'])
    await expectRefusal(() => store.searchText('x', { cursor: bad }), 'INVALID_ARGUMENT', 'options.cursor');
});

test('a signal stops it, before and meanwhile', async () => {
  const store = openStore();
  for (let n = 0; n < 20; n++)
    await save(store, `${n}`, turn(n, { sessionId: `s${n}`, ...messages('needle', long) }));
  const reason = new Error('enough');
  await expect(store.searchText('needle', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  const stopping = new AbortController();
  const searching = store.searchText('needle', { signal: stopping.signal });
  stopping.abort(reason);
  await expect(searching).rejects.toBe(reason);
});

test('a signal that is aborted while progress is told stops it, even when that is all', async () => {
  const store = openStore();
  for (let n = 0; n < 3; n++)
    await save(store, `${n}`, turn(n, { sessionId: `s${n}`, ...messages('needle') }));
  for (const at of [1, 3]) {
    const stopping = new AbortController();
    const onProgress = ({ done }: { done: number }) => done >= at && stopping.abort('enough');
    const searching = store.searchText('needle', { signal: stopping.signal, onProgress });
    await expect(searching).rejects.toBe('enough');
  }
});

test('progress is told in sessions, up to all of them; on a later page, too', async () => {
  const store = openStore();
  for (let n = 0; n < 30; n++)
    await save(store, `${n}`, turn(n, { sessionId: `s${n}`, ...messages('needle', long) }));
  await store.deleteSession('s3', { undoable: 60_000 });
  const told: { done: number; total: number }[] = [];
  const onProgress = (progress: { done: number; total: number }) => told.push(progress);
  const { cursor } = await store.searchText('needle', { limit: 1000, onProgress });
  expect(cursor).toBeUndefined();
  expect(told.at(-1)).toEqual({ done: 29, total: 29 });
  expect(told.map(({ done }) => done)).toEqual(told.map(({ done }) => done).toSorted((a, b) => a - b));
  expect(told.length).toBeGreaterThan(2);

  const first = await store.searchText('needle', { limit: 10 });
  told.length = 0;
  await store.searchText('needle', { limit: 1000, cursor: first.cursor, onProgress });
  expect(told.at(-1)).toEqual({ done: 29, total: 29 });
  await expectRefusal(
    () => store.searchText('x', { onProgress: 1 as never }),
    'INVALID_ARGUMENT',
    'options.onProgress',
  );
});
