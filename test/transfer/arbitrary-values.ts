import fc from 'fast-check';

const bytes = fc.uint8Array({ maxLength: 20 });

/** Keys that need care, of objects or of whatever they are merged into. */
const key = fc.oneof(
  fc.constantFrom(
    'json',
    'flat',
    '__proto__',
    'toJSON',
    'type',
    'constructor',
    'toString',
    'then',
    '',
    '0',
    '-1',
    'length',
    'é\ud800',
  ),
  fc.string({ maxLength: 5 }),
);

const atom: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(undefined, null, true, NaN, Infinity, -Infinity, -0, 0, '', '-1', 'x'.repeat(9_000)),
  fc.integer(),
  fc.double(),
  fc.bigInt(),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.date({ noInvalidDate: false }),
  bytes,
  bytes.map((each) => each.buffer.slice(0)),
  bytes.map((each) => new DataView(each.slice().buffer)),
  fc.float64Array({ maxLength: 4 }),
  fc.bigInt64Array({ maxLength: 4 }),
  fc.constantFrom(Object(1), Object('boxed'), Object(false), /a+(b)/giu, new TypeError('no'), new Error('')),
  fc.constant(`data:image/png;base64,${'A'.repeat(9_000)}`),
);

/** What IndexedDB can hold, a file can, and is no blob: trees, and graphs in which something comes twice. */
export const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 3, depthIdentifier: 'value' }, atom, tie('parent')),
  parent: fc.oneof(
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4 }),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 3 }).map((pairs) => new Map(pairs)),
    fc.array(tie('value'), { maxLength: 3 }).map((values) => new Set(values)),
    fc.sparseArray(tie('value'), { maxLength: 8 }),
    fc.tuple(tie('value'), key).map(([part, name]) => Object.assign([part], { [`p${name}`]: part })),
    tie('value').map((part) => ({ one: part, two: part })),
    tie('value').map((part) => {
      const loop: Record<string, unknown> = { part };
      loop['self'] = loop;
      return loop;
    }),
    tie('value').map((cause) => new RangeError('caused', { cause })),
  ),
})).value;
