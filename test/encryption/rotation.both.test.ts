import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { EncryptionOptions, IndexedDBSessionStore, StatusName } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal, failureOf } from '../assertions/expect-refusal.js';
import { freshName, openStore } from '../stores/open-store.js';
import { dumpDatabase } from '../database/raw-database.js';
import { conversation } from './conversation.js';
import { makeKey } from './keys.js';
import { fillWithSecrets, readSecrets, secretsIn } from './secrets.js';

vi.setConfig({ testTimeout: 60_000 });

type Store = IndexedDBSessionStore<any>;

const [OLD, NEW] = await Promise.all([makeKey(), makeKey()]);

interface Way {
  title: string;
  from: EncryptionOptions | undefined;
  to: EncryptionOptions;
  /** How the database is opened afterwards. */
  after: EncryptionOptions | undefined;
  /** What those are told who open it as it was before, and those who already open it as it will be. */
  refusals: { before: StatusName; meanwhile: StatusName };
}

const WAYS: Way[] = [
  {
    title: 'from one key to another',
    from: { key: OLD },
    to: { key: NEW, previousKeys: [OLD] },
    after: { key: NEW },
    refusals: { before: 'PERMISSION_DENIED', meanwhile: 'PERMISSION_DENIED' },
  },
  {
    title: 'from no encryption to a key',
    from: undefined,
    to: { key: NEW, previousKeys: [null] },
    after: { key: NEW },
    refusals: { before: 'PERMISSION_DENIED', meanwhile: 'FAILED_PRECONDITION' },
  },
  {
    title: 'from a key to no encryption',
    from: { key: OLD },
    to: { key: null, previousKeys: [OLD] },
    after: undefined,
    refusals: { before: 'FAILED_PRECONDITION', meanwhile: 'PERMISSION_DENIED' },
  },
];

/** How many snapshots there are beside the secrets: enough for several slices. */
const COUNT = 20;

/** A database of many rows, and what it shows. */
async function filledDatabase(encryption: EncryptionOptions | undefined) {
  const name = freshName();
  const store = openStore({ name, encryption, compaction: false });
  await fillWithSecrets(store);
  const chain = Array.from({ length: COUNT }, (_, n) =>
    save(store, `n${n}`, turn(n, { sessionId: 'long', state: { messages: conversation(2, `${n} `) } })),
  );
  await Promise.all(chain);
  const shown = await show(store);
  await store.close();
  return { name, shown };
}

const show = async (store: Store) => ({
  secrets: await readSecrets(store),
  others: await Promise.all(
    Array.from({ length: COUNT }, (_, n) => store.getSnapshot({ snapshotId: `n${n}` })),
  ),
});

/** By which keys the rows of a database are encrypted, `undefined` standing for none. */
async function keysIn(name: string): Promise<Set<unknown>> {
  const { meta: _, ...stores } = (await dumpDatabase(name))!;
  return new Set(Object.values(stores).flatMap((rows) => rows.map(([, row]) => (row as any).cipher?.key)));
}

