import { expect, onTestFinished, test, vi } from 'vitest';
import type { EncryptionOptions, HealthEvent } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { eventually } from '../assertions/eventually.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { dumpDatabase, withRaw } from '../database/raw-database.js';
import { renewIndexedDB } from '../environment.js';
import { freshName, openStore } from '../stores/open-store.js';
import { makeKey } from './keys.js';

vi.setConfig({ testTimeout: 60_000 });

renewIndexedDB();

const [OLD, NEW, OTHER] = await Promise.all([makeKey(), makeKey(), makeKey()]);

type News = Pick<Extract<HealthEvent, { type: 'keys' }>, 'isEncrypted' | 'isChanging'>;

/** A tab, and what it is told of keys. */
function tab(name: string, encryption?: EncryptionOptions) {
  const told: News[] = [];
  const store = openStore({
    name,
    ...(encryption && { encryption }),
    onHealth: (event) => {
      if (event.type !== 'keys') return;
      expect(event.database).toBe(name);
      told.push({ isEncrypted: event.isEncrypted, isChanging: event.isChanging });
    },
  });
  return { store, told };
}

const BEGUN = { isEncrypted: true, isChanging: true };
const DONE = { isEncrypted: true, isChanging: false };

test.each<[string, EncryptionOptions | undefined, EncryptionOptions, News[]]>([
  ['a passphrase is changed', { key: OLD }, { key: NEW, previousKeys: [OLD] }, [BEGUN, DONE]],
  ['encryption is switched on', undefined, { key: NEW, previousKeys: [null] }, [BEGUN, DONE]],
  [
    'encryption is switched off',
    { key: OLD },
    { key: null, previousKeys: [OLD] },
    [
      { isEncrypted: false, isChanging: true },
      { isEncrypted: false, isChanging: false },
    ],
  ],
])('every tab is told when %s, though it watches nothing', async (_, from, to, expected) => {
  const name = freshName();
  const first = tab(name, from);
  await save(first.store, 'a', turn(1));
  const second = tab(name, from);
  await second.store.listSessions();
  expect([first.told, second.told], 'the first key is no news').toEqual([[], []]);

  const changing = tab(name, to);
  await changing.store.rekey();
  for (const { told } of [first, second, changing])
    await eventually(() => told.at(-1)?.isChanging === false, 'that the change has ended');
  // Who reads late is told of the end only.
  for (const { told } of [first, second, changing]) {
    expect(expected).toEqual(expect.arrayContaining(told));
    expect(told.at(-1)).toEqual(expected.at(-1));
  }
  await save(changing.store, 'b', turn(2));
  await changing.store.rekey();
  expect(changing.told.length, 'nothing has changed since').toBeLessThanOrEqual(expected.length);
});

test('the first key of an empty database is told to who has none, and not to who has it', async () => {
  const name = freshName();
  const [plain, other, first] = [tab(name), tab(name, { key: OLD }), tab(name, { key: OLD })];
  for (const { store } of [plain, other]) expect((await store.listSessions()).sessions).toEqual([]);
  await save(first.store, 'a', turn(1));
  await eventually(() => plain.told.length > 0, 'that there is a key');
  await expectRefusal(() => plain.store.listSessions(), 'PERMISSION_DENIED');
  expect((await other.store.listSessions()).sessions).toHaveLength(1);
  expect([plain, other, first].map(({ told }) => told)).toEqual([[DONE], [], []]);
});

test('probeKey tells whether there is anything, whether it is encrypted, and with which key', async () => {
  const name = freshName();
  const plain = openStore({ name });
  expect(await plain.probeKey()).toBe('empty');
  expect(await plain.probeKey(NEW)).toBe('empty');
  await save(plain, 'a', turn(1));
  expect(await plain.probeKey()).toBe('plain');
  expect(await plain.probeKey(NEW)).toBe('plain');

  const begun = openStore({ name, encryption: { key: OLD, previousKeys: [null] } });
  await save(begun, 'b', turn(2));
  expect(await begun.probeKey()).toBe('opens');
  await begun.rekey();
  const key = (store = plain) => Promise.all([undefined, null, OLD, NEW].map((each) => store.probeKey(each)));
  expect(await key()).toEqual(['other-key', 'other-key', 'opens', 'other-key']);
  // Whatever the store's own key is.
  const wrong = openStore({ name, encryption: { key: OTHER } });
  expect(await key(wrong)).toEqual(['other-key', 'other-key', 'opens', 'other-key']);
  await expectRefusal(() => wrong.listSessions(), 'PERMISSION_DENIED');

  const changing = openStore({ name, encryption: { key: NEW, previousKeys: [OLD] } });
  await save(changing, 'c', turn(3));
  const meanwhile = await key(changing);
  expect(meanwhile[0]).toBe('opens');
  await changing.rekey();
  expect(await key()).toEqual(['other-key', 'other-key', 'other-key', 'opens']);
});

