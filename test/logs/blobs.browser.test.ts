import { expect, test } from 'vitest';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { freshName, openStore } from '../stores/open-store.js';

const image = (seed: string) => new Blob([seed, 'A'.repeat(100_000)], { type: 'image/png' });
const shown = (text: string, blob: Blob) => ({ role: 'user', content: [{ text }, { media: blob }] });

async function textsOf(state: any): Promise<[string, string][]> {
  const messages: ReturnType<typeof shown>[] = state.messages;
  return Promise.all(
    messages.map(async ({ content }): Promise<[string, string]> => {
      const [{ text }, { media }] = content as [{ text: string }, { media: Blob }];
      return [text, `${media.type} ${(await media.text()).slice(0, 3)} ${media.size}`];
    }),
  );
}

test('a Blob is stored once by all snapshots that hold it, also when the message around it is edited', async () => {
  const store = openStore({ compaction: false });
  const [one, two] = [image('one'), image('two')];
  const states = [
    { messages: [shown('look', one)] },
    { messages: [shown('look', one), shown('and', two)] },
    { messages: [shown('look again', one), shown('and', two)] },
  ];
  for (const [n, state] of states.entries()) {
    await save(store, `n${n}`, turn(n, { state, ...(n > 0 && { parentId: `n${n - 1}` }) }));
  }
  const report = await store.check();
  expect(report).toMatchObject({ entries: 3 + 2, problems: [] });
  expect(report.bytes).toBeLessThan(200_000 * 1.1);
  for (const [n, state] of states.entries()) {
    const snapshot = await store.getSnapshot({ snapshotId: `n${n}` });
    expect(await textsOf(snapshot?.state)).toEqual(await textsOf(state));
  }
});

test('a Blob that another store has read is recognised when it is saved again', async () => {
  const name = freshName();
  await save(openStore({ name }), 'a', turn(1, { state: { messages: [shown('look', image('one'))] } }));
  const store = openStore({ name, compaction: false });
  const messages: object[] = (await store.getSnapshot({ snapshotId: 'a' }))!.state!.messages!;
  const next = [...messages, shown('and', image('two'))];
  await save(store, 'b', turn(2, { parentId: 'a', state: { messages: next } }));
  expect(await store.check()).toMatchObject({ entries: 4, problems: [] });
});

test('Blobs of the same size are not taken for each other', async () => {
  const store = openStore({ compaction: false });
  await save(store, 'a', turn(1, { state: { messages: [shown('look', image('one'))] } }));
  const state = { messages: [shown('look', image('two'))] };
  await save(store, 'b', turn(2, { parentId: 'a', state }));
  const { state: read } = (await store.getSnapshot({ snapshotId: 'b' }))!;
  expect(await textsOf(read)).toEqual([['look', 'image/png two 100003']]);
  expect((await store.check()).problems).toEqual([]);
});
