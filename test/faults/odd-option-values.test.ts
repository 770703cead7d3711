import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { OffshootSessionStore } from '../../src/adapters/agentick/index.js';
import { openChat } from '../../src/adapters/ai-sdk/index.js';
import { openThreadList } from '../../src/adapters/assistant-ui/index.js';
import { deriveKey } from '../../src/encryption/index.js';
import { IndexedDBSessionStore } from '../../src/index.js';
import { PageSessionStore, type SessionSeed } from '../../src/playwright/index.js';
import { OffshootSnapshotStorage, OffshootStorage } from '../../src/adapters/strands/index.js';
import { openChatPersistence } from '../../src/adapters/tanstack-ai/index.js';
import { describeSessionStore } from '../../src/testing/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { freshName, openStore } from '../stores/open-store.js';
import { expectOurs, ODD } from './odd.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

afterEach(() => {
  vi.unstubAllGlobals();
});

type Store = IndexedDBSessionStore<any>;

const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
const salt = new Uint8Array(16);
const noTest = () => {};

/** Everything that takes options of ours, and their names. */
const TAKERS: Record<string, [names: string, call: (store: Store, options: never) => unknown]> = {
  IndexedDBSessionStore: [
    'name namespace snapshotPathPrefix rejectBranchingSessions heartbeatTimeoutMs maxPersistedChainLength indexed generateId durability compaction frozen stateSchema fallback onUnavailable retention onQuotaExceeded encryption onHealth',
    (_, options) => new IndexedDBSessionStore(options),
  ],
  encryption: ['key previousKeys', (_, encryption) => new IndexedDBSessionStore({ encryption })],
  previousKeys: [
    'previousKeys',
    (_, options) => new IndexedDBSessionStore({ encryption: { key, ...(options as object) } }),
  ],
  retention: [
    'maxAgeMs maxSessions maxSnapshotsPerSession maxBytes keep',
    (_, retention) => new IndexedDBSessionStore({ retention }),
  ],
  retain: [
    'maxAgeMs maxSessions maxSnapshotsPerSession maxBytes keep',
    (store, policy) => store.retain(policy),
  ],
  'retain, options': ['signal onProgress context', (store, options) => store.retain({}, options)],
  listSessions: ['limit cursor order where context', (store, options) => store.listSessions(options)],
  listSnapshots: [
    'sessionId limit cursor order context',
    (store, options) => store.listSnapshots({ sessionId: 's', ...(options as object) }),
  ],
  getSnapshot: ['snapshotId sessionId context sesionId', (store, options) => store.getSnapshot(options)],
  updateSession: ['title metadata', (store, patch) => store.updateSession('s', patch)],
  deleteSnapshot: ['subtree context', (store, options) => store.deleteSnapshot('zz', options)],
  deleteSession: ['undoable context', (store, options) => store.deleteSession('zz', options)],
  searchText: [
    'limit cursor signal onProgress context',
    (store, options) => store.searchText('turn', options),
  ],
  check: ['repair signal context', (store, options) => store.check(options)],
  compact: ['signal context', (store, options) => store.compact(options)],
  rekey: ['signal onProgress context', (store, options) => store.rekey(options)],
  exportSessions: [
    'sessionIds signal onProgress onDamaged context',
    (store, options) => new Response(store.exportSessions(options)).text(),
  ],
  importSessions: [
    'onConflict signal onProgress maxLineBytes maxBytes context',
    (store, options) => store.importSessions(store.exportSessions(), options),
  ],
  importGenkitFiles: [
    'onConflict signal onProgress maxLineBytes maxBytes context',
    (store, options) => store.importGenkitFiles([], options),
  ],
  deriveKey: [
    'salt algorithm iterations memoryKiB passes',
    (_, options) => deriveKey('x', { salt, ...(options as object) }),
  ],
  OffshootSessionStore: ['history', (store, options) => new OffshootSessionStore(store, options)],
  OffshootStorage: ['history', (store, options) => new OffshootStorage(store, options)],
  OffshootSnapshotStorage: ['history', (store, options) => new OffshootSnapshotStorage(store, options)],
  openChat: ['sessionId snapshotId context', (store, source) => openChat(store, source)],
  'openChat, options': [
    'generateId onSaveError',
    (store, options) => openChat(store, { sessionId: 's' }, options),
  ],
  openChatPersistence: ['onError', (store, options) => openChatPersistence(store, options)],
  openThreadList: ['useAui pageSize titleOf onError', (store, options) => openThreadList(store, options)],
  describeSessionStore: [
    'describe it lacks patienceMs beforeAll afterAll',
    (_, options) =>
      describeSessionStore('x', noTest as never, { describe: noTest, it: noTest, ...(options as object) }),
  ],
  PageSessionStore: [
    'url timeout name namespace heartbeatTimeoutMs encryption',
    (_, options) => new PageSessionStore({} as never, options),
  ],
  'PageSessionStore, encryption': [
    'passphrase salt algorithm iterations memoryKiB passes',
    (_, encryption) => new PageSessionStore({} as never, { url: 'http://localhost', encryption }),
  ],
};

