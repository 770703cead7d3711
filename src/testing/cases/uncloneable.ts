import { assertEqual, assertRejects } from '../assertions.js';
import { latest, message, peek, save, turn } from '../sample-snapshots.js';
import type { SessionStoreCase } from '../session-store-case.js';

const UNCLONEABLE: [what: string, path: string, fields: object][] = [
  ['a function', 'state.custom.onClick', { state: { custom: { onClick: () => undefined } } }],
  ['a symbol', 'state.custom.deep.mark', { state: { custom: { deep: { mark: Symbol('mark') } } } }],
  ['a weak map', 'state.cache', { state: { cache: new WeakMap() } }],
  ['a promise', 'extension.later', { extension: { later: Promise.resolve() } }],
  ['a function as error detail', 'error.details', { error: { message: 'x', details: () => undefined } }],
  ['a function at the top', 'render', { render: () => undefined }],
];

export const uncloneable: readonly SessionStoreCase[] = [
  {
    title: 'Values that cannot be cloned: an error that names the path',
    needs: ['uncloneable-path-named'],
    async run({ store }) {
      for (const [what, path, fields] of UNCLONEABLE) {
        await assertRejects(() => save(store, 'a', turn(1, fields)), 'INVALID_ARGUMENT', what, path);
        const withoutId = () => store.saveSnapshot(undefined, () => turn(1, fields));
        await assertRejects(withoutId, 'INVALID_ARGUMENT', `${what} without an id`, path);
      }
    },
  },
  {
    title: 'Values that cannot be cloned: found inside messages',
    needs: ['uncloneable-path-named'],
    async run({ store }) {
      const content = [{ text: 'Hi' }, { data: { callback: () => undefined } }];
      const saved = turn(1, { state: { messages: [message('Hi'), { role: 'user', content }] } });
      await assertRejects(() => save(store, 'a', saved), 'INVALID_ARGUMENT', 'a function', 'data.callback');
      await assertRejects(() => save(store, 'a', saved), 'INVALID_ARGUMENT', 'a function', 'state.messages');
    },
  },
  {
    title: 'Values that cannot be cloned: nothing is written, and the store goes on',
    needs: ['uncloneable-path-named'],
    async run({ store }) {
      await save(store, 'a', turn(1));
      await save(store, 'b', turn(2, { parentId: 'a' }));
      for (const [what, , fields] of UNCLONEABLE) {
        await assertRejects(
          () => save(store, 'b', turn(3, fields)),
          'INVALID_ARGUMENT',
          `${what}, rewriting`,
        );
        const child = turn(4, { parentId: 'b', ...fields });
        await assertRejects(() => save(store, 'c', child), 'INVALID_ARGUMENT', `${what}, new`);
      }
      assertEqual(await peek(store, 'b'), { ...turn(2, { parentId: 'a' }), snapshotId: 'b' }, 'stored');
      assertEqual(await peek(store, 'c'), undefined, 'stored under the new id');
      assertEqual(await latest(store), 'b', 'latest');
      await save(store, 'c', turn(4, { parentId: 'b' }));
      assertEqual(await latest(store), 'c', 'latest after a good save');
    },
  },
];
