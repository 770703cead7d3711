import { expect, test } from 'vitest';
import { OffshootSaver } from '../../../src/adapters/langgraph/index.js';
import { expectRefusal } from '../../assertions/expect-refusal.js';
import { freshName, openStore } from '../../stores/open-store.js';
import { overwriteRow } from '../../database/raw-database.js';
import { all, chatGraph, inThread, saying, textsOf } from './graphs.js';
import { testSaver } from './saver-tests.js';

testSaver();

test('a thread whose newest checkpoint is damaged does not go on from an older one without a word', async () => {
  const name = freshName();
  const store = openStore({ name, compaction: false });
  const saver = new OffshootSaver(store);
  const graph = chatGraph(saver);
  await graph.invoke(saying('one'), inThread('t'));
  const [newest, older] = await all(saver.list(inThread('t')));
  const { snapshotId } = (await store.getHead('t'))!;
  await overwriteRow(name, 'snapshots', snapshotId, (row: { info: object }) => ({ ...row, info: 'garbage' }));

  const fresh = new OffshootSaver(openStore({ name }));
  await expectRefusal(() => fresh.getTuple(inThread('t')), 'DATA_LOSS', 'config.configurable.checkpoint_id');
  await expectRefusal(() => fresh.getTuple(newest!.config), 'DATA_LOSS');
  // What can be read is listed, and may be named.
  expect((await all(fresh.list(inThread('t')))).map(({ config }) => config)).toContainEqual(older!.config);
  expect(await fresh.getTuple(older!.config)).toBeDefined();

  await store.check({ repair: true });
  const state = await chatGraph(fresh).invoke(saying('two'), inThread('t'));
  expect(textsOf(state)).toEqual(['one', 'two', 're: two']);
});
