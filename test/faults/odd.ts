import { expect } from 'vitest';
import { SessionStoreError } from '../../src/index.js';

class Config {
  name = 'a config';
}

const fails = (): never => {
  throw new DOMException('of the caller', 'QuotaExceededError');
};

/** What people pass by mistake, and what an enemy would. */
export const ODD: [string, unknown][] = [
  ['undefined', undefined],
  ['null', null],
  ['0', 0],
  ['NaN', NaN],
  ['an empty string', ''],
  ['a string', 'yesterday'],
  ['a long string', 'x'.repeat(10_000)],
  ['a huge string', 'x'.repeat(3_000_000)],
  ['half a character', '\ud800'],
  ['a generator', (function* () {})()],
  ['a WeakMap', new WeakMap()],
  ['a stream of nothing', new ReadableStream({ start: (controller) => controller.close() })],
  ['a signal that is aborted', AbortSignal.abort(new SessionStoreError('FAILED_PRECONDITION', 'aborted'))],
  ['Infinity', Infinity],
  ['less than nothing', -1],
  ['a fraction', 0.5],
  ['holes', Array(2)],
  ['a symbol in a list', [Symbol('odd')]],
  ['what all objects have', { constructor: 1, toString: 1, hasOwnProperty: 1 }],
  ['an own __proto__', JSON.parse('{"__proto__": {"name": "x"}}')],
  ['true', true],
  ['a symbol', Symbol('odd')],
  ['a bigint', 1n],
  ['a function', () => undefined],
  ['a Date', new Date(0)],
  ['an Invalid Date', new Date(NaN)],
  ['a promise', Promise.resolve('s')],
  ['a thenable', { then: 1 }],
  ['an array', ['s']],
  ['an empty array', []],
  ['{}', {}],
  ['an object of unknown keys', { encription: 1 }],
  ['an instance', new Config()],
  ['without a prototype', Object.create(null)],
  ['a Map', new Map([['sessionId', 's']])],
  ['a RegExp', /s/],
  ['an Error', new Error('odd')],
  ['a boxed string', Object('s')],
  ['a buffer', new ArrayBuffer(8)],
  ['a proxy of nothing', new Proxy({}, {})],
  [
    'a revoked proxy',
    (() => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy;
    })(),
  ],
  ['traps that throw', new Proxy({}, { get: fails, has: fails, ownKeys: fails, getPrototypeOf: fails })],
  [
    'getters that throw',
    Object.defineProperties(
      {},
      Object.fromEntries(
        ['sessionId', 'context', 'key', 'messages', 'id', 'then'].map((key) => [
          key,
          { get: fails, enumerable: true },
        ]),
      ),
    ),
  ],
  [
    'toString that throws',
    {
      toString: fails,
      [Symbol.toPrimitive]: fails,
      toJSON: fails,
      get [Symbol.toStringTag]() {
        return fails();
      },
    },
  ],
];

/** What frameworks' own storages throw, by contract, around the store's error. */
const WRAPPED = new Set(['StorageError', 'SessionError', 'Error']);

/** Every rejection says what was wrong with the arguments, or what the state of things is. */
export function expectOurs(error: unknown, what: string): void {
  const ours =
    WRAPPED.has((error as Error)?.name) && (error as Error).cause instanceof SessionStoreError
      ? (error as Error).cause
      : error;
  expect(ours, what).toBeInstanceOf(SessionStoreError);
  const { status, message } = ours as SessionStoreError;
  expect(['INVALID_ARGUMENT', 'NOT_FOUND', 'FAILED_PRECONDITION'], `${what}: ${message}`).toContain(status);
  expect(message, what).not.toContain('[object Object]');
  // An id that names nothing is repeated as it is.
  if (status === 'INVALID_ARGUMENT') expect(message.length, what).toBeLessThan(1000);
}
