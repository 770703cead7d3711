import { assert, assertEqual } from '../assertions.js';
import { message, save, turn } from '../sample-snapshots.js';
import type { SessionStoreCase } from '../session-store-case.js';

/** jsdom has a Blob class of its own, which structured clone takes for an empty object. */
const canCloneBlobs = () => 'text' in structuredClone(new Blob([]));

export const clonedValues: readonly SessionStoreCase[] = [
  {
    title: 'Round trip: whatever structured clone can copy comes back',
    needs: ['structured-clone-values'],
    async run({ store }) {
      const values = {
        date: new Date(0),
        map: new Map<unknown, unknown>([['a', new Map([[1, [2]]])]]),
        set: new Set([1, 'b']),
        bytes: new Uint8Array([1, 2, 255]),
        floats: new Float64Array([0.5, -0.25]),
        buffer: new Uint8Array([7]).buffer,
        big: 2n ** 70n,
        pattern: /a+/gi,
        numbers: [NaN, Infinity, -Infinity],
        absent: undefined,
      };
      const saved = turn(1, {
        seen: values,
        state: { messages: [{ ...message('Hi'), values }], custom: values },
      });
      await save(store, 'a', structuredClone(saved));
      const read = await store.getSnapshot({ snapshotId: 'a' });
      assertEqual(read, { ...saved, snapshotId: 'a' }, 'what was read');
      assertEqual(read?.state?.custom.date.getTime(), 0, 'the time of the date');
    },
  },
  {
    title: 'Round trip: a value may contain itself',
    needs: ['structured-clone-values'],
    async run({ store }) {
      const custom: Record<string, unknown> = { name: 'loop' };
      custom['self'] = custom;
      await save(store, 'a', turn(1, { state: { custom } }));
      await save(store, 'b', turn(2, { parentId: 'a', state: { custom } }));
      for (const snapshotId of ['a', 'b']) {
        const read = (await store.getSnapshot({ snapshotId }))?.state?.custom;
        assertEqual(read?.name, 'loop', `the name in ${snapshotId}`);
        assert(read?.self === read, `the loop of ${snapshotId} should be closed`);
      }
    },
  },
  {
    // A store that shares data between snapshots has to compare the contents of these too.
    title: "Round trip: values that look like the parent's are not taken for them",
    needs: ['structured-clone-values'],
    async run({ store }) {
      const lookalikes = (text: string, number: number): Record<string, unknown> => ({
        error: new Error(text),
        ...(canCloneBlobs() && { blob: new Blob([text]) }),
        date: new Date(number),
        boxed: Object(number) as unknown,
        bytes: new Uint8Array([number]),
        zero: number === 1 ? 0 : -0,
        ...(number === 1 ? { key: undefined } : {}),
      });
      for (const [index, id] of ['a', 'b'].entries()) {
        const value = lookalikes(id, index + 1);
        const messages = [message('same'), { ...message('same'), value }];
        await save(
          store,
          id,
          turn(index, { ...(index > 0 && { parentId: 'a' }), state: { messages, custom: value } }),
        );
      }
      for (const [index, id] of ['a', 'b'].entries()) {
        const state = (await store.getSnapshot({ snapshotId: id }))?.state;
        const entry = state?.messages?.[1] as unknown as { value: Record<string, unknown> };
        for (const [place, value] of Object.entries({ custom: state?.custom, message: entry.value })) {
          const what = `in the ${place} of ${id}`;
          assertEqual((value.error as Error).message, id, `the error ${what}`);
          if (canCloneBlobs()) assertEqual(await (value.blob as Blob).text(), id, `the blob ${what}`);
          assertEqual((value.date as Date).getTime(), index + 1, `the date ${what}`);
          assertEqual(Number(value.boxed), index + 1, `the boxed number ${what}`);
          assertEqual((value.bytes as Uint8Array)[0], index + 1, `the byte ${what}`);
          assert(Object.is(value.zero, index === 0 ? 0 : -0), `the sign of the zero ${what}`);
          assertEqual(Object.hasOwn(value, 'key'), index === 0, `whether the key is ${what}`);
        }
      }
    },
  },
];
