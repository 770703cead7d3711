import { afterEach, expect, test, vi } from 'vitest';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { freshName, openStore } from '../stores/open-store.js';
import { makeKey } from './keys.js';

afterEach(() => {
  vi.unstubAllGlobals();
});

test.each([0, 1, 5, 20])(
  'a save whose locks are stolen after %i ms resolves, and is stored once',
  async (ms) => {
    vi.stubGlobal('navigator', {
      locks: {
        request: async (_: string, _options: LockOptions, held: (lock: object) => unknown) => {
          const stolen = new Promise<never>((_, reject) => {
            setTimeout(() => reject(new DOMException('The lock was stolen.', 'AbortError')), ms);
          });
          return Promise.race([held({}), stolen]);
        },
        query: async () => ({ held: [], pending: [] }),
      },
    });
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    const store = openStore({ name: freshName(), encryption: { key: await makeKey() } });
    for (let n = 1; n <= 5; n++) await save(store, `a${n}`, turn(n, n > 1 ? { parentId: `a${n - 1}` } : {}));
    await store.compact();
    await store.rekey();
    await store.retain({ maxSessions: 1 });
    expect((await store.listSnapshots({ sessionId: 's' })).snapshots).toHaveLength(5);
    await store.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  },
);
