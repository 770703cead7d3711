import { IDBFactory } from 'fake-indexeddb';
import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import type { Hit, IndexedDBSessionStore } from '../../src/index.js';
import { message, save, turn } from '../../src/testing/sample-snapshots.js';
import { freshName, openStore } from '../stores/open-store.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

const PIECES = [
  ...['a', 'b', 'A', 'B', ' ', '1', '2', '\n'],
  ...['ß', 'ẞ', 'İ', 'ı', 'ﬁ', 'Σ', 'ς', 'é', 'e\u0301', '\u0301', 'Å', 'Ｋ', '①', '½'],
  ...['中', '文', '，', '、', 'か', 'が', 'ｶﾞ', 'カ', 'ไ', 'ม่', 'ที่', 'क', 'कि'],
  ...['가', '각', '\u1100', '\u1161', '\u11a8', 'ㄱ', 'ㅏ', 'ㄳ', 'ﾡ'],
  ...['👨‍👩‍👧', '👍🏽', '❤️', '🇨🇭', '\ud83d', '\udc68', '\u200d', '\ufe0f', 'ש', 'ل', '\u202e'],
];

/** As the documentation says it: NFKC, case folding, no combining marks. */
const folded = (text: string) =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .normalize('NFC');

const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => pieces.join(''));

/** A snapshot that adds messages to those of an earlier one of its session, or begins anew. */
const step = fc.record({
  session: fc.integer({ min: 0, max: 2 }),
  continues: fc.option(fc.nat()),
  added: fc.array(fc.tuple(text, fc.constantFrom('', 'x'.repeat(300), '长'.repeat(300))), { maxLength: 3 }),
});

interface Saved {
  id: string;
  session: string;
  messages: string[];
  /** How many of its messages are its parent's. */
  inherited: number;
}

async function fill(
  store: IndexedDBSessionStore<any>,
  steps: (typeof step extends fc.Arbitrary<infer T> ? T : never)[],
): Promise<Saved[]> {
  const all: Saved[] = [];
  for (const [n, { session, continues, added }] of steps.entries()) {
    const own = all.filter((each) => each.session === `s${session}`);
    const parent = continues === null ? undefined : own[continues % own.length];
    const messages = [
      ...(parent?.messages ?? []),
      ...added.map(([text, pad], i) => `${text} ${pad}#${n}.${i}`),
    ];
    const saved = { id: `${n}`, session: `s${session}`, messages, inherited: parent?.messages.length ?? 0 };
    const state = { messages: messages.map((text) => message(text)) };
    await save(store, saved.id, turn(n, { sessionId: saved.session, parentId: parent?.id, state }));
    all.push(saved);
  }
  return all;
}

function expected(all: Saved[], query: string): string[] {
  const words = folded(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  return all
    .flatMap(({ id, messages, inherited }) =>
      messages.flatMap((text, index) =>
        index >= inherited && words.every((word) => folded(text).includes(word)) ? `${id} ${index}` : [],
      ),
    )
    .reverse();
}

function expectExcerpt({ excerpt: { text, ranges } }: Hit, query: string, message: string): void {
  const words = folded(query).split(/\s+/).filter(Boolean);
  expect(message).toContain(text);
  expect(ranges.length).toBeGreaterThan(0);
  let last = 0;
  for (const [from, to] of ranges) {
    expect(from).toBeGreaterThanOrEqual(last);
    expect(to).toBeGreaterThan(from);
    expect(words.some((word) => folded(text.slice(from, to)).includes(word))).toBe(true);
    last = to;
  }
  expect(last).toBeLessThanOrEqual(text.length);
}

const key = await crypto.subtle.importKey('raw', new Uint8Array(32), 'AES-GCM', false, [
  'encrypt',
  'decrypt',
]);

test.each([
  ['plain', {}, 60],
  ['encrypted', { encryption: { key } }, 10],
])('what a naive search finds, page by page: %s', { timeout: 120_000 }, async (_, options, numRuns) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 8 }),
      fc.oneof(
        text,
        fc.tuple(text, text).map((texts) => texts.join(' ')),
        fc.constantFrom(...PIECES),
      ),
      fc.integer({ min: 1, max: 5 }),
      async (steps, query, limit) => {
        const store = openStore({ ...options, name: freshName() });
        const all = await fill(store, steps);
        const hits: Hit[] = [];
        let cursor: string | undefined;
        do {
          const page = await store.searchText(query, { limit, cursor });
          hits.push(...page.hits);
          ({ cursor } = page);
        } while (cursor !== undefined);
        expect(hits.map(({ snapshotId, messageIndex }) => `${snapshotId} ${messageIndex}`)).toEqual(
          expected(all, query),
        );
        for (const hit of hits) {
          expectExcerpt(hit, query, all.find(({ id }) => id === hit.snapshotId)!.messages[hit.messageIndex]!);
        }
        await store.close();
      },
    ),
    { numRuns },
  );
});
