import { assertEqual } from '../assertions.js';
import { message, save, turn } from '../sample-snapshots.js';
import type { SessionStoreCase } from '../session-store-case.js';

const original = (): any => turn(1, { state: { messages: [message('original')], custom: { list: [1] } } });

/** Changes a snapshot in each place that a shallow copy would share. */
function mutate(snapshot: any): void {
  snapshot.status = 'defaced';
  snapshot.state.messages[0].content[0].text = 'defaced';
  snapshot.state.messages.push(message('defaced'));
  snapshot.state.custom.list.push(2);
}

export const isolation: readonly SessionStoreCase[] = [
  {
    title: 'Isolation: changing what the mutator returned, after the save, changes nothing stored',
    async run({ store }) {
      const mine = original();
      await save(store, 'a', mine);
      mutate(mine);
      assertEqual(await store.getSnapshot({ snapshotId: 'a' }), { ...original(), snapshotId: 'a' }, 'stored');
    },
  },
  {
    title: 'Isolation: changing what the mutator returned, while it is being saved, changes nothing stored',
    async run({ store }) {
      const mine = original();
      await store.saveSnapshot('a', () => {
        queueMicrotask(() => mutate(mine));
        return mine;
      });
      assertEqual(await store.getSnapshot({ snapshotId: 'a' }), { ...original(), snapshotId: 'a' }, 'stored');
    },
  },
  {
    title: 'Isolation: changing what was read changes nothing stored',
    async run({ store }) {
      await save(store, 'a', original());
      mutate(await store.getSnapshot({ snapshotId: 'a' }));
      mutate(await store.getSnapshot({ sessionId: 's' }));
      assertEqual(await store.getSnapshot({ snapshotId: 'a' }), { ...original(), snapshotId: 'a' }, 'stored');
    },
  },
  {
    title: "Isolation: changing the mutator's `current` without returning it changes nothing stored",
    async run({ store }) {
      await save(store, 'a', original());
      await store.saveSnapshot('a', (current) => {
        mutate(current);
        return null;
      });
      await store
        .saveSnapshot('a', (current) => {
          mutate(current);
          throw new Error('abandoned');
        })
        .catch(() => undefined);
      assertEqual(await store.getSnapshot({ snapshotId: 'a' }), { ...original(), snapshotId: 'a' }, 'stored');
    },
  },
  {
    title: "Isolation: the mutator's `current` can be changed in place and returned",
    async run({ store }) {
      await save(store, 'a', original());
      await store.saveSnapshot('a', (current) => {
        mutate(current);
        return current!;
      });
      const expected = original();
      mutate(expected);
      assertEqual(await store.getSnapshot({ snapshotId: 'a' }), { ...expected, snapshotId: 'a' }, 'stored');
    },
  },
  {
    title: 'Isolation: watchers get copies of their own',
    needs: ['watching'],
    async run({ store, watch, eventually }) {
      const seen: unknown[] = [];
      watch('a', mutate);
      watch('a', (snapshot) => seen.push(structuredClone(snapshot)));
      await save(store, 'a', original());
      await eventually(() => seen.length > 0, 'the second watcher to be called');
      assertEqual(seen, [{ ...original(), snapshotId: 'a' }], 'what the second watcher saw');
      assertEqual(await store.getSnapshot({ snapshotId: 'a' }), { ...original(), snapshotId: 'a' }, 'stored');
    },
  },
];
