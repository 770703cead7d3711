import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { IndexedDBSessionStore, SessionStoreError, type HealthEvent } from '../../src/index.js';
import { turn } from '../../src/testing/sample-snapshots.js';
import { freshName, openStore } from '../stores/open-store.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

/** Whatever can be thrown, some of it as the browser does. */
const THROWN: [string, unknown][] = [
  ['undefined', undefined],
  ['null', null],
  ['a text', 'lazy'],
  ['a promise', Promise.resolve()],
  ['a TypeError', new TypeError('lazy')],
  ...[
    'AbortError',
    'QuotaExceededError',
    'InvalidStateError',
    'ConstraintError',
    'DataCloneError',
    'UnknownError',
  ].map((name): [string, unknown] => [name, new DOMException('lazy', name)]),
  ['a full disk of another store', new SessionStoreError('RESOURCE_EXHAUSTED', 'not here')],
  ['a lost connection of another store', new SessionStoreError('UNAVAILABLE', 'not here')],
];

const throwing = (thrown: unknown) => (): never => {
  throw thrown;
};

const trap = (thrown: unknown, name: keyof ProxyHandler<object>) =>
  new Proxy({ a: 1 }, { [name]: throwing(thrown) });

/** Values whose code runs while they are copied, and where they are in the snapshot. */
const VALUES: [string, (thrown: unknown) => object, string][] = [
  [
    'a getter of the state',
    (e) => ({
      state: {
        messages: [],
        custom: {
          get x() {
            return throwing(e)();
          },
        },
      },
    }),
    'state.custom.x',
  ],
  [
    'a getter of a message',
    (e) => ({
      state: {
        messages: [
          {
            role: 'user',
            get content() {
              return throwing(e)();
            },
          },
        ],
      },
    }),
    'state.messages.0.content',
  ],
  [
    'a getter at the top',
    (e) => ({
      get status() {
        return throwing(e)();
      },
    }),
    'status',
  ],
  [
    'a getter of a field nobody knows',
    (e) => ({
      extra: {
        get x() {
          return throwing(e)();
        },
      },
    }),
    'extra.x',
  ],
  [
    'the state itself',
    (e) => ({
      get state() {
        return throwing(e)();
      },
    }),
    'state',
  ],
  [
    'messages',
    (e) => ({
      state: {
        get messages() {
          return throwing(e)();
        },
      },
    }),
    'state.messages',
  ],
  ['the trap ownKeys', (e) => ({ state: { custom: { p: trap(e, 'ownKeys') } } }), 'state.custom.p'],
  ['the trap get', (e) => ({ state: { custom: { p: [trap(e, 'get')] } } }), 'state.custom.p.0'],
  [
    'the trap getPrototypeOf',
    (e) => ({ state: { custom: { p: trap(e, 'getPrototypeOf') } } }),
    'state.custom.p',
  ],
  [
    'the trap getOwnPropertyDescriptor',
    (e) => ({ state: { custom: { p: trap(e, 'getOwnPropertyDescriptor') } } }),
    'state.custom.p',
  ],
  [
    'an iterator of a Map',
    (e) => ({
      state: {
        custom: {
          m: new (class extends Map {
            override [Symbol.iterator] = throwing(e);
          })(),
        },
      },
    }),
    'state.custom.m',
  ],
  [
    'a name of a class',
    (e) => ({
      state: {
        custom: {
          m: [
            1,
            {
              get [Symbol.toStringTag]() {
                return throwing(e)();
              },
              d: new Map(),
            },
          ],
        },
      },
    }),
    'state.custom.m.1',
  ],
];

describe('what a value throws is the caller’s: a path, the cause, and nobody else is hurt', () => {
  it.each(
    VALUES.flatMap(([where, make, path]) =>
      THROWN.map(([what, thrown]) => ({ where, what, make, thrown, path })),
    ),
  )('$where: $what', async ({ make, thrown, path }) => {
    const health: HealthEvent[] = [];
    const store = openStore({ name: freshName(), onHealth: (event) => health.push(event) });
    const calls: Record<string, number> = {};
    const save = (id: string, more: object) =>
      store.saveSnapshot(id, () => {
        calls[id] = (calls[id] ?? 0) + 1;
        // Not spread, which would read it.
        return Object.defineProperties(turn(1), Object.getOwnPropertyDescriptors(more)) as never;
      });
    const [before, bad, after] = await Promise.allSettled([
      save('a', {}),
      save('bad', make(thrown)),
      save('c', {}),
    ]);
    expect([before, after]).toMatchObject([{ value: 'a' }, { value: 'c' }]);
    const { reason } = bad as PromiseRejectedResult;
    expect(reason).toBeInstanceOf(SessionStoreError);
    expect(reason).toMatchObject({ status: 'INVALID_ARGUMENT', path });
    expect(reason.cause).toBe(thrown);
    expect(calls).toEqual({ a: 1, bad: 1, c: 1 });
    expect(health).toEqual([]);
    expect(await store.getSnapshot({ snapshotId: 'bad' })).toBeUndefined();
  });
});