describe.each(WAYS)('$title', ({ from, to, after, refusals }) => {
  test('everything is written anew, with progress, and the old key is not needed any more', async () => {
    const { name, shown } = await filledDatabase(from);
    const store = openStore({ name, encryption: to, compaction: false });
    const seen: { done: number; total: number }[] = [];
    await store.rekey({ onProgress: (progress) => seen.push(progress) });
    expect(seen.length).toBeGreaterThan(3);
    expect(seen.at(-1)!.done).toBe(seen.at(-1)!.total);
    expect(await show(store)).toEqual(shown);
    await store.close();

    expect((await keysIn(name)).size).toBe(1);
    expect((await secretsIn(name)) > 0).toBe(after === undefined);
    const reopened = openStore({ name, encryption: after });
    expect(await show(reopened)).toEqual(shown);
    expect((await reopened.check()).problems).toEqual([]);
    await save(reopened, 'next', turn(50, { parentId: 'b' }));
    await expectRefusal(() => openStore({ name, encryption: from }).listSessions(), refusals.before);
  });

  test('it goes on in idle time, and whoever saves meanwhile is not in the way', async () => {
    const { name } = await filledDatabase(from);
    const store = openStore({ name, encryption: to, compaction: false });
    for (let n = 0; n < 10; n++) await save(store, `new${n}`, turn(n, { sessionId: 'new' }));
    await vi.waitFor(async () => {
      const reopened = openStore({ name, encryption: after, compaction: false });
      expect((await reopened.check()).problems).toEqual([]);
      expect((await reopened.getTree('new')).nodes.size).toBe(10);
    }, 20_000);
    expect((await keysIn(name)).size).toBe(1);
  });

  test.each([1, 2, 4])(
    'stopped after %i slices, nothing is lost, and it can be gone on with',
    async (slices) => {
      const { name, shown } = await filledDatabase(from);
      const store = openStore({ name, encryption: to, compaction: false });
      const controller = new AbortController();
      let seen = 0;
      const rekeying = store.rekey({
        signal: controller.signal,
        onProgress: () => ++seen === slices && controller.abort(new Error('enough')),
      });
      expect(await failureOf(() => rekeying)).toEqual(new Error('enough'));
      await store.close();

      // Some rows are under either, so both are needed, and are enough.
      expect((await keysIn(name)).size).toBe(2);
      await expectRefusal(() => openStore({ name, encryption: after }).listSessions(), refusals.meanwhile);
      const resumed = openStore({ name, encryption: to, compaction: false });
      expect(await show(resumed)).toEqual(shown);
      expect((await resumed.check()).problems).toEqual([]);
      await resumed.rekey();
      expect((await keysIn(name)).size).toBe(1);
      expect(await show(openStore({ name, encryption: after }))).toEqual(shown);
    },
  );
});

test('a tab with the old key alone can neither read nor write what the rotation has begun with', async () => {
  const { name } = await filledDatabase({ key: OLD });
  const old = openStore({ name, encryption: { key: OLD }, compaction: false });
  await save(old, 'old', turn(51));
  const rotating = openStore({ name, encryption: { key: NEW, previousKeys: [OLD] }, compaction: false });
  await save(rotating, 'new', turn(52));
  for (const call of [() => save(old, 'old', turn(53)), () => old.getSnapshot({ snapshotId: 'new' })]) {
    const { message } = await expectRefusal(call, 'PERMISSION_DENIED');
    expect(message).toContain('Reload the page');
  }
  await rotating.rekey();
  expect((await rotating.getSnapshot({ snapshotId: 'old' }))?.createdAt).toBe(turn(51).createdAt);
});

test('two tabs that rotate at once do not harm each other', async () => {
  const { name, shown } = await filledDatabase({ key: OLD });
  const encryption = { key: NEW, previousKeys: [OLD] };
  const stores = [1, 2].map(() => openStore({ name, encryption, compaction: false }));
  await Promise.all(stores.map((store) => store.rekey()));
  expect(await show(openStore({ name, encryption: { key: NEW } }))).toEqual(shown);
});

test('in idle time it listens to its end once, however many rows there are', async () => {
  const { name } = await filledDatabase({ key: OLD });
  let listening = 0;
  const counted = (by: number) =>
    function (this: EventTarget, ...args: [string]) {
      if (this instanceof AbortSignal && args[0] === 'abort') listening += by;
      return (by > 0 ? add : remove).apply(this, args as never);
    };
  const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
  Object.assign(EventTarget.prototype, { addEventListener: counted(1), removeEventListener: counted(-1) });
  onTestFinished(
    () => void Object.assign(EventTarget.prototype, { addEventListener: add, removeEventListener: remove }),
  );
  const store = openStore({ name, encryption: { key: NEW, previousKeys: [OLD] } });
  await store.getTree('long');
  await expect.poll(() => store.probeKey(OLD)).toBe('other-key');
  expect(listening).toBeLessThan(3);
});