describe.each(Object.entries(TAKERS))('%s', (what, [names, call]) => {
  test.each(names.split(' '))('an odd %s is taken, or refused as what it is', async (name) => {
    const store = openStore({ name: freshName(), compaction: false });
    await save(store, 'a', turn(1));
    for (const [kind, odd] of ODD) {
      try {
        await call(store, { [name]: odd } as never);
      } catch (error) {
        expectOurs(error, `${what}({ ${name}: ${kind} })`);
      }
    }
  });

  test.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf', '__proto__', '__defineGetter__'])(
    'a name that all objects have is no option: %s',
    async (name) => {
      if (what === 'getSnapshot') return;
      const store = openStore({ name: freshName(), compaction: false });
      const options = JSON.parse(`{ ${JSON.stringify(name)}: 1 }`) as never;
      const merged = ['listSnapshots', 'previousKeys', 'deriveKey', 'describeSessionStore'].includes(what);
      // What is spread takes the name as it is; but for this one, which a spread defines, too.
      const error = await expectRefusal(async () => call(store, options), 'INVALID_ARGUMENT');
      if (!merged || name !== '__proto__') expect(error.message).toContain('is no option');
      expect(error.path).toMatch(new RegExp(`\\.${name}$`));
    },
  );
});

test('what a page has given to all objects is nobody’s option, and stands in nobody’s way', () => {
  Object.assign(Object.prototype, { everywhere: 1 });
  try {
    expect(() => new IndexedDBSessionStore({ name: 'x' })).not.toThrow();
    expect(() => new IndexedDBSessionStore({ name: 'x', everywhere: 2 } as never)).toThrow(/is no option/);
  } finally {
    delete (Object.prototype as never as Record<string, unknown>)['everywhere'];
  }
});

describe('what a snapshot is looked up by', () => {
  test.each<[unknown, string, RegExp]>([
    [{}, 'options', /expected exactly one of snapshotId and sessionId, got neither$/],
    [{ context: { user: 1 } }, 'options', /got neither$/],
    [{ snapshotId: undefined, sessionId: undefined }, 'options', /got neither$/],
    [{ snapshotId: 'a', sessionId: 's' }, 'options', /got both$/],
    [{ sesionId: 's' }, 'options.sesionId', /got sesionId\. Did you mean sessionId\?$/],
    [{ SnapshotID: 's' }, 'options.SnapshotID', /Did you mean snapshotId\?$/],
    [{ id: 's' }, 'options.id', /got id\. /],
    [{ sessionId: '', x: 1 }, 'sessionId', /non-blank/],
    [{ sessionId: null }, 'sessionId', /got null$/],
  ])('%j', async (lookup, path, message) => {
    const error = await expectRefusal(
      () => openStore().getSnapshot(lookup as never),
      'INVALID_ARGUMENT',
      path,
    );
    expect(error.message).toMatch(message);
  });
});

