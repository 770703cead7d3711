import { describe, expect, test } from 'vitest';
import type { EncryptionOptions } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { freshName, openStore } from '../stores/open-store.js';
import { dumpDatabase, overwriteRow, putBack, settled, withRaw } from '../database/raw-database.js';
import { conversation } from './conversation.js';
import { makeKey } from './keys.js';
import { fillWithSecrets, readSecrets, secretsIn } from './secrets.js';

const [KEY, OLD] = await Promise.all([makeKey(), makeKey()]);

/** An encrypted database that was written in several steps, and what `meta` was after each. */
async function filled(encryption: EncryptionOptions | null = { key: KEY }) {
  const name = freshName();
  const store = openStore({ name, encryption: encryption ?? undefined, compaction: false });
  await fillWithSecrets(store);
  const shown = await readSecrets(store);
  await store.close();
  return { name, shown, clock: await metaOf(name) };
}

const metaOf = async (name: string, key = 'clock'): Promise<any> =>
  new Map((await dumpDatabase(name))!['meta']).get(key);

/** `undefined` takes it away. */
const setMeta = (name: string, row: unknown, key = 'clock') =>
  withRaw(name, (transaction) => {
    const meta = transaction.objectStore('meta');
    if (row === undefined) meta.delete(key);
    else meta.put(row, key);
  });

/** What becomes of the row that holds the clock and the list of keys. */
const CHANGES: Record<string, (clock: any, foreign: any) => unknown> = {
  lost: () => undefined,
  'a number': ({ clock }) => clock,
  'a small number': () => 1,
  'a fraction': () => 0.5,
  NaN: () => NaN,
  Infinity: () => Infinity,
  null: () => null,
  'a string': () => 'clock',
  'a list': () => [],
  'an object without keys': ({ clock }) => ({ clock }),
  'an empty list of keys': (clock) => ({ ...clock, keys: [] }),
  'keys that are none': (clock) => ({ ...clock, keys: [null, 7] }),
  'a clock of Infinity': (clock) => ({ ...clock, clock: Infinity }),
  'another turn': (clock) => ({ ...clock, turn: clock.turn + 1 }),
  'the id of another database': (clock) => ({ ...clock, database: 'other' }),
  'a check value that is spoilt': (clock) => {
    const [first] = clock.keys;
    return { ...clock, keys: [{ ...first, check: { ...first.check, data: new ArrayBuffer(16) } }] };
  },
  'null on the list': (clock) => ({ ...clock, keys: [...clock.keys, { id: '', check: null }] }),
  'a foreign key on the list': (clock, foreign) => ({ ...clock, keys: [...clock.keys, ...foreign.keys] }),
  'that of another tenant with the same key': (_, foreign) => foreign,
};

describe.each(Object.entries(CHANGES))('with a clock that is %s', (_, change) => {
  test('whoever has the key reads on, writes on, and finds nothing to repair', async () => {
    const { name, shown, clock } = await filled();
    await setMeta(name, change(clock, (await filled()).clock));
    const open = () => openStore({ name, encryption: { key: KEY, previousKeys: [null] }, compaction: false });
    expect(await readSecrets(open())).toEqual(shown);
    expect((await open().check()).problems).toEqual([]);
    const report = await open().check({ repair: true });
    expect(report).toMatchObject({ problems: [], quarantined: 0 });
    const store = open();
    expect(await readSecrets(store)).toEqual(shown);
    await save(store, 'next', turn(9, { parentId: 'b', state: { messages: conversation(3) } }));
    await store.rekey();
    expect(await secretsIn(name)).toBe(0);
    expect((await open().getSnapshot({ snapshotId: 'next' }))?.state?.messages).toHaveLength(3);
    expect((await open().check()).problems).toEqual([]);
  });

  test('whoever has no key, or another one, is refused and changes nothing', async () => {
    const { name, shown, clock } = await filled();
    await setMeta(name, change(clock, (await filled()).clock));
    const before = await dumpDatabase(name);
    const others = [undefined, { key: OLD }, { key: null }, { key: null, previousKeys: [OLD] }];
    for (const encryption of others) {
      const refused = [
        (store: any) => store.getSnapshot({ snapshotId: 'a' }),
        (store: any) => save(store, 'new', turn(9, { sessionId: 'other' })),
        (store: any) => store.check({ repair: true }),
        (store: any) => store.listSessions(),
        (store: any) => store.clear(),
      ];
      for (const call of refused) {
        const store = openStore({ name, encryption: encryption as EncryptionOptions, compaction: false });
        await expectRefusal(() => call(store), 'PERMISSION_DENIED');
        await store.close();
      }
    }
    expect(await dumpDatabase(name)).toEqual(before);
    expect(await readSecrets(openStore({ name, encryption: { key: KEY } }))).toEqual(shown);
  });
});

