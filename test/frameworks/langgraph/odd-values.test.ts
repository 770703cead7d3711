import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, expect, test } from 'vitest';
import { configOf, OffshootSaver } from '../../../src/adapters/langgraph/index.js';
import { openStore } from '../../stores/open-store.js';
import { tryOutMaker, tryOutMethods } from '../../faults/odd-arguments.js';

// What test/faults/odd-values.test.ts does with everything else.

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

const store = () => openStore({ compaction: false });
const makeSaver = (...args: never[]) => void new OffshootSaver(...(args as never as [never]));

test('whatever is passed to a method of OffshootSaver is answered, or refused as what it is', () =>
  tryOutMethods('OffshootSaver', new OffshootSaver(store())));

test('whatever is passed to OffshootSaver', () => tryOutMaker('OffshootSaver', store(), makeSaver));

test('whatever is passed to configOf', () =>
  tryOutMaker('configOf', store(), (...args) => configOf(...(args as never as [never]))));

test('options instead of a store are called that', async () => {
  const call = async () => makeSaver(...([{ name: 'offshoot' }, 's'] as never[]));
  await expect(call()).rejects.toMatchObject({ status: 'INVALID_ARGUMENT', path: 'store' });
  await expect(call()).rejects.toThrow(/new IndexedDBSessionStore.*got an Object/);
});
