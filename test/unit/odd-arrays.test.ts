import { expect, test } from 'vitest';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { openStore } from '../stores/open-store.js';

test('an array with as many properties of its own as it has holes keeps both', async () => {
  const store = openStore();
  const odd = Object.assign(Array.from({ length: 3 }), { label: 'x' });
  Reflect.deleteProperty(odd, 1);
  await save(store, 'a', turn(1, { state: { messages: [{ odd }], custom: odd } }));
  const { state } = (await store.getSnapshot({ snapshotId: 'a' }))!;
  for (const read of [state!.custom, (state!.messages![0] as any).odd]) {
    expect(Object.keys(read)).toEqual(['0', '2', 'label']);
    expect(read).toHaveLength(3);
  }
});
