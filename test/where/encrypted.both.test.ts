import { expect, test, vi } from 'vitest';
import type { EncryptionOptions, IndexedDBSessionStore } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { dumpDatabase, overwriteRow } from '../database/raw-database.js';
import { makeKey } from '../encryption/keys.js';
import { renewIndexedDB } from '../environment.js';
import { freshName, openStore } from '../stores/open-store.js';
import { everyPage, lookedThrough } from './every-page.js';

vi.setConfig({ testTimeout: 60_000 });

renewIndexedDB();

const [OLD, NEW] = await Promise.all([makeKey(), makeKey()]);
const indexed = ['folder', 'pinned'];

const open = (name: string, encryption?: EncryptionOptions) =>
  openStore({ name, indexed, compaction: false, ...(encryption && { encryption }) });

async function fill(store: IndexedDBSessionStore<any>, count = 6): Promise<void> {
  for (let n = 0; n < count; n++) {
    await save(store, `s${n}`, turn(n, { sessionId: `s${n}` }));
    const folder = n % 2 ? 'divorce' : 'dividends';
    await store.updateSession(`s${n}`, { metadata: { folder, pinned: n < 3 } });
  }
}

/** What the index has of each session, as it is stored. */
async function storedEntries(name: string): Promise<Record<string, [string, ...unknown[]][]>> {
  const { sessions } = (await dumpDatabase(name))!;
  return Object.fromEntries(sessions!.map(([id, row]) => [id, (row as any).where]));
}

const hashesIn = (entries: Awaited<ReturnType<typeof storedEntries>>): string[] =>
  [
    ...new Set(
      Object.values(entries)
        .flat(2)
        .filter((part) => /^[0-9a-f]{32}$/.test(String(part))),
    ),
  ] as string[];

async function expectComplete(store: IndexedDBSessionStore<any>): Promise<void> {
  for (const where of [
    { folder: 'divorce' },
    { pinned: true },
    { folder: 'dividends', pinned: false },
    { folder: '' },
  ])
    for (const order of ['asc', 'desc'] as const)
      expect(await everyPage(store, { where, order, limit: 2 })).toEqual(
        await lookedThrough(store, { where, order }),
      );
  expect((await store.check()).problems).toEqual([]);
}

test('neither values nor names of keys can be read, and equal values look equal in one database only', async () => {
  const [name, other] = [freshName(), freshName()];
  for (const each of [name, other]) await fill(open(each, { key: OLD }));
  const text = JSON.stringify(await dumpDatabase(name), (_, value: unknown) =>
    value instanceof ArrayBuffer || ArrayBuffer.isView(value) ? undefined : value,
  );
  for (const word of [...indexed, 'divorce', 'dividends', 'true']) expect(text).not.toContain(`"${word}`);
  const entries = await storedEntries(name);
  // The keys that it is indexed by, the folder, and whether it is pinned.
  expect(Object.values(entries).map(({ length }) => length)).toEqual(Array(6).fill(3));
  expect(entries['s1']![1]![0]).toBe(entries['s3']![1]![0]);
  expect(entries['s1']![1]![0]).not.toBe(entries['s2']![1]![0]);
  expect(hashesIn(entries)).toHaveLength(5);
  const others = hashesIn(await storedEntries(other));
  expect(hashesIn(entries).filter((hash) => others.includes(hash))).toEqual([]);
  await expectComplete(open(name, { key: OLD }));
});

test.each<[string, EncryptionOptions | undefined, EncryptionOptions, EncryptionOptions | undefined]>([
  ['from one key to another', { key: OLD }, { key: NEW, previousKeys: [OLD] }, { key: NEW }],
  ['from no encryption to a key', undefined, { key: NEW, previousKeys: [null] }, { key: NEW }],
  ['from a key to no encryption', { key: OLD }, { key: null, previousKeys: [OLD] }, undefined],
])(
  '%s: answers are complete all the time, and nothing of the old index is left',
  async (_, from, to, after) => {
    const name = freshName();
    const before = open(name, from);
    await fill(before);
    // What a repair has set aside is written anew with the rest.
    await overwriteRow(name, 'snapshots', 's5', (row) => ({ ...row, sessionId: 7 }));
    await before.check({ repair: true });
    await before.close();
    const old = JSON.stringify(await storedEntries(name));
    const oldHashes = hashesIn(JSON.parse(old));

    const during = open(name, to);
    await during.updateSession('s0', { metadata: { folder: 'divorce' } });
    expect(await everyPage(during, { where: { folder: 'divorce' } })).toEqual(
      await lookedThrough(during, { where: { folder: 'divorce' } }),
    );
    await during.rekey();
    await expectComplete(during);
    await during.close();

    const entries = await storedEntries(name);
    const everything = JSON.stringify(await dumpDatabase(name));
    for (const hash of oldHashes) expect(everything).not.toContain(hash);
    if (to.key) expect(JSON.stringify(entries)).not.toContain('divorce');
    else expect(JSON.stringify(entries)).toContain('divorce');
    await expectComplete(open(name, after));
  },
);

test.each<[string, (where: unknown[]) => unknown[] | undefined]>([
  ['taken away', () => undefined],
  [
    'changed',
    ([keys, [hash, ...rest], ...more]: any[]) => [
      keys,
      [hash.replace(/^./, (digit: string) => (digit === '0' ? '1' : '0')), ...rest],
      ...more,
    ],
  ],
  ['moved to another time', ([keys, [hash, ms, id], ...more]: any[]) => [keys, [hash, ms + 1, id], ...more]],
])('what the index has of a session cannot be %s unnoticed', async (_, spoil) => {
  const name = freshName();
  await fill(open(name, { key: OLD }));
  await overwriteRow(name, 'sessions', 's1', ({ where, ...row }) => {
    const spoilt = spoil(where as unknown[]);
    return spoilt ? { ...row, where: spoilt } : row;
  });
  const { damaged, sessions } = await open(name, { key: OLD }).listSessions();
  expect(damaged).toEqual(['s1']);
  expect(sessions).toHaveLength(5);
});
