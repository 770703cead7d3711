import { afterEach, expect, it, vi } from 'vitest';
import type { EncryptionOptions, IndexedDBSessionStore } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { freshName, openStore } from '../stores/open-store.js';
import { exported, sealed, streamOf } from './files.js';
import { countingSignal } from './looks.js';

/** What may be done after a look at a signal before the next one. */
const MOST_UNITS = 1000;
const COUNT = 2_100;
const T = '2026-01-01T00:00:00.000Z';

afterEach(() => void vi.restoreAllMocks());

/** Requests since the last look, at each of which a row is read or written; and the most there were. */
function countRequests() {
  const counted = { now: 0, most: 0 };
  const one = () => (counted.most = Math.max(counted.most, ++counted.now));
  const spy = (prototype: any, names: string[]) => {
    for (const name of names) {
      const original = prototype[name];
      vi.spyOn(prototype, name).mockImplementation(function (this: unknown, ...given: unknown[]) {
        one();
        return Reflect.apply(original, this, given);
      });
    }
  };
  spy(IDBObjectStore.prototype, ['get', 'getKey', 'put', 'add', 'delete', 'getAll', 'getAllKeys']);
  spy(IDBIndex.prototype, ['get', 'getAll', 'getAllKeys', 'count']);
  return counted;
}

const range = <R>(length: number, make: (n: number) => R) => Array.from({ length }, (_, n) => make(n));

/** A session of so many entries with gaps between them, and so many snapshots, a branch each. */
const large = (count = COUNT) =>
  sealed([
    { type: 'header', format: 'offshoot', version: 1, exportedAt: T },
    { type: 'session', sessionId: 's', createdAt: T, updatedAt: T },
    ...range(count, (n) => ({ type: 'entry', log: 0, at: 3 * n, value: { json: n } })),
    ...range(count, (n) => ({
      type: 'snapshot',
      snapshotId: `n${n}`,
      info: { json: { sessionId: 's', createdAt: T } },
      fields: [['messages', 'array', [0, 3 * n, 1]]],
    })),
    { type: 'session-end' },
    { type: 'end' },
  ]);

const genkit = () =>
  range(
    COUNT,
    (n) =>
      new File(
        [JSON.stringify({ snapshotId: `g${n}`, sessionId: 'g', createdAt: T, state: { messages: [n] } })],
        `g${n}.json`,
      ),
  );

const key = () => crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);

type Store = IndexedDBSessionStore<any>;

it.each<[string, (store: Store, signal: AbortSignal) => Promise<unknown>]>([
  ['check', (store, signal) => store.check({ signal })],
  ['check with repair', (store, signal) => store.check({ repair: true, signal })],
  ['retain by branches', (store, signal) => store.retain({ maxSnapshotsPerSession: 1 }, { signal })],
  ['retain by size', (store, signal) => store.retain({ maxBytes: 1 }, { signal })],
  ['compact', (store, signal) => store.compact({ signal })],
  ['export', (store, signal) => exported(store, { signal })],
  [
    'import',
    (store, signal) => store.importSessions(streamOf(large(), 20_000), { signal, onConflict: 'fork' }),
  ],
  [
    'import that replaces',
    (store, signal) => store.importSessions(streamOf(large(), 20_000), { signal, onConflict: 'replace' }),
  ],
  ['import of Genkit files', (store, signal) => store.importGenkitFiles(genkit(), { signal })],
])(
  '%s looks at its signal at least every thousand units, and ends when it is aborted',
  async (name, run) => {
    const store = openStore({ compaction: false });
    await store.importSessions(streamOf(large(), 100_000));
    // Something that can be sealed.
    await save(store, 'last', turn(1, { parentId: 'n1', state: { messages: [1, 'x'.repeat(3000)] } }));
    const before = await store.check();
    const requests = countRequests();
    const stopped = countingSignal(2, () => (requests.now = 0));
    await expect(run(store, stopped.signal)).rejects.toThrow('enough');
    expect(requests.most, 'requests between two looks').toBeLessThanOrEqual(MOST_UNITS);
    if (name !== 'import of Genkit files')
      expect(await store.check(), 'nothing is half done').toEqual(before);

    Object.assign(requests, { now: 0, most: 0 });
    const { signal, looks } = countingSignal(Infinity, () => (requests.now = 0));
    await run(store, signal);
    expect(requests.most, 'requests between two looks').toBeLessThanOrEqual(MOST_UNITS);
    expect(looks()).toBeGreaterThan(COUNT / MOST_UNITS);
    expect((await store.check()).problems).toEqual([]);
  },
  120_000,
);

