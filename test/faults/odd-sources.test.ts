import { expect, test, vi } from 'vitest';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { forgetMissingDatabases } from '../../src/playwright/index.js';
import { expectOurs, ODD } from './odd.js';
import { freshName, openStore } from '../stores/open-store.js';

const fails = (): never => {
  throw new TypeError('of the caller');
};

test.each<[string, () => any]>([
  [
    'an array whose length throws',
    () => new Proxy([], { get: (_, key) => (key === 'length' ? fails() : [][key as never]) }),
  ],
  ['an array whose elements throw', () => Object.defineProperty([1], 0, { get: fails })],
  [
    'what throws in the midst',
    () =>
      (function* () {
        yield new File(['x'], 'a.txt');
        fails();
      })(),
  ],
  [
    'the same, later',
    () =>
      (async function* () {
        yield new File(['x'], 'a.txt');
        fails();
      })(),
  ],
  ['an iterator that is none', () => ({ [Symbol.iterator]: () => 5 })],
])('Files of Genkit that cannot be gone through are refused: %s', async (_, files) => {
  const imported = openStore().importGenkitFiles(files());
  await expect(imported).rejects.toMatchObject({
    status: 'INVALID_ARGUMENT',
    path: 'files',
    cause: { name: 'TypeError' },
  });
});

test('A chunk of a stream that was given away is refused: it would be taken for empty', async () => {
  const store = openStore();
  await save(store, 'a', turn(1));
  const bytes = new Uint8Array(await new Response(store.exportSessions()).arrayBuffer());
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  const stream = () =>
    new ReadableStream<Uint8Array>({
      start: (controller) => (controller.enqueue(bytes), controller.close()),
    });
  await expect(openStore().importSessions(stream())).rejects.toMatchObject({ status: 'INVALID_ARGUMENT' });
});

test.each([
  ['a number', 5],
  ['an object', {}],
  ['a symbol', Symbol('odd')],
  ['true', true],
])('A localStorage that answers with %s is as good as none', async (_, answer) => {
  vi.stubGlobal('localStorage', { getItem: () => answer, setItem: () => {}, removeItem: () => {} });
  const events: unknown[] = [];
  const store = openStore({ name: freshName(), onHealth: (event: unknown) => events.push(event) });
  try {
    await save(store, 'a', turn(1));
    await save(store, 'b', turn(2));
    expect((await store.listSessions()).sessions).toHaveLength(1);
    await store.close();
    expect(events).toEqual([]);
  } finally {
    vi.unstubAllGlobals();
  }
});

test('A BroadcastChannel that cannot be closed keeps no store from closing', async () => {
  const close = vi.spyOn(BroadcastChannel.prototype, 'close').mockImplementation(fails);
  try {
    const store = openStore();
    const end = store.onSnapshotStateChange('a', () => {});
    await save(store, 'a', turn(1));
    await store.close();
    expect(close).toHaveBeenCalled();
    end?.();
  } finally {
    close.mockRestore();
  }
});

test.each(ODD)('forgetMissingDatabases takes a context alone: %s is none', async (what, odd) => {
  const error: unknown = await forgetMissingDatabases(odd as never).catch((reason: unknown) => reason);
  expectOurs(error, what);
  expect(error).toMatchObject({ status: 'INVALID_ARGUMENT', path: 'context' });
});
