import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, it, test } from 'vitest';
import { OffshootSessionStore } from '../../src/adapters/agentick/index.js';
import { openChat } from '../../src/adapters/ai-sdk/index.js';
import { openThreadList } from '../../src/adapters/assistant-ui/index.js';
import { deriveKey } from '../../src/encryption/index.js';
import { IndexedDBSessionStore } from '../../src/index.js';
import { PageSessionStore } from '../../src/playwright/index.js';
import { OffshootSnapshotStorage, OffshootStorage } from '../../src/adapters/strands/index.js';
import { openChatPersistence } from '../../src/adapters/tanstack-ai/index.js';
import { describeSessionStore } from '../../src/testing/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { freshName, openStore } from '../stores/open-store.js';
import { dumpDatabase } from '../database/raw-database.js';

type Store = IndexedDBSessionStore<any>;

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

const made = (options: unknown) => () => new IndexedDBSessionStore(options as never);
const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);

describe('the constructor', () => {
  it.each<[unknown, string, string]>([
    [{ encription: { key } }, 'options.encription', 'encryption'],
    [{ Encryption: { key } }, 'options.Encryption', 'encryption'],
    [{ encrypt: { key } }, 'options.encrypt', 'encryption'],
    [{ naem: 'x' }, 'options.naem', 'name'],
    [{ nameSpace: 'x' }, 'options.nameSpace', 'namespace'],
    [{ maxPersistedChainLenght: 3 }, 'options.maxPersistedChainLenght', 'maxPersistedChainLength'],
    [{ heartbeatTimeout: 3 }, 'options.heartbeatTimeout', 'heartbeatTimeoutMs'],
    [{ encryption: { kye: key } }, 'options.encryption.kye', 'key'],
    [{ encryption: { key, previousKey: [] } }, 'options.encryption.previousKey', 'previousKeys'],
    [{ retention: { maxAge: 1 } }, 'options.retention.maxAge', 'maxAgeMs'],
    [{ encription: undefined }, 'options.encription', 'encryption'],
    [Object.create({ encription: { key } }), 'options.encription', 'encryption'],
    [Object.assign(Object.create(null), { encription: { key } }), 'options.encription', 'encryption'],
    [
      new (class Config {
        encription = { key };
      })(),
      'options.encription',
      'encryption',
    ],
    [new Proxy({ encription: { key } }, {}), 'options.encription', 'encryption'],
  ])('names the nearest option: %o', async (options, path, nearest) => {
    const error = await expectRefusal(made(options), 'INVALID_ARGUMENT', path);
    expect(error.message).toMatch(new RegExp(`is no option. Did you mean ${nearest}\\?$`));
  });

  it('lists what there is where nothing is near', async () => {
    const error = await expectRefusal(made({ retention: { zzz: 1 } }), 'INVALID_ARGUMENT');
    expect(error.message).toMatch(/Known are maxAgeMs, maxSessions, /);
  });

  it('takes what can be read, wherever it comes from: a class, a prototype, a proxy, with marks of somebody else', async () => {
    const name = freshName();
    class Config {
      get name() {
        return name;
      }
    }
    const given: object[] = [
      new Config(),
      Object.create({ name }) as object,
      new Proxy({ name }, {}),
      Object.freeze({ name, [Symbol('mark')]: 1 }),
      Object.assign(Object.create(null) as object, { name, encryption: undefined }),
    ];
    for (const [index, options] of given.entries()) {
      const store = new IndexedDBSessionStore(options);
      await save(store, `s${index}`, turn(1));
      await store.close();
    }
    expect((await openStore({ name }).listSnapshots({ sessionId: 's' })).snapshots).toHaveLength(
      given.length,
    );
  });

  it('reads each option once, so that nothing else is used than what was checked', async () => {
    let reads = 0;
    const name = freshName();
    const store = new IndexedDBSessionStore({
      get name() {
        return reads++ ? (7 as never) : name;
      },
      get encryption() {
        return reads++ > 1 ? undefined : { key };
      },
    });
    await save(store, 'a', turn(1));
    await store.close();
    expect(JSON.stringify(await dumpDatabase(name))).toContain('cipher');
  });
});

