/** What becomes of a value, whatever the way: comes back as it was; is refused; or is kept as long as nothing encrypts or exports it. */
export type Fate = 'kept' | 'refused' | 'kept where it is';

export interface Kind {
  fate: Fate;
  /** In an object: a promise would be waited for. */
  make: () => Promise<{ value: unknown }>;
}

const kept = (make: () => unknown): Kind => ({ fate: 'kept', make: async () => ({ value: make() }) });

/** Where it was made differs from one time to the next. */
function traced<E extends Error>(error: E): E {
  if (Object.hasOwn(error, 'stack')) error.stack = `${error.name}: made here`;
  return error;
}
const refused = (make: () => unknown): Kind => ({ ...kept(make), fate: 'refused' });
const bound = (make: () => unknown): Kind => ({
  fate: 'kept where it is',
  make: async () => ({ value: await make() }),
});

const isReadable = (value: unknown) => structuredClone(value) !== null;

const once = (make: () => Promise<unknown>) => {
  let made: Promise<unknown> | undefined;
  return () => (made ??= make());
};

const g = globalThis as any;
const bytes = (size = 24) => Uint8Array.from({ length: size }, (_, n) => (n * 7) % 251);
const resizable = (size: number, most: number) =>
  Reflect.construct(ArrayBuffer, [size, { maxByteLength: most }]);
const used = (pattern: RegExp) => (pattern.test('aa'), pattern);
const holed = () => Object.assign(Array<unknown>(4), { 1: 'b' });

function circle(build: (error: Error) => unknown): unknown {
  return build(traced(new Error('again')));
}

class Point {
  constructor(
    readonly x: number,
    readonly y: unknown,
  ) {}
}

const literals: Record<string, Kind> = {
  undefined: kept(() => undefined),
  null: kept(() => null),
  true: kept(() => true),
  false: kept(() => false),
  zero: kept(() => 0),
  'minus zero': kept(() => -0),
  NaN: kept(() => NaN),
  Infinity: kept(() => Infinity),
  '-Infinity': kept(() => -Infinity),
  'the smallest number': kept(() => Number.MIN_VALUE),
  'the largest number': kept(() => Number.MAX_VALUE),
  'a bigint': kept(() => -(2n ** 100n)),
  'no bigint but zero': kept(() => 0n),
  'an empty text': kept(() => ''),
  'a text with lone surrogates': kept(() => 'a\ud800b\udc00'),
  'a text with NUL and line separators': kept(() => '\0\u2028\u2029\ufeff'),
  'an array': kept(() => [1, [2, []]]),
  'an array with holes': kept(holed),
  'an array of holes': kept(() => Array(3)),
  'a hole and a property': kept(() => Object.assign(holed(), { label: 'x', '-1': 1 })),
  'undefined in an array': kept(() => [undefined, 1, undefined]),
  'undefined in an object': kept(() => ({ a: undefined, b: 1 })),
  'an empty object': kept(() => ({})),
  'an object without a prototype': kept(() => Object.assign(Object.create(null), { a: 1 })),
  'an instance': kept(() => new Point(1, { z: 2 })),
  'keys of all objects': kept(() =>
    JSON.parse(
      '{"__proto__":{"x":1},"constructor":2,"toString":3,"hasOwnProperty":4,"then":5,"":6,"length":7}',
    ),
  ),
  'the order of keys': kept(() => ({ z: 1, a: 2, 10: 3, 9: 4 })),
  'keys of lone surrogates': kept(() => ({ '\ud800': 1, '\udfff': 2 })),
  'an object that comes twice': kept(() => {
    const one = { x: 1 };
    return { a: one, b: [one], c: new Map([[one, one]]) };
  }),
  'what contains itself': kept(() => {
    const value: any = { list: [], map: new Map(), set: new Set() };
    value.self = value;
    value.list.push(value.list, value);
    value.map.set(value.map, value);
    value.set.add(value.set);
    return value;
  }),
};