test.each([undefined, 0, NaN, 'x', {}])('an epoch that is %o keeps nobody from reading', async (epoch) => {
  const { name, shown } = await filled();
  await setMeta(name, epoch, 'epoch');
  expect(await readSecrets(openStore({ name, encryption: { key: KEY } }))).toEqual(shown);
});

test('without any row in meta, all is read, and all is written', async () => {
  const { name, shown } = await filled();
  await withRaw(name, (transaction) => void transaction.objectStore('meta').clear());
  await expectRefusal(() => save(openStore({ name }), 'x', turn(1)), 'PERMISSION_DENIED');
  const store = openStore({ name, encryption: { key: KEY } });
  expect(await readSecrets(store)).toEqual(shown);
  await store.check({ repair: true });
  expect((await store.check()).problems).toEqual([]);
  expect(await readSecrets(openStore({ name, encryption: { key: KEY } }))).toEqual(shown);
});

/** Stops a rotation after some slices; what is left needs both keys. */
async function halfWay(from: EncryptionOptions | undefined, to: EncryptionOptions) {
  const name = freshName();
  const before = openStore({ name, encryption: from, compaction: false });
  await fillWithSecrets(before);
  for (let n = 0; n < 20; n++) await save(before, `n${n}`, turn(n, { sessionId: `s${n}` }));
  const shown = await readSecrets(before);
  await before.close();
  const rotating = openStore({ name, encryption: to, compaction: false });
  const end = new AbortController();
  await rotating.rekey({ signal: end.signal, onProgress: () => end.abort() }).catch(() => {});
  await rotating.close();
  return { name, shown };
}

const ROTATIONS: [string, EncryptionOptions | undefined, EncryptionOptions, EncryptionOptions][] = [
  ['from one key to another', { key: OLD }, { key: KEY, previousKeys: [OLD] }, { key: KEY }],
  ['from no encryption', undefined, { key: KEY, previousKeys: [null] }, { key: KEY }],
  ['to no encryption', { key: OLD }, { key: null, previousKeys: [OLD] }, { key: null }],
];

describe.each(ROTATIONS)('in the midst of a rotation %s', (_, from, to, after) => {
  test.each(Object.entries(CHANGES).slice(0, 11))('a clock that is %s loses nothing', async (_, change) => {
    const { name, shown } = await halfWay(from, to);
    await setMeta(name, change(await metaOf(name), undefined));
    const store = openStore({ name, encryption: to, compaction: false });
    expect(await readSecrets(store)).toEqual(shown);
    expect((await store.check({ repair: true })).quarantined).toBe(0);
    await store.rekey();
    const reopened = openStore({ name, encryption: after });
    expect(await readSecrets(reopened)).toEqual(shown);
    expect((await reopened.check()).problems).toEqual([]);
    expect((await reopened.listSessions({ limit: 50 })).sessions).toHaveLength(21);
  });

  test('nothing is repaired as long as one of the keys is missing', async () => {
    const { name, shown } = await halfWay(from, to);
    await setMeta(name, undefined);
    const one = openStore({ name, encryption: after, compaction: false });
    const error = await one.check({ repair: true }).catch((error: unknown) => error);
    expect((error as { status: string }).status).toMatch(/PERMISSION_DENIED|FAILED_PRECONDITION/);
    expect(await readSecrets(openStore({ name, encryption: to }))).toEqual(shown);
  });
});

describe('an older list of keys that is put back', () => {
  test('does not let in what was written under a key that is not on it, nor lose it', async () => {
    const { name, shown, clock } = await filled({ key: OLD });
    const rotating = openStore({ name, encryption: { key: KEY, previousKeys: [OLD] }, compaction: false });
    await rotating.rekey();
    await rotating.close();
    await setMeta(name, clock);
    const old = openStore({ name, encryption: { key: OLD }, compaction: false });
    await expectRefusal(() => old.check({ repair: true }), 'PERMISSION_DENIED');
    for (const encryption of [{ key: KEY }, { key: KEY, previousKeys: [OLD] }]) {
      const store = openStore({ name, encryption, compaction: false });
      expect(await readSecrets(store)).toEqual(shown);
      expect((await store.check({ repair: true })).quarantined).toBe(0);
    }
  });

  test('does not make plain rows be believed again', async () => {
    const { name } = await filled(null);
    const encryption = { key: KEY, previousKeys: [null] };
    const store = openStore({ name, encryption, compaction: false });
    await save(store, 'c', turn(3, { parentId: 'b' }));
    const mixed = await metaOf(name);
    await store.rekey();
    await store.close();
    for (const clock of [mixed, undefined, 1]) {
      await setMeta(name, clock);
      await forge(name, 'c');
      const again = openStore({ name, encryption, compaction: false });
      await expectRefusal(() => again.getSnapshot({ snapshotId: 'c' }), 'DATA_LOSS', 'c');
      expect((await again.getSnapshot({ snapshotId: 'a' }))?.state?.messages).toHaveLength(2);
      await again.close();
    }
  });
});