describe('keys', () => {
  const made = (encryption: unknown) => () => new IndexedDBSessionStore({ encryption } as never);
  const raw = new Uint8Array(32);
  const aes = (usages: KeyUsage[], name = 'AES-GCM') =>
    crypto.subtle.importKey('raw', raw, name, false, usages);

  test('that cannot be used say what they are, and how one is made', async () => {
    for (const [bad, told] of [
      [await aes(['encrypt']), /got one of AES-GCM that may encrypt$/],
      [await aes(['encrypt', 'decrypt'], 'AES-CBC'), /got one of AES-CBC that may encrypt, decrypt$/],
      [{ publicKey: key }, /got object$/],
      ['a secret of mine', /got string$/],
      [
        crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']),
        /got object$/,
      ],
    ] as const) {
      const error = await expectRefusal(made({ key: bad }), 'INVALID_ARGUMENT', 'options.encryption.key');
      expect(error.message).toMatch(told);
      expect(error.message).toContain('deriveKey()');
      expect(error.message).not.toContain('secret of mine');
      const among = await expectRefusal(made({ key, previousKeys: [null, bad] }), 'INVALID_ARGUMENT');
      expect(among.path).toBe('options.encryption.previousKeys');
    }
  });

  test.each([
    ['nothing but holes', Array(2)],
    ['a hole', Object.assign([null], { 2: null, length: 3 })],
    ['undefined', [undefined]],
  ])('a list with %s is refused', async (_, previousKeys) => {
    const error = await expectRefusal(made({ key, previousKeys }), 'INVALID_ARGUMENT');
    expect(error.message).toContain('got undefined in it');
  });

  test('a list that is changed afterwards is used as it was', async () => {
    const name = freshName();
    const plain = openStore({ name });
    await save(plain, 'a', turn(1));
    await plain.close();
    const previousKeys = [null];
    const store = openStore({ name, encryption: { key, previousKeys } });
    previousKeys.length = 0;
    expect((await store.getSnapshot({ snapshotId: 'a' }))?.snapshotId).toBe('a');
  });

  test.each<[string, unknown, RegExp]>([
    ['too few bytes', new Uint8Array(15), /got 15 bytes$/],
    ['an empty buffer', new ArrayBuffer(0), /got 0 bytes$/],
    ['shared memory', new SharedArrayBuffer(16), /got a SharedArrayBuffer$/],
    ['other numbers', new Uint16Array(16), /got a Uint16Array$/],
    ['what only says that it is bytes', { [Symbol.toStringTag]: 'Uint8Array', byteLength: 16 }, /got/],
    ['a list of numbers', Array.from({ length: 16 }, () => 7), /got an Array$/],
    ['text', '0123456789abcdef', /got '0123456789abcdef'$/],
  ])('a salt of %s is refused', async (_, bad, told) => {
    const error = await expectRefusal(
      () => deriveKey('secret', { salt: bad as never }),
      'INVALID_ARGUMENT',
      'options.salt',
    );
    expect(error.message).toMatch(told);
    expect(error.message).toContain('crypto.getRandomValues');
  });

  test('salt in shared memory makes the key that its bytes make', async () => {
    const shared = new Uint8Array(new SharedArrayBuffer(16)).fill(7);
    const iv = new Uint8Array(12);
    const [one, other] = await Promise.all(
      [shared, salt.slice().fill(7)].map((given) => deriveKey('secret', { salt: given as never })),
    );
    const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, one!, new Uint8Array([1]));
    expect(new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, other!, sealed))).toEqual(
      new Uint8Array([1]),
    );
  });
});

describe('who is told of progress and throws', () => {
  const CALLS: Record<string, (store: Store, onProgress: () => never) => Promise<unknown>> = {
    retain: (store, onProgress) => store.retain({ maxSessions: 1 }, { onProgress }),
    rekey: (store, onProgress) => store.rekey({ onProgress }),
    export: (store, onProgress) => new Response(store.exportSessions({ onProgress })).text(),
    import: (store, onProgress) => store.importSessions(store.exportSessions(), { onProgress }),
    importGenkitFiles: (store, onProgress) =>
      store.importGenkitFiles(
        [new File([JSON.stringify({ snapshotId: 'g', ...turn(3, { sessionId: 'g' }) })], 'g.json')],
        { onProgress },
      ),
  };
  test.each(Object.entries(CALLS))('%s: reportError is told, and all is done', async (what, call) => {
    const reported: unknown[] = [];
    vi.stubGlobal('reportError', (error: unknown) => reported.push(error));
    const name = freshName();
    const plain = openStore({ name, compaction: false });
    for (const id of ['a', 'b', 'c']) await save(plain, id, turn(1, { sessionId: id }));
    await plain.close();
    const options = what === 'rekey' ? { encryption: { key, previousKeys: [null] } } : {};
    const store = openStore({ name, compaction: false, ...options });
    const thrown = new Error('of the application');
    const expected = await call(store, () => {
      throw thrown;
    });
    expect(reported.length).toBeGreaterThan(0);
    expect(new Set(reported)).toEqual(new Set([thrown]));
    if (what === 'retain') expect((await store.listSessions()).sessions).toHaveLength(1);
    if (what === 'import') expect(expected).toMatchObject({ complete: true });
  });
});

test('what is seeded is refused as what it is', async () => {
  const page = new PageSessionStore({} as never, { url: 'http://localhost' });
  for (const [kind, odd] of ODD) {
    for (const seed of [
      { sessionId: 's', turns: odd },
      { sessionId: 's', turns: [odd] },
      { sessionId: 's', snapshots: odd },
      { sessionId: 's', snapshots: [odd] },
      { sessionId: 's', turns: [{ status: odd }] },
    ]) {
      try {
        await page.seed(seed as SessionSeed);
      } catch (error) {
        // There is no page behind it: whatever passes fails at that.
        if (!/context|newPage|pages/.test(String(error))) expectOurs(error, `seed(${kind})`);
      }
    }
  }
});
