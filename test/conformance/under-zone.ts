import 'fake-indexeddb/auto';
import { describe, expect, it, test } from 'vitest';
import { describeSessionStore } from '../../src/testing/index.js';
import { fill } from '../faults/operations.js';
import { openStore } from '../stores/open-store.js';
import { encryptedStore } from '../encryption/encrypted-factory.js';
import { indexedDBStore } from './indexeddb-factory.js';

/** The whole contract, plain and encrypted, for stores of a page that zone.js has taken over. */
export async function describeUnderZone(kind: string): Promise<void> {
  test(`${kind} is there`, () => expect(Promise).toHaveProperty('__zone_symbol__uncaughtPromiseErrors'));

  test('what was saved, named and deleted is', async () => {
    const store = openStore();
    await fill(store);
    expect(await store.getSession('s')).toMatchObject({ title: 'A chat', snapshotCount: 4 });
    expect((await store.check()).problems).toEqual([]);
    await store.clear();
    expect((await store.listSessions()).sessions).toEqual([]);
  });

  describeSessionStore(`IndexedDBSessionStore under ${kind}`, indexedDBStore, { describe, it });
  describeSessionStore(`an encrypted IndexedDBSessionStore under ${kind}`, await encryptedStore(), {
    describe,
    it,
  });
}