/** Functions of the caller's that a call asks: it rejects with what they throw, as it is. */
const FUNCTIONS: [string, (thrown: unknown) => Promise<PromiseSettledResult<unknown>[]>][] = [
  [
    'a mutator',
    async (e) => {
      const store = openStore();
      return Promise.allSettled([
        store.saveSnapshot('a', () => turn(1)),
        store.saveSnapshot('bad', throwing(e)),
        store.saveSnapshot('c', () => turn(1)),
      ]);
    },
  ],
  [
    'generateId',
    async (e) => {
      const store = openStore({ generateId: throwing(e) });
      return Promise.allSettled([
        store.saveSnapshot('a', () => turn(1)),
        store.saveSnapshot(undefined, () => turn(1)),
        store.saveSnapshot('c', () => turn(1)),
      ]);
    },
  ],
  [
    'stateSchema',
    async (e) => {
      const validate = (value: unknown) => (value === 'bad' ? throwing(e)() : { value });
      const store = openStore({ stateSchema: { '~standard': { version: 1, vendor: 'test', validate } } });
      const save = (id: string, custom: string) =>
        store.saveSnapshot(id, () => turn(1, { state: { messages: [], custom } }));
      return Promise.allSettled([save('a', 'fine'), save('b', 'bad'), save('c', 'fine')]);
    },
  ],
  [
    'snapshotPathPrefix',
    async (e) => {
      const store = openStore({ snapshotPathPrefix: (options) => (options?.context ? throwing(e)() : 't') });
      return Promise.allSettled([
        store.saveSnapshot('a', () => turn(1)),
        store.saveSnapshot('b', () => turn(1), { context: {} }),
        store.saveSnapshot('c', () => turn(1)),
      ]);
    },
  ],
  [
    'keep',
    async (e) => {
      const store = openStore();
      await store.saveSnapshot('x', () => turn(1));
      await store.saveSnapshot('y', () => turn(1, { sessionId: 't' }));
      return Promise.allSettled([
        store.saveSnapshot('a', () => turn(1)),
        store.retain({ maxSessions: 1, keep: throwing(e) }),
        store.saveSnapshot('c', () => turn(1)),
      ]);
    },
  ],
];

describe('what a function throws that is asked is what the call rejects with', () => {
  it.each(
    FUNCTIONS.flatMap(([where, run]) => THROWN.map(([what, thrown]) => ({ where, what, run, thrown }))),
  )('$where: $what', async ({ run, thrown }) => {
    const [before, bad, after] = await run(thrown);
    expect([before, after]).toMatchObject([{ value: 'a' }, { value: 'c' }]);
    expect(bad!.status).toBe('rejected');
    expect((bad as PromiseRejectedResult).reason).toBe(thrown);
  });
});

describe('what a function throws that is only told goes to reportError', () => {
  it.each(THROWN)('watchers, progress and what an export lacks: %s', async (_, thrown) => {
    const reported: unknown[] = [];
    vi.stubGlobal('reportError', (error: unknown) => reported.push(error));
    const store = openStore();
    store.onSessionsChange(throwing(thrown));
    expect(await store.saveSnapshot('a', () => turn(1))).toBe('a');
    await new Response(store.exportSessions({ onProgress: throwing(thrown) })).text();
    expect(reported).toEqual([thrown, thrown]);

    let nested: unknown;
    for (let level = 0; level < 1100; level++) nested = { nested };
    await store.saveSnapshot('deep', () => turn(1, { state: { custom: nested } }));
    reported.length = 0;
    const file = await new Response(store.exportSessions({ onDamaged: throwing(thrown) })).text();
    expect(reported).toEqual([thrown]);
    expect(file).toContain('"type":"end"');
    vi.unstubAllGlobals();
  });
});

describe('options that throw when they are read', () => {
  it.each(THROWN)('%s', async (_, thrown) => {
    const store = openStore();
    const bad = {
      get context() {
        return throwing(thrown)();
      },
    } as never;
    const calls = [
      () =>
        new IndexedDBSessionStore({
          get name() {
            return throwing(thrown)();
          },
        }),
      () => store.listSessions(bad),
      () => store.getTree('s', bad),
      () => store.check(bad),
      () => new Response(store.exportSessions(bad)).text(),
      () =>
        store.updateSession('s', {
          get title() {
            return throwing(thrown)();
          },
        }),
    ];
    for (const call of calls) {
      const error = await (async () => call())().catch((reason: unknown) => reason);
      expect(error).toMatchObject({
        status: 'INVALID_ARGUMENT',
        path: expect.stringMatching(/^(options\.(name|context)|patch\.title)$/),
      });
      expect((error as Error).cause).toBe(thrown);
    }
  });
});
