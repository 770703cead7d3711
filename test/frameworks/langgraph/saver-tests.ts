import {
  emptyCheckpoint,
  ERROR,
  type Checkpoint,
  type CheckpointMetadata,
  type SerializerProtocol,
} from '@langchain/langgraph-checkpoint';
import { expect, test } from 'vitest';
import { OffshootSaver } from '../../../src/adapters/langgraph/index.js';
import { expectRefusal } from '../../assertions/expect-refusal.js';
import { freshName, openStore } from '../../stores/open-store.js';
import { all, inThread } from './graphs.js';

const metadata: CheckpointMetadata = { source: 'loop', step: 0, parents: {} };

const at = (thread_id: string, checkpoint_ns = '', checkpoint_id?: string) => ({
  configurable: { thread_id, checkpoint_ns, ...(checkpoint_id !== undefined && { checkpoint_id }) },
});

function checkpointWith(values: Record<string, unknown>, rest: Partial<Checkpoint> = {}): Checkpoint {
  const channel_versions = Object.fromEntries(Object.keys(values).map((name) => [name, 1]));
  return { ...emptyCheckpoint(), channel_values: values, channel_versions, ...rest };
}

/** Puts a checkpoint whose values are all new. */
const put = (saver: OffshootSaver, config: ReturnType<typeof at>, checkpoint: Checkpoint) =>
  saver.put(config, checkpoint, metadata, checkpoint.channel_versions);

