import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { message, save, turn } from '../../../src/testing/sample-snapshots.js';
import { value } from '../../transfer/arbitrary-values.js';
import { openDevice } from './device.js';
import { StandInServer } from './stand-in-server.js';

const numRuns = Number(process.env['FC_RUNS'] ?? 60);
const large = new Uint8Array(20_000).map((_, n) => n % 251);
const dataUrl = `data:image/png;base64,${'iVBORw0KGgo'.repeat(1_000)}`;

/** Vitest does not see that maps are equal whose keys contain themselves. */
function expectEqual(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect({ actual }).toStrictEqual({ actual: expected });
}

test('every value comes as it was saved, wherever it stands', { timeout: 120_000 }, async () => {
  const server = new StandInServer();
  const [from, to] = [await openDevice(server), await openDevice(server)];
  let count = 0;
  await fc.assert(
    fc.asyncProperty(value, value, async (one, two) => {
      const id = `${++count}`;
      const filler = 'x'.repeat(600);
      const saved = {
        info: one,
        state: { messages: [{ one, filler }, { two }], custom: { two, filler }, small: one, sessionId: id },
      };
      await save(from.store, id, turn(count, { sessionId: id, ...saved }));
      await from.store.updateSession(id, { metadata: { one, two } });
      await from.sync();
      await to.sync();
      const [sent, came] = [
        await from.store.getSnapshot({ snapshotId: id }),
        await to.store.getSnapshot({ snapshotId: id }),
      ];
      expectEqual(came, sent);
      expect(Object.keys(came!)).toEqual(Object.keys(sent!));
      expectEqual((await to.store.getSession(id))?.metadata, (await from.store.getSession(id))?.metadata);
    }),
    { numRuns },
  );
  for (const { store } of [from, to]) expect((await store.check()).problems).toEqual([]);
});

test('images, files and buffers come once, and what is shared stays shared', async () => {
  const server = new StandInServer();
  const [from, to] = [await openDevice(server), await openDevice(server)];
  const image = { role: 'user', content: [{ media: { url: dataUrl } }] };
  const messages = [
    message('Look'),
    image,
    { role: 'user', content: [{ data: new Blob([large], { type: 'image/webp' }) }] },
    { role: 'user', content: [{ data: new File(['hi'], 'a.txt', { type: 'text/plain', lastModified: 7 }) }] },
    { role: 'user', content: [{ data: large }] },
  ];
  await save(from.store, 'a', turn(1, { state: { messages } }));
  await save(from.store, 'b', turn(2, { parentId: 'a', state: { messages: [...messages, image] } }));
  await from.sync();
  await to.sync();
  const came: any = (await to.store.getSnapshot({ snapshotId: 'b' }))?.state?.messages;
  expect(came).toHaveLength(6);
  expect(came[5]).toEqual(image);
  expect(new Uint8Array(await came[2].content[0].data.arrayBuffer())).toEqual(large);
  expect(came[2].content[0].data.type).toBe('image/webp');
  // Node's structured clone keeps no files.
  expect(await came[3].content[0].data.text()).toBe('hi');
  expect(came[4].content[0].data).toEqual(large);
  // What continues it stores only what is new, and the image that is there is not sent again.
  await save(
    to.store,
    'c',
    turn(3, { parentId: 'b', state: { messages: [...came, image, message('more')] } }),
  );
  await to.sync();
  await from.sync();
  expect((await from.store.getSnapshot({ snapshotId: 'c' }))?.state?.messages).toHaveLength(8);
  expect([...server.crossed.values()].every((times) => times === 1)).toBe(true);
  for (const { store } of [from, to]) expect((await store.check()).problems).toEqual([]);
});