test('a key that is right, while rows need a further one', async () => {
  const name = freshName();
  const store = openStore({ name, encryption: { key: OLD } });
  const ids = Array.from({ length: 40 }, (_, n) => `${n}`);
  await Promise.all(ids.map((id, n) => save(store, id, turn(n))));
  await store.close();
  const changing = openStore({ name, encryption: { key: NEW, previousKeys: [OLD] } });
  await save(changing, 'x', turn(50));
  // Before it has been idle for long enough.
  await changing.close();
  const probing = openStore({ name });
  const found = await Promise.all([NEW, OLD, OTHER].map((key) => probing.probeKey(key)));
  expect(found).toEqual(['further-key', 'further-key', 'other-key']);
});

test('probing writes nothing, and works where the list of keys is lost', async () => {
  const name = freshName();
  const store = openStore({ name, encryption: { key: OLD } });
  await save(store, 'a', turn(1));
  await store.close();
  await withRaw(name, (transaction) => void transaction.objectStore('meta').delete('clock'));
  const before = await dumpDatabase(name);
  const probing = openStore({ name });
  expect([await probing.probeKey(OLD), await probing.probeKey(NEW), await probing.probeKey()]).toEqual([
    'opens',
    'other-key',
    'other-key',
  ]);
  await probing.close();
  expect(await dumpDatabase(name)).toEqual(before);
  await expectRefusal(() => openStore({ name }).probeKey('key' as never), 'INVALID_ARGUMENT', 'key');
});

test('a store that is closed while it looks which keys there are tells nothing', async () => {
  const name = freshName();
  await save(openStore({ name, encryption: { key: OLD } }), 'a', turn(1));
  const { store, told } = tab(name, { key: OLD });
  await store.listSessions();
  // Made after the store's own, so that it hears after it.
  const channel = new BroadcastChannel(`offshoot:${name}`);
  const closed = new Promise<void>((resolve) => {
    channel.onmessage = () => resolve(store.close());
  });
  const rekeyed = openStore({ name, encryption: { key: NEW, previousKeys: [OLD] } });
  await rekeyed.rekey();
  await closed;
  channel.close();
  await rekeyed.listSessions();
  expect(told).toEqual([]);
});

test('what watchers cannot read any more is an error of nobody, once the application was told of the keys', async () => {
  const reported: unknown[] = [];
  vi.stubGlobal('reportError', (error: unknown) => reported.push(error));
  onTestFinished(() => void vi.unstubAllGlobals());
  const name = freshName();
  const { store, told } = tab(name, { key: OLD });
  await save(store, 'a', turn(1));
  store.onSessionsChange(() => {});
  store.onSnapshotStateChange('a', () => {});
  const rekeyed = openStore({ name, encryption: { key: NEW, previousKeys: [OLD] } });
  await rekeyed.rekey();
  for (const id of ['b', 'c']) {
    await save(rekeyed, id, turn(2));
    await expectRefusal(() => store.getSnapshot({ snapshotId: 'a' }), 'PERMISSION_DENIED');
  }
  await eventually(() => told.length === 2, 'the keys');
  expect(reported).toEqual([]);
});

test.each<[string, EncryptionOptions | undefined]>([
  ['without the key', undefined],
  ['with another key', { key: OTHER }],
])('who begins %s is told so by reportError, and of no change', async (_, encryption) => {
  const reported: unknown[] = [];
  vi.stubGlobal('reportError', (error: unknown) => reported.push(error));
  onTestFinished(() => void vi.unstubAllGlobals());
  const name = freshName();
  await save(openStore({ name, encryption: { key: OLD } }), 'a', turn(1));
  await openStore({ name, encryption: { key: NEW, previousKeys: [OLD] } }).rekey();
  const { store, told } = tab(name, encryption);
  store.onSnapshotStateChange('a', () => {});
  await eventually(() => reported.length > 0, 'the error');
  expect(reported.map(String)).toEqual([expect.stringContaining('PERMISSION_DENIED')]);
  expect(told).toEqual([]);
});