const objects: Record<string, Kind> = {
  'a Date': kept(() => new Date(1e12 + 1)),
  'a Date before 1970': kept(() => new Date(-8.64e15)),
  'a Date that is none': kept(() => new Date(NaN)),
  'a RegExp': kept(() => /a(?<b>[/\n])+/giu),
  'a RegExp with its lastIndex': kept(() => used(/a/g)),
  'an empty RegExp': kept(() => new RegExp('')),
  'a RegExp with flags d, s, v, y': kept(() => {
    try {
      return new RegExp('a', 'dsvy');
    } catch {
      return new RegExp('a', 'sy');
    }
  }),
  'a Map': kept(
    () =>
      new Map<unknown, unknown>([
        [NaN, -0],
        [{ k: 1 }, [1]],
        [undefined, undefined],
        ['__proto__', 1],
        [1n, new Map()],
      ]),
  ),
  'a Set': kept(() => new Set<unknown>([NaN, undefined, { a: 1 }, 'b', new Set(), new Date(1)])),
  'a Number object': kept(() => Object(-0)),
  'a NaN object': kept(() => Object(NaN)),
  'a String object': kept(() => Object('box\ud800')),
  'a Boolean object': kept(() => Object(false)),
  'a BigInt object': kept(() => Object(7n)),
};

