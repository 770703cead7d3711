import { assert, assertEqual, assertRejects } from '../assertions.js';
import { latest, peek, save, turn } from '../sample-snapshots.js';
import type { SessionStoreCase } from '../session-store-case.js';

const UNUSUAL = [
  '../up',
  'a/b\\c',
  '.',
  '.pointers',
  '__proto__',
  'constructor',
  'undefined',
  ' padded ',
  '\u0000',
  'Größe 🦊',
  'x'.repeat(2_000),
];

export const ids: readonly SessionStoreCase[] = [
  {
    title: 'Ids: the argument goes before the mutator’s',
    async run({ store }) {
      const id = await store.saveSnapshot('argument', () => turn(1, { snapshotId: 'mutator' }));
      assertEqual(id, 'argument', 'the id returned');
      const read = await store.getSnapshot({ snapshotId: 'argument' });
      assertEqual(read, { ...turn(1), snapshotId: 'argument' }, 'stored under the argument');
      assertEqual(await store.getSnapshot({ snapshotId: 'mutator' }), undefined, 'under the mutator’s');
    },
  },
  {
    title: 'Ids: without an argument, the mutator’s',
    async run({ store }) {
      const id = await store.saveSnapshot(undefined, () => turn(1, { snapshotId: 'mutator' }));
      assertEqual(id, 'mutator', 'the id returned');
      const read = await store.getSnapshot({ snapshotId: 'mutator' });
      assertEqual(read, { ...turn(1), snapshotId: 'mutator' }, 'stored');
    },
  },
  {
    title: 'Ids: without an argument the mutator sees undefined, even if it names a stored snapshot',
    async run({ store }) {
      await save(store, 'a', turn(1));
      const seen: unknown[] = [];
      await store.saveSnapshot(undefined, (current) => {
        seen.push(current);
        return turn(2, { snapshotId: 'a' });
      });
      assertEqual(seen, [undefined], 'what the mutator saw');
      assertEqual((await peek(store, 'a'))?.createdAt, turn(2).createdAt, 'createdAt afterwards');
    },
  },
  {
    title: 'Ids: without either a new one, different each time',
    async run({ store }) {
      const saves = Array.from({ length: 20 }, (_, n) => store.saveSnapshot(undefined, () => turn(n)));
      const made = await Promise.all(saves);
      assertEqual(new Set(made).size, 20, 'how many different ids');
      for (const [n, snapshotId] of made.entries()) {
        assert(typeof snapshotId === 'string' && snapshotId.trim() !== '', `not an id: ${snapshotId}`);
        assertEqual(await store.getSnapshot({ snapshotId }), { ...turn(n), snapshotId }, `snapshot ${n}`);
      }
    },
  },
  {
    title: 'Ids: any string that is not blank',
    needs: ['any-id'],
    async run({ store }) {
      for (const [n, id] of UNUSUAL.entries()) {
        assertEqual(await store.getSnapshot({ snapshotId: id }), undefined, `${id} before`);
        assertEqual(await save(store, id, turn(n, { sessionId: id })), id, 'the id returned');
        await save(store, `child of ${id}`, turn(n, { sessionId: id, parentId: id }));
      }
      for (const [n, id] of UNUSUAL.entries()) {
        const expected = { ...turn(n, { sessionId: id }), snapshotId: id };
        assertEqual(await store.getSnapshot({ snapshotId: id }), expected, id);
        assertEqual(await latest(store, id), `child of ${id}`, `latest of session ${id}`);
      }
    },
  },
  {
    title: 'Ids: a blank one is an error, and writes nothing',
    needs: ['blank-ids-refused'],
    async run({ store }) {
      for (const blank of ['', '  ', '\n']) {
        const shown = JSON.stringify(blank);
        const byMutator = () => store.saveSnapshot(undefined, () => turn(1, { snapshotId: blank }));
        await assertRejects(() => save(store, blank, turn(1)), 'INVALID_ARGUMENT', `argument ${shown}`);
        await assertRejects(byMutator, 'INVALID_ARGUMENT', `mutator's id ${shown}`);
      }
      assertEqual(await latest(store), undefined, 'latest');
    },
  },
];