/** The saver by itself, on whatever IndexedDB there is. */
export function testSaver(): void {
  test('forks of one checkpoint have values of their own, though their versions are equal', async () => {
    const saver = new OffshootSaver(openStore());
    const root = await put(saver, at('t'), checkpointWith({ messages: ['root'] }));
    const forks = [];
    for (const name of ['a', 'b']) {
      const checkpoint = checkpointWith({ messages: ['root', name] });
      checkpoint.channel_versions['messages'] = 2;
      forks.push(await put(saver, root as never, checkpoint));
    }
    for (const [index, name] of ['a', 'b'].entries()) {
      const { checkpoint, parentConfig } = (await saver.getTuple(forks[index]!))!;
      expect(checkpoint.channel_values).toEqual({ messages: ['root', name] });
      expect(parentConfig).toEqual(root);
    }
  });

  test('ids of threads, namespaces and checkpoints may be any strings', async () => {
    const saver = new OffshootSaver(openStore());
    const places = [
      ['a', '', 'b|c'],
      ['a', 'b', 'c'],
      ['a|b', '', 'c'],
      ['a","b', '', 'c'],
      ['__proto__', '__proto__', '__proto__'],
      ['a', 'b|c:1', 'c'],
    ] as const;
    for (const [index, [thread, namespace, id]] of places.entries()) {
      await put(saver, at(thread, namespace), checkpointWith({ index, ['__proto__']: index }, { id }));
    }
    for (const [index, [thread, namespace, id]] of places.entries()) {
      const found = await saver.getTuple(at(thread, namespace, id));
      expect(found?.checkpoint.channel_values['index'], `${thread} ${namespace} ${id}`).toBe(index);
      const newest = await saver.getTuple(at(thread, namespace));
      expect(newest?.config).toEqual(at(thread, namespace, id));
    }
    await saver.deleteThread('a');
    expect(await all(saver.list({}))).toHaveLength(3);
  });

  test('channels may have any names and values', async () => {
    const saver = new OffshootSaver(openStore());
    const values = {
      ...Object.fromEntries(
        ['sessionId', 'messages', 'custom', 'artifacts', 'writes', 'checkpoint', 'constructor'].map(
          (name) => [name, name],
        ),
      ),
      '': 0,
      undefined: undefined,
      null: null,
      list: [undefined, null, [1], [], { list: [2] }, new Uint8Array([1, 2])],
      nothing: [],
      bytes: new Uint8Array([0, 255]),
      map: new Map([['key', new Set([1])]]),
      text: '\uFEFFa\u0000\ud800',
    };
    const config = await put(saver, at('t'), checkpointWith(values));
    expect((await saver.getTuple(config))!.checkpoint.channel_values).toEqual(values);
  });

  test('what a serde writes that is no text comes back as it was', async () => {
    const flip = (bytes: Uint8Array) => bytes.map((byte) => byte ^ 0xff);
    const serde: SerializerProtocol = {
      dumpsTyped: async (value) => ['json', flip(new TextEncoder().encode(JSON.stringify(value)))],
      loadsTyped: async (_type, data) => JSON.parse(new TextDecoder().decode(flip(data as Uint8Array))),
    };
    const saver = new OffshootSaver(openStore(), serde);
    const config = await put(saver, at('t'), checkpointWith({ list: ['é', 1], one: { a: 1 } }));
    await saver.putWrites(config, [['list', ['b']]], 'task');
    const tuple = (await saver.getTuple(config))!;
    expect(tuple.checkpoint.channel_values).toEqual({ list: ['é', 1], one: { a: 1 } });
    expect(tuple.pendingWrites).toEqual([['task', 'list', ['b']]]);
    expect(tuple.metadata).toEqual(metadata);
  });

  test('writes may come before their checkpoint, and are no checkpoint by themselves', async () => {
    const saver = new OffshootSaver(openStore());
    const checkpoint = checkpointWith({ messages: ['a'] });
    await saver.putWrites(at('t', '', checkpoint.id), [['messages', 'b']], 'task');
    expect(await saver.getTuple(at('t'))).toBeUndefined();
    expect(await saver.getTuple(at('t', '', checkpoint.id))).toBeUndefined();
    expect(await all(saver.list(inThread('t')))).toEqual([]);

    await put(saver, at('t'), checkpoint);
    const tuple = await saver.getTuple(at('t'));
    expect(tuple?.checkpoint.channel_values).toEqual({ messages: ['a'] });
    expect(tuple?.pendingWrites).toEqual([['task', 'messages', 'b']]);
  });

  test('a task that writes again changes nothing, but its error is replaced', async () => {
    const saver = new OffshootSaver(openStore());
    const config = await put(saver, at('t'), checkpointWith({}));
    for (const attempt of ['first', 'second']) {
      await saver.putWrites(
        config,
        [
          ['a', attempt],
          [ERROR, attempt],
          ['b', attempt],
        ],
        'task',
      );
    }
    await put(saver, at('t'), checkpointWith({}, { id: config.configurable!['checkpoint_id'] as string }));
    expect((await saver.getTuple(config))!.pendingWrites).toEqual([
      ['task', ERROR, 'second'],
      ['task', 'a', 'first'],
      ['task', 'b', 'first'],
    ]);
  });

  test('writes are in the order in which they are applied: by path, task and place', async () => {
    const saver = new OffshootSaver(openStore());
    const config = await put(saver, at('t'), checkpointWith({}));
    await saver.putWrites(config, [['x', 4]], 'a', '~2');
    await saver.putWrites(
      config,
      Array.from({ length: 11 }, (_, index) => ['x', `b${index}`]),
      'b',
      '~1',
    );
    await saver.putWrites(config, [['x', 1]], 'c');
    const values = (await saver.getTuple(config))!.pendingWrites!.map(([, , value]) => value);
    expect(values).toEqual([1, ...Array.from({ length: 11 }, (_, index) => `b${index}`), 4]);
  });

  test('tasks of several stores that write at once lose nothing', async () => {
    const name = freshName();
    const savers = [1, 2, 3].map(() => new OffshootSaver(openStore({ name })));
    const checkpoint = checkpointWith({});
    const config = at('t', '', checkpoint.id);
    await Promise.all([
      ...Array.from({ length: 12 }, (_, index) =>
        savers[index % 3]!.putWrites(config, [['x', index]], `task ${index}`),
      ),
      put(savers[0]!, at('t'), checkpoint),
    ]);
    const { pendingWrites } = (await savers[1]!.getTuple(at('t')))!;
    expect(new Set(pendingWrites!.map(([, , value]) => value))).toEqual(new Set(Array(12).keys()));
  });

  test('what is changed after it was handed over is stored as it was', async () => {
    const saver = new OffshootSaver(openStore());
    const message = { text: 'a' };
    const checkpoint = checkpointWith({ messages: [message] });
    const saved = put(saver, at('t'), checkpoint);
    message.text = 'changed';
    checkpoint.channel_versions['messages'] = 7;
    const tuple = (await saver.getTuple(await saved))!;
    expect(tuple.checkpoint.channel_values).toEqual({ messages: [{ text: 'a' }] });
    expect(tuple.checkpoint.channel_versions).toEqual({ messages: 1 });
  });

  test('checkpoints are listed newest first, beyond one page, and filtered by metadata deeply', async () => {
    const store = openStore();
    const saver = new OffshootSaver(store);
    const ids: string[] = [];
    for (let step = 0; step < 20; step++) {
      const checkpoint = checkpointWith({});
      ids.push(checkpoint.id);
      await saver.put(
        at('t', '', ids.at(-2)),
        checkpoint,
        { ...metadata, step, parents: { '': `${step % 2}` } },
        {},
      );
    }
    const idsOf = async (...options: Parameters<OffshootSaver['list']>) =>
      (await all(saver.list(...options))).map(({ checkpoint }) => checkpoint.id);
    expect(await idsOf(inThread('t'))).toEqual(ids.toReversed());
    expect(await idsOf(inThread('t'), { limit: 3, before: at('t', '', ids[10]) })).toEqual([
      ids[9],
      ids[8],
      ids[7],
    ]);
    expect(await idsOf(inThread('t'), { limit: 0 })).toEqual([]);
    expect(await idsOf(inThread('t'), { limit: 2, filter: { parents: { '': '1' } } })).toEqual([
      ids[19],
      ids[17],
    ]);
    expect(await idsOf(at('t', '', ids[4]))).toEqual([ids[4]]);
  });

  test('other sessions of the store are left alone', async () => {
    const store = openStore();
    const saver = new OffshootSaver(store);
    await store.saveSnapshot('s', () => ({
      sessionId: 'chat',
      createdAt: new Date().toISOString(),
      state: { messages: [] },
    }));
    expect(await all(saver.list({}))).toEqual([]);
    expect(await saver.getTuple(inThread('chat'))).toBeUndefined();
  });

  test('bad arguments are refused with their path, and change nothing', async () => {
    const store = openStore();
    const saver = new OffshootSaver(store);
    const checkpoint = checkpointWith({});
    const key = (name: string) => `config.configurable.${name}`;
    const refusals: [path: string, action: () => unknown][] = [
      [key('thread_id'), () => put(saver, {} as never, checkpoint)],
      [key('thread_id'), () => put(saver, at(' '), checkpoint)],
      [key('thread_id'), () => put(saver, at(7 as never), checkpoint)],
      [key('checkpoint_ns'), () => put(saver, at('t', null as never), checkpoint)],
      [key('checkpoint_id'), () => put(saver, at('t', '', 7 as never), checkpoint)],
      [key('checkpoint_id'), () => saver.putWrites(at('t'), [['a', 1]], 'task')],
      [key('thread_id'), () => saver.getTuple(at(7 as never))],
      [key('thread_id'), () => all(saver.list(at({} as never)))],
      ['threadId', () => saver.deleteThread('')],
      ['checkpoint.id', () => put(saver, at('t'), { ...checkpoint, id: '' })],
      ['checkpoint.ts', () => put(saver, at('t'), { ...checkpoint, ts: 'yesterday' })],
    ];
    for (const [path, action] of refusals) await expectRefusal(action, 'INVALID_ARGUMENT', path);
    expect(await store.listSessions()).toMatchObject({ sessions: [] });
  });
}
