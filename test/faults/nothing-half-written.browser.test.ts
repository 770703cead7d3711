import { describe, expect, test } from 'vitest';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { freshName, openStore } from '../stores/open-store.js';
import { dumpDatabase } from '../database/raw-database.js';

describe('a value that can be cloned but not stored: the error names its path, and nothing is written', () => {
  // The smallest there is: a magic number and a version.
  const unstorable = () => new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));

  test.each([
    ['state.custom.module', () => ({ state: { custom: { module: unstorable() } } })],
    ['error.details', () => ({ error: { message: 'failed', details: unstorable() } })],
  ])('%s', async (path, fields) => {
    const name = freshName();
    const store = openStore({ name });
    await save(store, 'a', turn(1));
    const before = await dumpDatabase(name);

    for (const id of ['a', 'b']) {
      const error = await expectRefusal(() => save(store, id, turn(2, fields())), 'INVALID_ARGUMENT');
      expect(await dumpDatabase(name)).toEqual(before);
      expect(error.path).toBe(path);
    }
  });

  test('in the metadata of a session', async () => {
    const name = freshName();
    const store = openStore({ name });
    await save(store, 'a', turn(1));
    const before = await dumpDatabase(name);

    const patch = { metadata: { module: unstorable() } };
    const error = await expectRefusal(() => store.updateSession('s', patch), 'INVALID_ARGUMENT');
    expect(await dumpDatabase(name)).toEqual(before);
    expect(error.path).toBe('patch.metadata.module');
  });
});
