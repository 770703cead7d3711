import { assertEqual } from '../assertions.js';
import { at, message, save, turn } from '../sample-snapshots.js';
import type { CaseContext, SessionStoreCase } from '../session-store-case.js';

async function comesBack({ store }: CaseContext, saved: object, what = 'what was read'): Promise<void> {
  await save(store, 'a', structuredClone(saved));
  assertEqual(await store.getSnapshot({ snapshotId: 'a' }), { ...saved, snapshotId: 'a' }, what);
}

function dropUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(dropUndefined);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(entries.map(([key, part]) => [key, dropUndefined(part)]));
}

export const roundTrip: readonly SessionStoreCase[] = [
  {
    title: 'Round trip: every field of the contract comes back',
    run: (context) =>
      comesBack(context, {
        sessionId: 's',
        parentId: 'p',
        createdAt: at(1),
        updatedAt: at(2),
        heartbeatAt: at(2),
        status: 'failed',
        finishReason: 'failed',
        error: { status: 'INTERNAL', message: 'no answer', details: { attempts: [1, 2] } },
        state: {
          sessionId: 's',
          messages: [
            message('Hi'),
            {
              role: 'model',
              content: [{ toolRequest: { ref: '1', name: 'f', input: { x: 1 } } }],
              metadata: {},
            },
          ],
          custom: { topic: 'trees', nested: { list: [1, [2, null]] } },
          artifacts: [{ name: 'a.txt', parts: [{ text: '' }], metadata: { size: 0 } }],
        },
      }),
  },
  {
    title: 'Round trip: fields that the contract does not know are kept, at every level',
    run: (context) =>
      comesBack(
        context,
        turn(1, {
          traceId: 't',
          usage: { tokens: 3 },
          tags: ['x'],
          state: {
            cursor: 7,
            timeline: [{ kind: 'step', extra: { deep: true } }],
            messages: [{ role: 'user', id: 'm1', content: [{ text: 'Hi', lang: 'en' }] }],
          },
        }),
      ),
  },
  {
    title: 'Round trip: no key is added',
    async run(context) {
      await comesBack(context, { createdAt: at(1) }, 'a snapshot of createdAt alone');
      await comesBack(context, { createdAt: at(1), state: {} }, 'an empty state');
      await comesBack(context, { createdAt: at(1), status: 'pending' }, 'no state');
    },
  },
  {
    title: 'Round trip: fields left out of a rewrite are gone',
    async run(context) {
      await save(context.store, 'a', turn(1, { error: { message: 'x' }, finishReason: 'failed', extra: 1 }));
      await comesBack(context, { sessionId: 's', createdAt: at(1), state: { custom: 1 } });
    },
  },
  {
    title: 'Round trip: keys whose value is undefined do no harm',
    async run({ store }) {
      const saved = turn(1, {
        parentId: undefined,
        error: undefined,
        heartbeatAt: undefined,
        state: { artifacts: undefined, messages: [message('Hi')], custom: { a: undefined, b: 1 } },
      });
      await save(store, 'a', saved);
      const read = await store.getSnapshot({ snapshotId: 'a' });
      assertEqual(dropUndefined(read), dropUndefined({ ...saved, snapshotId: 'a' }), 'by its id');
      assertEqual(await store.getSnapshot({ sessionId: 's' }), read, 'by its session');
    },
  },
  {
    title: 'Round trip: keys and strings may be anything',
    run: (context) =>
      comesBack(
        context,
        turn(1, {
          state: {
            messages: [message('🦊 \u0000 \ud83d \u2028')],
            custom: JSON.parse(
              '{"__proto__":{"a":1},"constructor":2,"":3,"a.b":4,"0":5,"length":6}',
            ) as object,
          },
        }),
      ),
  },
  {
    title: 'Round trip: arrays of anything at the top of the state',
    run: (context) =>
      comesBack(
        context,
        turn(1, {
          state: {
            messages: [],
            numbers: [1, 1, 1, 2, -3.5],
            mixed: [null, 'a', false, [], [[]], {}, { a: [] }, 'a'],
            same: [message('again'), message('again'), message('again')],
          },
        }),
      ),
  },
  {
    title: 'Round trip: each snapshot of a chain is whole, however its state differs from the one before',
    async run({ store }) {
      const texts = (from: number, to: number): object[] =>
        Array.from({ length: to - from }, (_, index) => message(`message ${from + index}`));
      const histories = [
        texts(0, 30),
        texts(0, 34),
        texts(10, 36),
        [message('summary', 'system'), ...texts(20, 40)],
        [...texts(0, 12), message('edited'), ...texts(13, 20)],
        [],
        texts(0, 500),
        [...texts(490, 500), ...texts(0, 10)],
      ];
      const saved = histories.map((messages, index) =>
        turn(index, {
          parentId: `${index - 1}`,
          state: { messages, custom: { index, big: 'x'.repeat(5_000) } },
        }),
      );
      for (const [index, snapshot] of saved.entries()) await save(store, `${index}`, snapshot);
      await save(store, '1', saved[1]);
      for (const [index, snapshot] of saved.entries()) {
        const snapshotId = `${index}`;
        assertEqual(
          await store.getSnapshot({ snapshotId }),
          { ...snapshot, snapshotId },
          `snapshot ${index}`,
        );
      }
    },
  },
];
