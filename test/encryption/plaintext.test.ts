import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Plaintext } from '../../src/encryption/cipher.js';

/** There and back, by way of bytes. */
async function carried<T>(value: T): Promise<T> {
  const bytes = await Plaintext.of(value).toBytes();
  return Plaintext.fromBytes(bytes.buffer).toRow();
}

const loop: Record<string, unknown> = { name: 'loop' };
loop['self'] = loop;
const shared = { twice: true };
const buffer = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]).buffer;
const sparse: unknown[] = [];
sparse[3] = 'three';
const holesAround: unknown[] = [];
holesAround[1] = 1;
holesAround.length = 3;

const VALUES: Record<string, unknown> = {
  'numbers that JSON lacks': [NaN, Infinity, -Infinity, -0, 0, 2 ** 53],
  'undefined, null and nothing': { a: undefined, b: null, c: [undefined, null] },
  'large integers': [2n ** 70n, -1n],
  'dates, valid or not': [new Date(0), new Date(NaN), new Date(-1)],
  'maps and sets': new Map<unknown, unknown>([[{ key: 1 }, new Set([1, new Map()])]]),
  patterns: [/a+/gi, /\//u, /[^\]]/],
  'boxed values': [Object(1), Object('s'), Object(false), Object(3n)],
  'texts of any kind': ['', '\ud800', 'a\u2028b\0</script>', '😀', '__proto__', '["Date",0]'],
  'what contains itself': loop,
  'what is there twice': [shared, shared],
  'arrays with holes': [sparse, holesAround],
  'arrays with names': Object.assign([1, 2], { name: 'list', '-1': 0, '01': 1 }),
  'an own property called __proto__': JSON.parse('{"__proto__": {"polluted": true}, "b": 1}'),
  'keys like those of the format': { Date: ['Date', 0], Blob: [0], ArrayBuffer: [0] },
};

describe('a row comes back exactly as it was:', () => {
  test.each(Object.entries(VALUES))('%s', async (_, value) => {
    expect(await carried({ value })).toStrictEqual({ value: structuredClone(value) });
  });

  test('bytes, in views of any kind, and what they share', async () => {
    const value = {
      buffer,
      views: [new Uint8Array(buffer), new Uint16Array(buffer, 2, 2), new DataView(buffer, 1, 3)],
      others: [new Float64Array([0.1, -0]), new BigInt64Array([-1n]), new Uint8ClampedArray([300])],
    };
    const back = await carried(value);
    expect(back).toStrictEqual(value);
    expect(back.views.every((view) => view.buffer === back.buffer)).toBe(true);
    expect(back.views[1]).toHaveLength(2);
  });

  test('identity: what was one object is one object', async () => {
    const [first, second] = await carried([shared, shared]);
    expect(first).toBe(second);
    const back = await carried({ loop });
    expect(back.loop['self']).toBe(back.loop);
  });

  test('errors, with their causes', async () => {
    const errors = [
      new TypeError('typed', { cause: new RangeError('inner', { cause: { code: 7 } }) }),
      new Error(''),
      Object.assign(new Error('named'), { stack: undefined }),
    ].map((error) => structuredClone(error));
    const back = await carried(errors);
    back.forEach((error, index) => {
      const original = errors[index]!;
      expect(Object.getPrototypeOf(error)).toBe(Object.getPrototypeOf(original));
      expect([error.message, error.stack, error.cause]).toEqual([
        original.message,
        original.stack,
        original.cause,
      ]);
    });
  });

  test('blobs and files', async () => {
    const file = new File(['text'], 'a.txt', { type: 'text/plain', lastModified: 7 });
    const back = await carried({ blob: new Blob([new Uint8Array([0, 255])], { type: 'image/png' }), file });
    expect(back.blob).not.toBeInstanceOf(File);
    expect([back.blob.type, ...new Uint8Array(await back.blob.arrayBuffer())]).toEqual(['image/png', 0, 255]);
    expect(back.file).toBeInstanceOf(File);
    expect([back.file.name, back.file.type, back.file.lastModified]).toEqual(['a.txt', 'text/plain', 7]);
    expect(await back.file.text()).toBe('text');
  });

  test('anything that structured clone can copy', { timeout: 60_000 }, () =>
    fc.assert(
      fc.asyncProperty(
        fc.anything({
          withBigInt: true,
          withBoxedValues: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withSparseArray: true,
          withTypedArray: true,
          withUnicodeString: true,
        }),
        async (value) => {
          const stored = structuredClone(value);
          expect(await carried({ stored })).toStrictEqual({ stored });
        },
      ),
      { numRuns: 100, seed: 8712 },
    ),
  );
});

describe('what JSON holds is stored as JSON', () => {
  const messages = Array.from({ length: 50 }, (_, n) => ({
    role: 'model',
    content: [{ text: `message ${n}`, list: [1, -2.5, true, null, ''] }],
  }));
  test('in its size', async () => {
    const bytes = await Plaintext.of({ messages }).toBytes();
    expect(bytes.length).toBeLessThan(JSON.stringify({ messages }).length + 20);
    expect(await carried({ messages })).toStrictEqual({ messages });
  });

  const deep = (levels: number) => {
    let value: unknown = 'end';
    for (let level = 0; level < levels; level++) value = level % 2 ? [value] : { value };
    return value;
  };
  test.each([400, 499, 500, 501, 3000])(
    'and what is %i levels deep as something else, if need be',
    async (levels) => {
      const value = deep(levels);
      expect(await carried({ value })).toStrictEqual({ value });
    },
  );

  test.each([
    ['a list', [1, [2]]],
    ['a text', 'text'],
    ['nothing', undefined],
    ['a list like nodes', [[0], [['array', []]]]],
  ])('also of a row in the quarantine that is %s', async (_, row) => {
    expect(await carried(row)).toStrictEqual(row);
  });

  test('whatever a page has added to all objects', async () => {
    Object.assign(Object.prototype, { toJSON: () => 'spoilt' });
    try {
      expect(Object.keys(await carried({ messages }))).toEqual(['messages']);
      expect(JSON.stringify((await carried({ messages })).messages.length)).toBe('50');
    } finally {
      delete (Object.prototype as any).toJSON;
    }
  });

  test('and what was stored as nodes by an earlier version is read', () => {
    const nodes = [
      [0],
      [
        ['object', ['a', 1, 'b', [1]]],
        ['array', [true]],
      ],
    ];
    expect(new Plaintext(JSON.stringify(nodes), []).toRow()).toStrictEqual({ a: 1, b: [true] });
  });
});

describe('refused is', () => {
  const values: Record<string, unknown> = {
    'an object of the browser': {
      inside: [
        new (class Handle {
          inside = 1;
        })(),
      ],
    },
  };
  test.each(Object.entries(values))('%s', (_, value) => {
    expect(() => Plaintext.of({ value })).toThrow();
  });
});
