import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, it, test, vi } from 'vitest';
import { turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { freshName, openStore } from '../stores/open-store.js';
import { dumpDatabase } from '../database/raw-database.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

const shared = (size: number) => new SharedArrayBuffer(size);

describe('what no database takes is named, and nothing is written', () => {
  it.each<[string, () => unknown, string]>([
    ['shared memory', () => ({ b: shared(8) }), 'state.custom.b'],
    ['a view on it', () => ({ deep: [{ b: new Uint8Array(shared(8)) }] }), 'state.custom.deep.0.b'],
    ['a large view on it', () => ({ b: new Uint8Array(shared(100_000)) }), 'state.custom.b'],
    ['a DataView on it', () => new Map([['k', new DataView(shared(8))]]), 'state.custom.k'],
    [
      'a view in a circle',
      () => {
        const a: any = { b: new Float32Array(shared(8)) };
        a.self = a;
        return a;
      },
      'state.custom.b',
    ],
    [
      'memory of WebAssembly',
      () => ({ m: new Uint8Array(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer) }),
      'state.custom.m',
    ],
    ['a function', () => ({ a: [1, { f() {} }] }), 'state.custom.a.1.f'],
    ['a symbol', () => ({ a: new Set([Symbol('x')]) }), 'state.custom.a.0'],
    ['a promise', () => ({ a: Promise.resolve() }), 'state.custom.a'],
    ['a WeakMap', () => ({ a: new WeakMap() }), 'state.custom.a'],
    ['a generator', () => ({ a: (function* () {})() }), 'state.custom.a'],
    [
      'nesting without end',
      () => {
        let a: any = {};
        for (let i = 0; i < 20_000; i++) a = { a };
        return a;
      },
      '',
    ],
  ])('%s', async (_, make, path) => {
    const name = freshName();
    const store = openStore({ name });
    await store.saveSnapshot('a', () => turn(1));
    const before = await dumpDatabase(name);
    const call = () => store.saveSnapshot('b', () => turn(2, { state: { messages: [], custom: make() } }));
    const error = await expectRefusal(call, 'INVALID_ARGUMENT', path || undefined);
    expect(error.message.length).toBeLessThan(1000);
    await expectRefusal(
      () => store.updateSession('s', { metadata: { custom: make() } }),
      'INVALID_ARGUMENT',
      path ? path.replace('state.custom', 'patch.metadata.custom') : undefined,
    );
    expect(await dumpDatabase(name)).toEqual(before);
  });
});

test('a view on memory of its own is a copy', async () => {
  const store = openStore();
  const bytes = new Uint8Array([1, 2, 3]);
  await store.saveSnapshot('a', () => turn(1, { state: { messages: [], custom: { bytes } } }));
  bytes[0] = 9;
  expect((await store.getSnapshot({ snapshotId: 'a' }))?.state?.custom).toEqual({
    bytes: new Uint8Array([1, 2, 3]),
  });
});

describe('outside of a browser', () => {
  it.each<[string, unknown]>([
    ['no navigator', undefined],
    ['no storage', {}],
    ['null', { storage: null }],
    [
      'a getter that throws',
      {
        get storage() {
          throw new DOMException('no', 'SecurityError');
        },
      },
    ],
    ['a browser that rejects', { storage: { persist: () => Promise.reject(new TypeError('no')) } }],
  ])('persist() is false: %s', async (_, navigator) => {
    vi.stubGlobal('navigator', navigator);
    expect(await openStore().persist()).toBe(false);
    vi.unstubAllGlobals();
  });

  it('a server is not told to keep what all its users save in its memory', async () => {
    vi.stubGlobal('indexedDB', undefined);
    const error = await expectRefusal(() => openStore().listSessions(), 'UNAVAILABLE');
    vi.unstubAllGlobals();
    expect(error.message).not.toContain('memory');
    expect(error.message).toContain('not on a server');
  });
});