/** Puts a row in the place of another, made by somebody who has no key. */
const forge = (name: string, id: string) =>
  overwriteRow(name, 'snapshots', id, ({ createdMs, version, sessionId }) => {
    const info = { sessionId, createdAt: new Date(createdMs).toISOString(), status: 'completed' };
    return { format: 1, id, sessionId, createdMs, version, info, own: [] };
  });

describe('two tenants with one key', () => {
  const open = (name: string) => openStore({ name, encryption: { key: KEY }, compaction: false });

  /** Two databases that each have what the other could be taken for. */
  async function tenants() {
    const names = [freshName(), freshName()] as const;
    for (const [n, name] of names.entries()) {
      const store = open(name);
      for (const id of ['a', 'b']) {
        await save(store, id, turn(1, { state: { messages: conversation(3, `tenant ${n} `) } }));
      }
      await store.close();
    }
    return names;
  }

  const textOf = async (name: string, id: string) => {
    const snapshot = await open(name).getSnapshot({ snapshotId: id });
    const [first] = snapshot!.state!.messages as any[];
    return first.content[0].text.slice(0, 8);
  };

  test('that trade meta read their own', async () => {
    const names = await tenants();
    const rows = await Promise.all(names.map((name) => dumpDatabase(name)));
    for (const [n, name] of names.entries()) {
      for (const [key, row] of rows[1 - n]!['meta']!) await setMeta(name, row, key as string);
    }
    for (const [n, name] of names.entries()) {
      expect(await textOf(name, 'a')).toBe(`tenant ${n}`);
      expect((await open(name).check({ repair: true })).problems).toEqual([]);
    }
  });

  test('never read a row of the other, with its keys on the list or without', async () => {
    const [own, other] = await tenants();
    const foreign = (await dumpDatabase(other))!;
    const clock = await metaOf(own);
    const { keys, database } = await metaOf(other);
    for (const meta of [clock, { ...clock, keys: [...clock.keys, ...keys] }, { ...clock, database }]) {
      await withRaw(own, async (transaction) => {
        transaction.objectStore('meta').put(meta, 'clock');
        transaction.objectStore('snapshots').put(foreign['snapshots']![0]![1]);
        const logs = transaction.objectStore('logs');
        for (const [key, row] of foreign['logs']!) {
          if ((await settled(logs.get(key))) === undefined) logs.put(row, key);
        }
      });
      await expectRefusal(() => open(own).getSnapshot({ snapshotId: 'a' }), 'DATA_LOSS', 'a');
      expect(await textOf(own, 'b')).toBe('tenant 0');
    }
  });

  test('are not one another, even if all rows are copied', async () => {
    const [own, other] = await tenants();
    await putBack(own, (await dumpDatabase(other))!);
    await expectRefusal(() => open(own).getSnapshot({ snapshotId: 'a' }), 'PERMISSION_DENIED');
  });
});

test('a row that was replaced by an older one of its own is not noticed, as SECURITY.md says', async () => {
  const name = freshName();
  const store = openStore({ name, encryption: { key: KEY }, compaction: false });
  await save(store, 'a', turn(1));
  await store.updateSession('s', { title: 'before' });
  const before = (await dumpDatabase(name))!['sessions']![0]![1];
  await store.updateSession('s', { title: 'after' });
  await store.close();
  await overwriteRow(name, 'sessions', 's', () => before);
  expect((await openStore({ name, encryption: { key: KEY } }).getSession('s'))?.title).toBe('before');
});

test('a database that is not encrypted and has no clock is not taken for an empty one', async () => {
  const { name, shown } = await filled(null);
  await setMeta(name, undefined);
  await expectRefusal(
    () => openStore({ name, encryption: { key: KEY } }).listSessions(),
    'FAILED_PRECONDITION',
  );
  const store = openStore({ name, encryption: { key: KEY, previousKeys: [null] }, compaction: false });
  await save(store, 'next', turn(9, { parentId: 'b' }));
  await store.deleteSnapshot('next');
  await store.rekey();
  expect(await secretsIn(name)).toBe(0);
  expect((await readSecrets(store)).snapshots).toEqual(shown.snapshots);
});
