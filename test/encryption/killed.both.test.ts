import { expect, test } from 'vitest';
import type { EncryptionOptions, IndexedDBSessionStore } from '../../src/index.js';
import { IndexedDBSessionStore as Store } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { freshName, openStore } from '../stores/open-store.js';
import { dumpDatabase, putBack } from '../database/raw-database.js';
import { conversation } from './conversation.js';
import { makeKey } from './keys.js';

const [A, B] = await Promise.all([makeKey(), makeKey()]);

/**
 * Does something in a page that is killed: after `most` transactions that may write have begun, what has not
 * committed never does, and nothing more is begun. Resolves to whether it was.
 */
async function killedAfter(most: number, work: () => Promise<unknown>): Promise<boolean> {
  const { prototype } = IDBDatabase;
  const original = prototype.transaction;
  let begun = 0;
  let isKilled = false;
  prototype.transaction = function (...args) {
    const transaction = original.apply(this, args);
    if (transaction.mode === 'readwrite') isKilled ||= ++begun > most;
    if (isKilled) transaction.abort();
    return transaction;
  };
  try {
    await work().catch(() => {});
    return isKilled;
  } finally {
    prototype.transaction = original;
  }
}

const BEFORE: Record<string, EncryptionOptions | undefined> = {
  'that is not encrypted': undefined,
  'that is encrypted': { key: A },
};

const AFTER: Record<string, (before: EncryptionOptions | undefined) => EncryptionOptions> = {
  'another key': (before) => ({ key: B, previousKeys: [before?.key ?? null] }),
  'no encryption': () => ({ key: null, previousKeys: [A] }),
};

async function contents(store: IndexedDBSessionStore<any>) {
  const ids = Array.from({ length: 20 }, (_, n) => `n${n}`);
  return {
    snapshots: await Promise.all(ids.map((snapshotId) => store.getSnapshot({ snapshotId }))),
    sessions: (await store.listSessions()).sessions.map(({ sessionId, title }) => [sessionId, title]),
  };
}

const WAYS = Object.entries(BEFORE).flatMap(([was, before]) =>
  Object.entries(AFTER).map(([becomes, after]) => ({ was, becomes, before, after: after(before) })),
);

test.each(WAYS)(
  'a database $was, killed at every transaction on its way to $becomes, loses nothing',
  async (way) => {
    const name = freshName();
    const filling = openStore({ name, encryption: way.before, compaction: false });
    for (let n = 0; n < 20; n++) {
      await save(
        filling,
        `n${n}`,
        turn(n, { sessionId: `s${n % 3}`, state: { messages: conversation(2, `${n} `) } }),
      );
    }
    await filling.updateSession('s1', { title: 'T' });
    const shown = await contents(filling);
    await filling.close();
    const dump = (await dumpDatabase(name))!;

    let isKilled = true;
    for (let most = 0; isKilled; most++) {
      await putBack(name, dump);
      const dying = new Store({ name, encryption: way.after, compaction: false });
      isKilled = await killedAfter(most, async () => {
        await save(dying, 'new', turn(30, { sessionId: 'new' }));
        await dying.rekey();
      });
      await dying.close();
      const { key, previousKeys } = way.after;
      // Whichever of the keys is first, and whether it is written with or not.
      for (const encryption of [way.after, { key: previousKeys![0]!, previousKeys: [key] }]) {
        const survivor = new Store({ name, encryption, compaction: false });
        const { sessions, snapshots } = await contents(survivor);
        expect(snapshots, `after ${most}`).toEqual(shown.snapshots);
        expect(sessions).toEqual(expect.arrayContaining(shown.sessions));
        expect((await survivor.check()).problems).toEqual([]);
        await survivor.close();
      }
    }
  },
);
