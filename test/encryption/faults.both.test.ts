import { expect, test } from 'vitest';
import type { IndexedDBSessionStore } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { freshName, openStore } from '../stores/open-store.js';
import { dumpDatabase } from '../database/raw-database.js';
import { abortingCommits } from '../faults/inject-faults.js';
import { conversation } from './conversation.js';
import { makeKey } from './keys.js';

type Store = IndexedDBSessionStore<any>;

const WRITES: Record<string, (store: Store) => Promise<unknown>> = {
  'saving a child': (store) => save(store, 'c', turn(3, { parentId: 'b' })),
  'rewriting a snapshot': (store) => save(store, 'b', turn(2, { state: { messages: conversation(1) } })),
  'updating a session': (store) => store.updateSession('s', { title: 'Another' }),
  'deleting a snapshot': (store) => store.deleteSnapshot('b'),
  'clearing the store': (store) => store.clear(),
};

const full = new DOMException('The quota is full.', 'QuotaExceededError');

test.each(Object.entries(WRITES))(
  '%s leaves nothing half written when the disk is full',
  async (_, write) => {
    const name = freshName();
    const encryption = { key: await makeKey() };
    const store = openStore({ name, encryption, compaction: false });
    await save(store, 'a', turn(1, { state: { messages: conversation(4) } }));
    await save(store, 'b', turn(2, { parentId: 'a', state: { messages: conversation(8) } }));
    const before = await dumpDatabase(name);
    await abortingCommits(100, full, () => expectRefusal(() => write(store), 'RESOURCE_EXHAUSTED'));
    expect(await dumpDatabase(name)).toEqual(before);
    expect((await store.getSnapshot({ snapshotId: 'b' }))?.state?.messages).toEqual(conversation(8));
    await write(store);
    expect((await openStore({ name, encryption }).check()).problems).toEqual([]);
  },
);