const errors: Record<string, Kind> = {
  ...Object.fromEntries(
    [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((Class) => [
      `a ${Class.name}`,
      kept(() => traced(new Class(`a ${Class.name}\n\ud800`))),
    ]),
  ),
  'an Error without a message': kept(() => traced(new Error())),
  'an Error without a stack': kept(() => {
    const error = new Error('no stack');
    Reflect.deleteProperty(error, 'stack');
    return error;
  }),
  'an Error whose stack is another text': kept(() => Object.assign(new Error('x'), { stack: 'elsewhere' })),
  'an Error of a class of its own': kept(() => {
    class OwnError extends TypeError {
      override name = 'OwnError';
      extra = 1;
    }
    return traced(new OwnError('own'));
  }),
  'an Error that calls itself otherwise': kept(() =>
    Object.assign(traced(new Error('x')), { name: 'RangeError' }),
  ),
  'an AggregateError': kept(() => traced(new AggregateError([new TypeError('a'), 1], 'several'))),
  'an Error with a cause': kept(() => traced(new Error('x', { cause: 'text' }))),
  'an Error with a cause that is undefined': kept(() => traced(new Error('x', { cause: undefined }))),
  'an Error with an object as its cause': kept(() => traced(new Error('x', { cause: { a: [new Date(1)] } }))),
  'an Error with causes of causes': kept(() => {
    const last = traced(new RangeError('c', { cause: new Map([[1, 2]]) }));
    return traced(new Error('a', { cause: traced(new TypeError('b', { cause: last })) }));
  }),
  'an Error with properties': kept(() => Object.assign(traced(new Error('x')), { code: 'E', status: 4 })),
  'an Error that holds in its cause what holds it': kept(() =>
    circle((error) => {
      const holder: Record<string, unknown> = { error };
      error.cause = holder;
      return holder;
    }),
  ),
  'a Map that the cause of an Error in it leads back to': kept(() =>
    circle((error) => {
      const holder = new Map<unknown, unknown>([['error', error]]);
      error.cause = { deep: [holder] };
      return holder;
    }),
  ),
  'an Error that comes twice, with its cause beside it': kept(() => {
    const cause = { k: 1 };
    const error = traced(new Error('x', { cause }));
    return [error, cause, error];
  }),
  ...(typeof DOMException === 'function' && {
    'a DOMException': kept(() => traced(new DOMException('stopped', 'AbortError'))),
    'a DOMException of an unknown name': kept(() => traced(new DOMException('é', 'NobodyKnows'))),
    // Chromium cannot read what it has written of one.
    'a DOMException with half a surrogate pair': (isReadable(new DOMException('\ud800')) ? kept : refused)(
      () => traced(new DOMException('\ud800', 'DataError')),
    ),
    'a DOMException as a cause': kept(() =>
      traced(new Error('x', { cause: traced(new DOMException('m', 'DataError')) })),
    ),
  }),
  ...(typeof g.QuotaExceededError === 'function' && {
    'a QuotaExceededError': kept(() =>
      traced(new g.QuotaExceededError('full', { quota: 10, requested: 20 })),
    ),
    'a QuotaExceededError without numbers': kept(() => traced(new g.QuotaExceededError('full'))),
  }),
};

const VIEWS = [
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float16Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
  'DataView',
].filter((name) => name in g);

const buffers: Record<string, Kind> = {
  'an ArrayBuffer': kept(() => bytes().buffer),
  'an empty ArrayBuffer': kept(() => new ArrayBuffer(0)),
  'a large ArrayBuffer': kept(() => bytes(20_000).buffer),
  ...Object.fromEntries(
    VIEWS.flatMap((name) => [
      [`a ${name}`, kept(() => new g[name](bytes().buffer))],
      [`a ${name} of a part of its buffer`, kept(() => new g[name](bytes().buffer, 8, 1))],
      [`a large ${name}`, kept(() => new g[name](bytes(20_000).buffer, 8))],
    ]),
  ),
  'an empty Uint8Array': kept(() => new Uint8Array(0)),
  'an empty view in the middle': kept(() => new Uint8Array(bytes().buffer, 8, 0)),
  'a Float64Array of odd numbers': kept(() => Float64Array.of(NaN, -0, Infinity, 1e-320)),
  'two views on one buffer': kept(() => {
    const { buffer } = bytes();
    return { a: new Uint8Array(buffer, 0, 4), b: new DataView(buffer, 2), buffer };
  }),
  ...('resizable' in ArrayBuffer.prototype && {
    'a buffer that can grow': kept(() => resizable(8, 64)),
    'a view on a buffer that can grow': kept(() => new Uint8Array(resizable(8, 64), 2, 3)),
    'a view that grows along': kept(() => new Uint8Array(resizable(8, 64), 2)),
    'a DataView that grows along': kept(() => new DataView(resizable(8, 64))),
    'a view that grows along, full': kept(() => new Uint16Array(resizable(64, 64), 2)),
  }),
};

const blobs: Record<string, Kind> = {
  'a Blob': kept(() => new Blob(['hello'], { type: 'text/plain' })),
  'an empty Blob': kept(() => new Blob([])),
  'a large Blob': kept(() => new Blob([bytes(20_000)], { type: 'image/png' })),
  'a Blob with parameters in its type': kept(() => new Blob(['a'], { type: 'text/html;charset=utf-8' })),
  'a slice of a Blob': kept(() => new Blob(['hello']).slice(1, 3, 'a/b')),
  'a Blob that comes twice': kept(() => {
    const blob = new Blob(['x']);
    return [blob, blob];
  }),
  // Node clones a file to a blob.
  ...(typeof document === 'object' && {
    'a File': kept(() => new File(['hi'], 'é/a b.txt', { type: 'text/plain', lastModified: 7 })),
    'a large File': kept(() => new File([bytes(20_000)], 'large.bin', { lastModified: 1e12 })),
    'a File without a name': kept(() => new File([], '', { lastModified: -5 })),
  }),
};

const page: Record<string, Kind> = {
  ...(typeof ImageData === 'function' && {
    'an ImageData': kept(() => new ImageData(new Uint8ClampedArray(bytes(32)), 4, 2)),
    'an ImageData of display-p3': kept(() => new ImageData(2, 3, { colorSpace: 'display-p3' })),
    'a large ImageData': kept(() => new ImageData(100, 100)),
    'an ImageData whose data is beside it': kept(() => {
      const image = new ImageData(2, 2);
      return { image, data: image.data };
    }),
  }),
  ...(typeof DOMMatrix === 'function' && {
    'a DOMPoint': kept(() => new DOMPoint(1, -0, NaN, 4)),
    'a DOMPointReadOnly': kept(() => new DOMPointReadOnly(1, 2)),
    'a DOMRect': kept(() => new DOMRect(1, 2, -3, 4)),
    'a DOMRectReadOnly': kept(() => new DOMRectReadOnly(1, 2, Infinity, 4)),
    'a DOMQuad': kept(() => DOMQuad.fromRect(new DOMRect(1, 2, 3, 4))),
    'a DOMMatrix': kept(() => new DOMMatrix([1, 2, 3, 4, 5, 6])),
    'a DOMMatrix in space': kept(() => new DOMMatrix().rotateAxisAngle(1, 1, 0, 30)),
    'a DOMMatrix in space that looks flat': kept(
      () => new DOMMatrix([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]),
    ),
    'a DOMMatrixReadOnly': kept(() => new DOMMatrixReadOnly([1, 0, 0, 1, NaN, -0])),
    'a DOMPoint that comes twice': kept(() => {
      const point = new DOMPoint(1);
      return { a: point, b: [point] };
    }),
  }),
  ...(typeof crypto?.subtle === 'object' &&
    typeof CryptoKey === 'function' &&
    typeof window === 'object' && {
      'a CryptoKey': bound(() =>
        crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']),
      ),
    }),
  ...(typeof g.navigator?.storage?.getDirectory === 'function' && {
    'a directory handle': bound(async () =>
      (await navigator.storage.getDirectory()).getDirectoryHandle('d', { create: true }),
    ),
    'a file handle': bound(async () =>
      (await navigator.storage.getDirectory()).getFileHandle('f', { create: true }),
    ),
  }),
  ...(typeof g.createImageBitmap === 'function' && {
    'an ImageBitmap': bound(() => createImageBitmap(new ImageData(2, 2))),
  }),
  ...(typeof RTCPeerConnection === 'function' && {
    // It says when it was made.
    'an RTCCertificate': bound(
      once(() => RTCPeerConnection.generateCertificate({ name: 'ECDSA', namedCurve: 'P-256' } as never)),
    ),
  }),
  ...(typeof DataTransfer === 'function' && {
    'a FileList': bound(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(['hi'], 'a.txt', { lastModified: 7 }));
      return transfer.files;
    }),
  }),
};

