import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import { IndexedDBSessionStore } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { freshName } from '../stores/open-store.js';
import { deleteRaw } from '../database/raw-database.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

describe('await using', () => {
  test('closes the store at the end of the block, after what was begun in it', async () => {
    const name = freshName();
    let escaped: IndexedDBSessionStore;
    let saving: Promise<string | null>;
    {
      await using store = new IndexedDBSessionStore({ name });
      escaped = store;
      saving = save(store, 'a', turn(1));
    }
    expect(await saving).toBe('a');
    await expectRefusal(() => escaped.getSession('s'), 'FAILED_PRECONDITION');
    await deleteRaw(name);
  });

  test('closes it when the block throws', async () => {
    const name = freshName();
    let escaped: IndexedDBSessionStore | undefined;
    const block = async () => {
      await using store = new IndexedDBSessionStore({ name });
      escaped = store;
      await save(store, 'a', turn(1));
      throw new Error('mine');
    };
    await expect(block()).rejects.toThrow('mine');
    await expectRefusal(() => escaped!.getSession('s'), 'FAILED_PRECONDITION');
  });
});

test('nothing is written after a store has closed, whatever it had only begun to load', async () => {
  const name = freshName();
  const aes = () =>
    crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  const [a, b] = [await aes(), await aes()];
  const open = (key: CryptoKey, ...previousKeys: CryptoKey[]) =>
    new IndexedDBSessionStore({ name, encryption: { key, previousKeys } });
  const first = open(a, b);
  await save(first, 'a', turn(1));
  await first.close();
  const second = open(b, a);
  const saving = save(second, 'b', turn(2));
  await second.close();
  await saving;
  const third = open(a, b);
  await third.rekey();
  await third.close();
  // Whatever was still under way would be at it by now.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await using alone = open(a);
  expect((await alone.listSnapshots({ sessionId: 's' })).snapshots).toHaveLength(2);
});