it('rekey looks at its signal, and goes on where it was', async () => {
  const name = `test-${crypto.randomUUID()}`;
  const plain = openStore({ name, compaction: false });
  await plain.importSessions(streamOf(large(600), 100_000));
  await plain.close();
  const store = openStore({
    name,
    compaction: false,
    encryption: { key: await key(), previousKeys: [null] },
  });
  const requests = countRequests();
  await expect(store.rekey({ signal: countingSignal(3, () => (requests.now = 0)).signal })).rejects.toThrow(
    'enough',
  );
  await store.rekey({ signal: countingSignal(Infinity, () => (requests.now = 0)).signal });
  expect(requests.most).toBeLessThanOrEqual(MOST_UNITS);
  const checked = countingSignal(Infinity, () => (requests.now = 0));
  expect((await store.check({ signal: checked.signal })).problems).toEqual([]);
  expect(requests.most).toBeLessThanOrEqual(MOST_UNITS);
  await expect(store.check({ signal: countingSignal(3).signal })).rejects.toThrow('enough');
}, 120_000);

it.each<[string, (options: Watched) => Promise<unknown>]>([
  ['export', async (options) => exported(await few(), options)],
  ['import', async (options) => openStore().importSessions(streamOf(await exported(await few())), options)],
  ['retain', async (options) => (await few()).retain({ maxSessions: 1 }, options)],
  ['search', async (options) => (await few()).searchText('turn', options)],
  [
    'rekey',
    async (options) => {
      const store = await few({ key: await key(), previousKeys: [null] });
      return store.rekey(options);
    },
  ],
])('%s ends with the reason of a signal that is aborted while any progress is told', async (_, run) => {
  let count = 0;
  await run({ onProgress: () => count++ });
  expect(count).toBeGreaterThan(0);
  for (let at = 1; at <= count; at++) {
    const stopping = new AbortController();
    let told = 0;
    const onProgress = () => ++told === at && stopping.abort('enough');
    await expect(run({ signal: stopping.signal, onProgress })).rejects.toBe('enough');
  }
});

interface Watched {
  signal?: AbortSignal;
  onProgress: () => unknown;
}

/** A few small sessions. */
async function few(encryption?: EncryptionOptions): Promise<Store> {
  const name = freshName();
  const store = openStore({ name, compaction: false });
  for (const n of range(5, (n) => n)) await save(store, `${n}`, turn(n, { sessionId: `s${n}` }));
  return encryption ? openStore({ name, compaction: false, encryption }) : store;
}

it('check() of entries with gaps between them takes a number of steps that grows with theirs', async () => {
  const looksFor = async (count: number) => {
    const store = openStore({ compaction: false });
    const spans = range(count, (n) => [0, 3 * n, 1]).flat();
    const lines = large(count)
      .split('\n')
      .flatMap((line) => (line ? [JSON.parse(line)] : []));
    const kept = lines.filter(({ type, snapshotId }) => type !== 'snapshot' || snapshotId === 'n0');
    kept.find(({ type }) => type === 'snapshot').fields[0][2] = spans;
    await store.importSessions(streamOf(sealed(kept), 100_000));
    const { signal, looks } = countingSignal();
    expect(await store.check({ signal })).toMatchObject({ entries: count, problems: [] });
    return looks();
  };
  const [few, many] = [await looksFor(3_000), await looksFor(30_000)];
  expect(many).toBeGreaterThan(30_000 / MOST_UNITS);
  // Sorting takes n log n; looking at every pair would take a hundred times as many.
  expect(many).toBeLessThan(few * 30);
}, 240_000);