const nobody: Record<string, Kind> = {
  'a function': refused(() => () => {}),
  'a class': refused(() => Point),
  'a symbol': refused(() => Symbol('s')),
  'a boxed symbol': refused(() => Object(Symbol('s'))),
  'a promise': refused(() => Promise.resolve(1)),
  'a WeakMap': refused(() => new WeakMap()),
  'a WeakRef': refused(() => new WeakRef({})),
  'a generator': refused(() => (function* () {})()),
  'an iterator of a Map': refused(() => new Map().values()),
  'a proxy that was revoked': refused(() => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  }),
  'a proxy around a Date': refused(() => new Proxy(new Date(1), {})),
  'a proxy around a buffer': refused(() => new Proxy(new ArrayBuffer(8), {})),
  'a proxy around a typed array': refused(() => new Proxy(new Uint8Array(8), {})),
  'a proxy around a Blob': refused(() => new Proxy(new Blob(['x']), {})),
  'a proxy around an Error': refused(() => new Proxy(new Error('x'), {})),
  'a proxy around a RegExp': refused(() => new Proxy(/a/, {})),
  'a proxy around a promise': refused(() => new Proxy(Promise.resolve(), {})),
  'a getter that throws': refused(() => ({
    get x() {
      throw new Error('no');
    },
  })),
  // Where a page is not isolated, it has no name.
  ...(typeof SharedArrayBuffer === 'function' && {
    'shared memory': refused(() => new SharedArrayBuffer(8)),
    'a view on shared memory': refused(() => new Uint8Array(new SharedArrayBuffer(8))),
  }),
  'memory of WebAssembly that is shared': refused(
    () => new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer,
  ),
  'a module of WebAssembly': refused(
    () => new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)),
  ),
  // Node makes empty objects of some of these.
  ...(typeof document === 'object' && {
    'a ReadableStream': refused(() => new ReadableStream()),
    'a MessagePort': refused(() => new MessageChannel().port1),
    'an Event': refused(() => new Event('x')),
    'an AbortSignal': refused(() => new AbortController().signal),
    'a URL': refused(() => new URL('https://example.com')),
    'a Response': refused(() => new Response('x')),
    'a Headers': refused(() => new Headers()),
    'an element': refused(() => document.createElement('p')),
    window: refused(() => window),
    'a canvas': refused(() => document.createElement('canvas')),
  }),
  ...(typeof g.OffscreenCanvas === 'function' && {
    'an OffscreenCanvas': refused(() => new OffscreenCanvas(1, 1)),
  }),
  ...(typeof g.VideoFrame === 'function' && {
    'a VideoFrame': refused(
      () =>
        new VideoFrame(new Uint8Array(16), { format: 'RGBX', codedWidth: 2, codedHeight: 2, timestamp: 0 }),
    ),
  }),
  ...(typeof g.AudioData === 'function' && {
    'an AudioData': refused(
      () =>
        new g.AudioData({
          format: 'u8',
          sampleRate: 8000,
          numberOfFrames: 1,
          numberOfChannels: 1,
          timestamp: 0,
          data: new Uint8Array(1),
        }),
    ),
  }),
  ...(typeof g.EncodedVideoChunk === 'function' && {
    'an EncodedVideoChunk': refused(
      () => new g.EncodedVideoChunk({ type: 'key', timestamp: 0, data: new Uint8Array(1) }),
    ),
    'an EncodedAudioChunk': refused(
      () => new g.EncodedAudioChunk({ type: 'key', timestamp: 0, data: new Uint8Array(1) }),
    ),
  }),
  ...(typeof g.Temporal === 'object' && {
    'a Temporal.Instant': refused(() => g.Temporal.Now.instant()),
    'a Temporal.Duration': refused(() => new g.Temporal.Duration(1)),
  }),
};

/** Everything that structured clone has a word for in this engine, and what it has none for. */
export const kinds: Record<string, Kind> = {
  ...literals,
  ...objects,
  ...errors,
  ...buffers,
  ...blobs,
  ...page,
  ...nobody,
};
