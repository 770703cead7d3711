import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import { IndexedDBSessionStore } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal } from '../browser/expect-refusal.js';
import { freshName } from '../browser/open-store.js';
import { deleteRaw } from '../browser/raw-database.js';

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