/** Everything that takes options of ours, with one that is misspelt. New methods have to be put here. */
const CALLS: Record<string, (store: Store, options: never) => unknown> = {
  listSessions: (store, options) => store.listSessions(options),
  getSession: (store, options) => store.getSession('s', options),
  updateSession: (store, options) => store.updateSession('s', { title: 'T' }, options),
  listSnapshots: (store, options) => store.listSnapshots({ sessionId: 's', ...(options as object) }),
  getHistory: (store, options) => store.getHistory('a', options),
  getTree: (store, options) => store.getTree('s', options),
  getLeaves: (store, options) => store.getLeaves('s', options),
  selectBranch: (store, options) => store.selectBranch('a', options),
  getHead: (store, options) => store.getHead('s', options),
  deleteSnapshot: (store, options) => store.deleteSnapshot('a', options),
  deleteSession: (store, options) => store.deleteSession('s', options),
  restoreSession: (store, options) => store.restoreSession('s', options),
  clear: (store, options) => store.clear(options),
  deleteDatabase: (store, options) => store.deleteDatabase(options),
  onSessionChange: (store, options) => store.onSessionChange('s', () => {}, options),
  onSessionsChange: (store, options) => store.onSessionsChange(() => {}, options),
  check: (store, options) => store.check(options),
  searchText: (store, options) => store.searchText('x', options),
  storage: (store, options) => store.storage(options),
  compact: (store, options) => store.compact(options),
  retain: (store, options) => store.retain({ maxSessions: 1 }, options),
  exportSessions: (store, options) => new Response(store.exportSessions(options)).text(),
  importSessions: (store, options) => store.importSessions(new Blob([]).stream(), options),
  importGenkitFiles: (store, options) => store.importGenkitFiles([], options),
  rekey: (store, options) => store.rekey(options),
  probeKey: (store, options) => store.probeKey(null, options),
  getSnapshotInfo: (store, options) => store.getSnapshotInfo('a', options),
  saveSnapshots: (store, options) => store.saveSnapshots([], options),
  session: (store, options) => store.session('s', options),
};

describe('methods of ours', () => {
  it.each(Object.entries(CALLS))('%s: nothing is done', async (_, call) => {
    const name = freshName();
    const store = openStore({ name, compaction: false });
    await save(store, 'a', turn(1));
    const before = await dumpDatabase(name);
    for (const [given, advice] of [
      [{ contxt: {} }, /Did you mean context\?/],
      [{ contxt: undefined }, /Did you mean context\?/],
      [{ zzz: 1 }, /Known are .*context/],
    ] as const) {
      const error = await expectRefusal(async () => call(store, given as never), 'INVALID_ARGUMENT');
      expect(error.path).toBe(`options.${Object.keys(given)[0]}`);
      expect(error.message).toMatch(advice);
    }
    expect(await dumpDatabase(name)).toEqual(before);
  });

  it('are all there', () => {
    const all = Object.getOwnPropertyNames(IndexedDBSessionStore.prototype);
    const others = [
      'constructor',
      'getSnapshot',
      'saveSnapshot',
      'onSnapshotStateChange',
      'persist',
      'close',
    ];
    expect([...Object.keys(CALLS), ...others].sort()).toEqual(all.sort());
  });

  it.each<[string, (store: Store) => unknown, string, string]>([
    ['listSessions', (store) => store.listSessions({ limt: 1 } as never), 'options.limt', 'limit'],
    [
      'deleteSnapshot',
      (store) => store.deleteSnapshot('a', { subTree: true } as never),
      'options.subTree',
      'subtree',
    ],
    ['check', (store) => store.check({ repiar: true } as never), 'options.repiar', 'repair'],
    [
      'export',
      (store) => new Response(store.exportSessions({ sessionsIds: ['s'] } as never)).text(),
      'options.sessionsIds',
      'sessionIds',
    ],
    [
      'import',
      (store) => store.importSessions(new Blob([]).stream(), { onconflict: 'skip' } as never),
      'options.onconflict',
      'onConflict',
    ],
    ['retain', (store) => store.retain({ maxSession: 1 } as never), 'policy.maxSession', 'maxSessions'],
    ['updateSession', (store) => store.updateSession('s', { titel: 'T' } as never), 'patch.titel', 'title'],
    ['compact', (store) => store.compact({ sginal: undefined } as never), 'options.sginal', 'signal'],
  ])('%s names its own options', async (_, call, path, nearest) => {
    const error = await expectRefusal(async () => call(openStore()), 'INVALID_ARGUMENT', path);
    expect(error.message).toContain(`Did you mean ${nearest}?`);
  });
});

