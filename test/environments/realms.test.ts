import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { IndexedDBSessionStoreOptions } from '../../src/index.js';
import { turn } from '../../src/testing/sample-snapshots.js';
import { freshName, openStore } from '../stores/open-store.js';

/** The classes of another realm, as jsdom and Jest hand them over. */
const foreign = runInNewContext(
  '({ Array, Object, Date, Map, Set, ArrayBuffer, Uint8Array, Error })',
) as Record<string, any>;

/** What structured clone makes there. */
function cloneAbroad(value: any): any {
  if (typeof value !== 'object' || value === null) return value;
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (Array.isArray(value)) return foreign['Array'].from(value, cloneAbroad);
  if (tag === 'Date') return new foreign['Date'](value.getTime());
  if (tag === 'Map')
    return new foreign['Map'](Array.from(value as Map<any, any>, (pair) => pair.map(cloneAbroad)));
  if (tag === 'Set') return new foreign['Set'](Array.from(value as Set<any>, cloneAbroad));
  if (tag === 'ArrayBuffer' || tag === 'Uint8Array') {
    const bytes = new foreign['Uint8Array'](new Uint8Array(value));
    return tag === 'Uint8Array' ? bytes : bytes.buffer;
  }
  const copy = new foreign['Object']();
  for (const key of Object.keys(value)) copy[key] = cloneAbroad(value[key]);
  return copy;
}

/** WebCrypto and encoders answer with what they have. */
const abroad =
  (work: (...args: any[]) => any) =>
  async (...args: any[]) =>
    cloneAbroad(await work(...args));

beforeEach(() => {
  const { subtle } = crypto;
  const [encrypt, decrypt] = [subtle.encrypt.bind(subtle), subtle.decrypt.bind(subtle)];
  vi.stubGlobal('structuredClone', cloneAbroad);
  vi.spyOn(subtle, 'encrypt').mockImplementation(abroad(encrypt));
  vi.spyOn(subtle, 'decrypt').mockImplementation(abroad(decrypt));
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const newKey = () =>
  crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);

const custom = {
  when: new Date(1),
  map: new Map([['a', new Set([1, 2])]]),
  bytes: new Uint8Array([1, 2, 3]),
  large: new Uint8Array(100_000).fill(7),
  list: [{ x: 1 }, { y: [null] }],
};

/** In JSON, so that only what is in it counts. */
const shown = (value: any) => ({
  when: value.when.getTime(),
  map: Array.from(value.map as Map<string, Set<number>>, ([key, set]) => [key, [...set]]),
  bytes: [...value.bytes],
  large: [value.large.length, value.large[99_999]],
  list: JSON.stringify(value.list),
});

describe.each<[string, () => Promise<IndexedDBSessionStoreOptions>]>([
  ['plain', async () => ({})],
  ['encrypted', async () => ({ encryption: { key: await newKey() } })],
])(
  'Where structured clone and WebCrypto answer with objects of another realm, a store that is %s',
  (_, options) => {
    test('reads what it saved, branches, checks, and exports to where it can be imported', async () => {
      const settings = { ...(await options()), name: freshName() };
      const store = openStore(settings);
      await store.saveSnapshot('a', () => ({ ...turn(1), state: { messages: [], custom } }));
      await store.saveSnapshot('b', () => ({
        ...turn(2, { parentId: 'a' }),
        state: { messages: [], custom },
      }));
      await store.updateSession('s', { title: 'abroad', metadata: { when: new Date(1) } });
      const fresh = openStore(settings);
      for (const snapshotId of ['a', 'b']) {
        const snapshot = await fresh.getSnapshot({ snapshotId });
        expect(shown(snapshot!.state!.custom)).toEqual(shown(custom));
      }
      expect((await fresh.check()).problems).toEqual([]);

      const file = new Blob([await new Response(fresh.exportSessions()).arrayBuffer()]);
      const other = openStore({ ...(await options()), name: freshName() });
      const report = await other.importSessions(file.stream());
      expect([report.complete, report.totals.imported, report.totals.failed]).toEqual([true, 1, 0]);
      expect(shown((await other.getSnapshot({ sessionId: 's' }))!.state!.custom)).toEqual(shown(custom));
      await store.compact();
      await store.deleteSession('s');
      expect((await store.check()).problems).toEqual([]);
    });
  },
);
