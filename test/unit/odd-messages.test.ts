import { expect, test } from 'vitest';
import type { Message } from '../../src/index.js';
import { message, save, turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { exported, streamOf } from '../transfer/files.js';
import { openStore } from '../stores/open-store.js';

/** Arrays with holes, or with properties of their own, of any size. */
function odd(kind: string, text: string): Message[] {
  const messages = ['a', 'b', 'c', 'd'].map((letter) => message(letter + text));
  if (kind === 'holes') Reflect.deleteProperty(messages, '1');
  else Object.assign(messages, { cursor: 7 });
  return messages as Message[];
}

test.each([
  ['holes', 3],
  ['holes', 800],
  ['properties', 3],
  ['properties', 800],
])(
  'of messages with %s, %d characters each, a summary tells how many and the last text',
  async (kind, size) => {
    const store = openStore();
    const messages = odd(kind, 'x'.repeat(size));
    await save(store, 'a', turn(1, { state: { messages: messages.slice(0, 2) } }));
    await save(store, 'b', turn(2, { parentId: 'a', state: { messages, custom: { n: 1 } } }));
    await store.saveSnapshot('c', () =>
      turn(3, { parentId: 'b', state: { messages: odd(kind, 'y'.repeat(size)) } }),
    );
    const other = openStore();
    await other.importSessions(streamOf(await exported(store)));
    for (const each of [store, other]) {
      const { nodes } = await each.getTree('s');
      expect(nodes.get('b')!.summary).toEqual({ messages: 4, preview: `d${'x'.repeat(size)}`.slice(0, 80) });
      expect((await each.session('s').branches('b')).messages).toHaveLength(4);
      expect((await each.getSnapshot({ snapshotId: 'b' }))?.state?.messages).toEqual(messages);
      const id = await each.session('s').append(message('and then?') as Message, { after: 'b' });
      expect((await each.getSnapshotInfo(id))?.summary.messages).toBe(5);
      expect((await each.check()).problems).toEqual([]);
    }
  },
);

test.each([38, 39, 40])('no character is cut where an error quotes a text: after %d units', async (at) => {
  const limit = `${'x'.repeat(at)}😀${'y'.repeat(60)}` as never;
  const { message } = await expectRefusal(() => openStore().listSessions({ limit }), 'INVALID_ARGUMENT');
  expect(message).toContain('xxx');
  expect(message.isWellFormed()).toBe(true);
});