test('what Genkit calls takes what Genkit adds, and hands it to snapshotPathPrefix', async () => {
  const seen: unknown[] = [];
  const store = openStore({
    snapshotPathPrefix: (options) => {
      seen.push(options);
      return 'tenant';
    },
  });
  const options = { context: { auth: 1 }, abortSignal: new AbortController().signal, tenant: 'x' };
  await store.saveSnapshot('a', () => turn(1), options);
  expect(await store.getSnapshot({ snapshotId: 'a', ...options })).toBeDefined();
  store.onSnapshotStateChange('a', () => {}, options)();
  expect(seen).toEqual([options, { snapshotId: 'a', ...options }, options]);
});

describe('everything around the store', () => {
  const store = () => openStore();
  const salt = new Uint8Array(16);
  it.each<[string, () => unknown, string, string]>([
    ['deriveKey', () => deriveKey('secret', { slat: salt } as never), 'options.slat', 'salt'],
    [
      'deriveKey',
      () => deriveKey('secret', { salt, iteratoins: 1 } as never),
      'options.iteratoins',
      'iterations',
    ],
    [
      'OffshootSessionStore',
      () => new OffshootSessionStore(store(), { histroy: 1 } as never),
      'options.histroy',
      'history',
    ],
    [
      'OffshootStorage',
      () => new OffshootStorage(store(), { histroy: 1 } as never),
      'options.histroy',
      'history',
    ],
    [
      'OffshootSnapshotStorage',
      () => new OffshootSnapshotStorage(store(), { History: 1 } as never),
      'options.History',
      'history',
    ],
    ['openChat', () => openChat(store(), { sesionId: 's' } as never), 'source.sesionId', 'sessionId'],
    [
      'openChat',
      () => openChat(store(), { sessionId: 's' }, { onError: () => {} } as never),
      'options.onError',
      'onSaveError',
    ],
    [
      'openChatPersistence',
      () => openChatPersistence(store(), { onEror: () => {} } as never),
      'options.onEror',
      'onError',
    ],
    [
      'openThreadList',
      () => openThreadList(store(), { pagesize: 1 } as never),
      'options.pagesize',
      'pageSize',
    ],
    [
      'describeSessionStore',
      () => describeSessionStore('x', () => ({ store: store() }), { patience: 1 } as never),
      'options.patience',
      'patienceMs',
    ],
    ['PageSessionStore', () => page({ timeuot: 1 }), 'options.timeuot', 'timeout'],
    [
      'PageSessionStore',
      () => page({ encryption: { passphrase: 'x', slat: salt } }),
      'options.encryption.slat',
      'salt',
    ],
    ['seed', () => page({}).seed({ sessionId: 's', truns: [] } as never), 'session.truns', 'turns'],
    [
      'seed',
      () => page({}).seed({ sessionId: 's', turns: [{ user: 'x', modle: 'y' }] } as never),
      'turns.0.modle',
      'model',
    ],
    [
      'waitForSnapshot',
      () => page({}).waitForSnapshot({ parnetId: 'a' } as never),
      'condition.parnetId',
      'parentId',
    ],
    [
      'waitForStatus',
      () => page({}).waitForStatus('a', 'completed', { timeOut: 1 } as never),
      'options.timeOut',
      'timeout',
    ],
  ])('%s', async (_, call, path, nearest) => {
    const error = await expectRefusal(async () => call(), 'INVALID_ARGUMENT', path);
    expect(error.message).toContain(`Did you mean ${nearest}?`);
  });

  it.each<[() => unknown, string]>([
    [() => page({}).waitForStatus('a', 'done' as never), 'condition.status'],
    [() => page({}).waitForStatus('a', ['completed', 'Failed'] as never), 'condition.status'],
    [() => page({}).waitForSnapshot({ status: [] }), 'condition.status'],
    [
      () => page({}).seed({ sessionId: 's', turns: [{ user: 'x', status: 'complete' as never }] }),
      'turns.0.status',
    ],
    [() => page({}).seed({ sessionId: 's', snapshots: [{ status: 'done' as never }] }), 'snapshots.0.status'],
  ])('a test cannot wait for, or seed, a status that nothing has: %s', async (call, path) => {
    const error = await expectRefusal(async () => call(), 'INVALID_ARGUMENT', path);
    expect(error.message).toContain('pending, completed, failed, aborted');
  });
});

/** The tab would be opened with the first thing that is right. */
const page = (options: object) => new PageSessionStore({} as never, { url: 'http://localhost', ...options });
