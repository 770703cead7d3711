import { describe, expect, test } from 'vitest';
import type { EncryptionOptions } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { freshName, openStore } from '../stores/open-store.js';
import { dumpDatabase, overwriteRow, withRaw } from '../database/raw-database.js';
import { conversation } from './conversation.js';
import { makeKey } from './keys.js';
import { fillWithSecrets, readSecrets } from './secrets.js';

const [KEY, OTHER] = await Promise.all([makeKey(), makeKey()]);
const MIXED: EncryptionOptions = { key: KEY, previousKeys: [null] };

const clockOf = async (name: string): Promise<any> =>
  new Map((await dumpDatabase(name))!['meta']).get('clock');

const setClock = (name: string, clock: unknown) =>
  withRaw(name, (transaction) => {
    const meta = transaction.objectStore('meta');
    if (clock === undefined) meta.delete('clock');
    else meta.put(clock, 'clock');
  });

/** How far somebody has got with encrypting the database of a store that had looked, and what is left of `meta`. */
const LEFT_OF_META: Record<string, (before: number, after: any) => unknown> = {
  nothing: () => undefined,
  'a number': () => 1,
  'the clock as the store without a key left it': (before) => before,
  'the clock alone, as it is': (_, { clock }) => clock,
  'an object without keys': (_, { clock }) => ({ clock }),
};

describe.each(['a save in the middle', 'all of it'])('when %s was encrypted by another tab', (how) => {
  test.each(Object.entries(LEFT_OF_META))(
    'a store without a key that had looked before writes nothing, with %s in meta',
    async (_, left) => {
      const name = freshName();
      const plain = openStore({ name, compaction: false });
      await fillWithSecrets(plain);
      await save(plain, 'z', turn(3, { sessionId: 'z' }));
      const before = await clockOf(name);
      const encrypted = openStore({ name, encryption: MIXED, compaction: false });
      await save(encrypted, 'm', turn(5, { sessionId: 'm', state: { messages: conversation(3) } }));
      if (how === 'all of it') await encrypted.rekey();
      await encrypted.close();
      await setClock(name, left(before as number, await clockOf(name)));

      const dump = await dumpDatabase(name);
      const calls: ((store: any) => Promise<unknown>)[] = [
        (store) => store.saveSnapshot(undefined, () => turn(9, { sessionId: 'of its own' })),
        (store) => save(store, 'fresh', turn(9, { sessionId: 's', parentId: 'b' })),
        (store) => store.updateSession('s', { title: 'mine' }),
        (store) => store.deleteSession('s'),
        (store) => store.clear(),
        (store) => store.compact(),
        (store) => store.check(),
        (store) => store.check({ repair: true }),
        (store) => store.retain({ maxSessions: 1 }),
        (store) => store.storage(),
        (store) => store.exportSessions().pipeTo(new WritableStream()),
      ];
      for (const call of calls) await expectRefusal(() => call(plain), 'PERMISSION_DENIED');
      expect(await dumpDatabase(name)).toEqual(dump);

      const again = openStore({ name, encryption: MIXED, compaction: false });
      expect((await again.check()).problems).toEqual([]);
      expect((await again.getSnapshot({ snapshotId: 'm' }))?.state?.messages).toHaveLength(3);
      expect((await readSecrets(again)).snapshots).toHaveLength(2);
    },
  );
});

describe('a row that names a key which nobody has', () => {
  async function spoilt(change: object) {
    const name = freshName();
    const open = () => openStore({ name, encryption: { key: KEY }, compaction: false });
    const store = open();
    for (const id of ['a', 'b', 'c']) await save(store, id, turn(1, { sessionId: `of ${id}` }));
    await store.close();
    await overwriteRow(name, 'snapshots', 'b', (row) => ({ ...row, cipher: { ...row.cipher, ...change } }));
    return { name, open };
  }

  test.each(['', 'other', '\0', 'x'.repeat(100_000), '__proto__'])(
    'is told and set aside by a repair (%#), and all else goes on',
    async (key) => {
      const { name, open } = await spoilt({ key });
      const store = open();
      expect((await store.check()).problems).toContainEqual({ kind: 'damaged', store: 'snapshots', id: 'b' });
      const report = await store.check({ repair: true });
      expect(report.problems).toContainEqual(
        expect.objectContaining({ kind: 'damaged', id: 'b', repair: 'quarantined' }),
      );
      expect((await store.check()).problems).toEqual([]);
      await store.rekey();
      expect((await store.listSessions()).sessions.map(({ sessionId }) => sessionId).sort()).toEqual([
        'of a',
        'of c',
      ]);
      await store.close();
      // What was put aside must not keep anybody out either.
      await setClock(name, undefined);
      expect((await open().getSnapshot({ snapshotId: 'a' }))?.snapshotId).toBe('a');
    },
  );

  test('is not set aside if it says that it is of a later list: its key may only not be here', async () => {
    const { open } = await spoilt({ key: 'later', turn: 7 });
    const error = await expectRefusal(() => open().check({ repair: true }), 'PERMISSION_DENIED');
    expect(error.message).toContain('["snapshots","b"]');
    expect((await open().getSnapshot({ snapshotId: 'a' }))?.snapshotId).toBe('a');
    await open().deleteSnapshot('b');
    expect((await open().check({ repair: true })).problems).toEqual([]);
  });

  test('nor is anything while rows of another key of ours are there', async () => {
    const { name, open } = await spoilt({ turn: 0 });
    const rotating = openStore({
      name,
      encryption: { key: OTHER, previousKeys: [KEY] },
      compaction: false,
    });
    await save(rotating, 'd', turn(4, { sessionId: 'of d' }));
    await rotating.close();
    await expectRefusal(() => open().check({ repair: true }), 'PERMISSION_DENIED');
  });
});

describe.each([undefined, { key: KEY }])('a clock that was put back (encryption: %o)', (encryption) => {
  test.each([1, 3, 12])('by %i: nothing is written over what others have', async (by) => {
    const name = freshName();
    const open = () => openStore({ name, encryption, compaction: false });
    const store = open();
    const text = (n: number) => conversation(2, `of ${n} `);
    for (let n = 0; n < 8; n++) {
      await save(store, `${n}`, turn(n, { sessionId: `s${n}`, state: { messages: text(n) } }));
    }
    const file = await new Response(
      store.exportSessions({ sessionIds: ['s0', 's1', 's2'] }) as ReadableStream,
    ).text();
    await store.deleteSession('s1');
    await store.close();
    const locked = await clockOf(name);
    const back = (clock: any) =>
      typeof clock === 'number' ? clock - by : { ...clock, clock: clock.clock - by };
    for (const again of [8, 9, 10]) {
      await setClock(name, back(locked));
      const other = open();
      await save(
        other,
        `${again}`,
        turn(again, { sessionId: `s${again}`, state: { messages: text(again) } }),
      );
      await other.close();
    }
    await setClock(name, back(locked));
    await open().importSessions(new Blob([file]), { onConflict: 'fork' });
    const after = open();
    for (const n of [0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1]) {
      expect((await after.getSnapshot({ snapshotId: `${n}` }))?.state?.messages).toEqual(text(n));
    }
    await after.check({ repair: true });
    expect((await after.check()).problems).toEqual([]);
    for (const n of [0, 2, 7, 8, 9, 10]) {
      expect((await after.getSnapshot({ snapshotId: `${n}` }))?.state?.messages).toEqual(text(n));
    }
  });
});
