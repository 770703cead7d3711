import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import { OffshootSessionStore } from '../../src/adapters/agentick/index.js';
import { openChat } from '../../src/adapters/ai-sdk/index.js';
import { openThreadHistory, openThreadList } from '../../src/adapters/assistant-ui/index.js';
import { deriveKey } from '../../src/encryption/index.js';
import { IndexedDBSessionStore } from '../../src/index.js';
import { configOf, OffshootSaver } from '../../src/adapters/langgraph/index.js';
import { OffshootSession } from '../../src/adapters/openai-agents/index.js';
import { PageSessionStore } from '../../src/playwright/index.js';
import { OffshootSnapshotStorage, OffshootStorage } from '../../src/adapters/strands/index.js';
import { openChatPersistence } from '../../src/adapters/tanstack-ai/index.js';
import { freshName, openStore } from '../browser/open-store.js';
import { expectOurs, ODD } from './odd.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

const GOOD: unknown[] = ['s', () => null, { sessionId: 's' }, { key: null }];

/** Lists of arguments of which one at least is odd. */
function* argumentLists(): Generator<[string, unknown[]]> {
  for (const [name, odd] of ODD) {
    yield [name, [odd]];
    for (const good of GOOD) yield [`${String(good)}, ${name}`, [good, odd]];
    yield [`s, fn, ${name}`, ['s', () => null, odd]];
    yield [`${name} four times`, [odd, odd, odd, odd]];
  }
}

async function drained(values: AsyncIterator<unknown>): Promise<void> {
  while (!(await values.next()).done);
}

async function settle(result: unknown): Promise<unknown> {
  if (typeof result === 'function') return settle((result as () => unknown)());
  const value = await result;
  if (value instanceof ReadableStream) return new Response(value).arrayBuffer();
  if (typeof (value as AsyncIterable<unknown> | undefined)?.[Symbol.asyncIterator] === 'function')
    return drained((value as AsyncIterable<unknown>)[Symbol.asyncIterator]());
  return value;
}

async function tryOut(what: string, call: (...args: never[]) => unknown): Promise<void> {
  for (const [name, args] of argumentLists()) {
    try {
      await settle(call(...(args as never[])));
    } catch (error) {
      expectOurs(error, `${what}(${name})`);
    }
  }
}

function methodsOf(target: object): string[] {
  const names = new Set<string>();
  for (let at: object = target; at !== Object.prototype; at = Object.getPrototypeOf(at) as object) {
    for (const name of Object.getOwnPropertyNames(at)) {
      const { value } = Object.getOwnPropertyDescriptor(at, name)!;
      if (typeof value === 'function' && name !== 'constructor') names.add(name);
    }
  }
  return [...names];
}

const store = () => openStore({ name: freshName(), compaction: false });

/** Closing ends what is tried out; these are the framework's own, or hooks for a page. */
const LEFT_OUT = new Set(['close', 'getNextVersion', 'toJSON', 'unstable_useAdapters']);

const MAKERS: Record<string, (of: IndexedDBSessionStore<any>) => object | Promise<object>> = {
  IndexedDBSessionStore: (of) => of,
  OffshootSessionStore: (of) => new OffshootSessionStore(of),
  OffshootSnapshotStorage: (of) => new OffshootSnapshotStorage(of),
  OffshootStorage: (of) => new OffshootStorage(of),
  'OffshootStorage.namespace': (of) => new OffshootStorage(of).namespace('n'),
  OffshootSaver: (of) => new OffshootSaver(of),
  OffshootSession: (of) => new OffshootSession(of, 's'),
  openChatPersistence: (of) => openChatPersistence(of),
  openThreadHistory: (of) => openThreadHistory(of, 's'),
  openThreadList: (of) => openThreadList(of),
  openChat: (of) => openChat(of, { sessionId: 's' }),
};

describe('whatever is passed to a method is answered, or refused as what it is', () => {
  test.each(Object.entries(MAKERS))('%s', async (what, make) => {
    const target = (await make(store())) as Record<string, (...args: never[]) => unknown>;
    for (const method of methodsOf(target).filter((name) => !LEFT_OUT.has(name))) {
      await tryOut(`${what}.${method}`, (...args) => target[method]!(...args));
    }
  });
});

describe('whatever is passed to what makes something', () => {
  const makers: Record<string, (...args: never[]) => unknown> = {
    IndexedDBSessionStore: (...args) => void new IndexedDBSessionStore(...(args as [])),
    deriveKey: (...args) => deriveKey(...(args as never as [never, never])),
    OffshootSessionStore: (...args) => void new OffshootSessionStore(...(args as never as [never])),
    OffshootSnapshotStorage: (...args) => void new OffshootSnapshotStorage(...(args as never as [never])),
    OffshootStorage: (...args) => void new OffshootStorage(...(args as never as [never])),
    OffshootSaver: (...args) => void new OffshootSaver(...(args as never as [never])),
    OffshootSession: (...args) => void new OffshootSession(...(args as never as [never])),
    configOf: (...args) => configOf(...(args as never as [never])),
    openChatPersistence: (...args) => void openChatPersistence(...(args as never as [never])),
    openThreadHistory: (...args) => void openThreadHistory(...(args as never as [never, never])),
    openThreadList: (...args) => void openThreadList(...(args as never as [never])),
    openChat: async (...args) => void (await openChat(...(args as never as [never, never]))),
    PageSessionStore: (...args) => void new PageSessionStore(...(args as never as [never, never])),
  };
  test.each(Object.entries(makers))('%s', async (what, make) => {
    await tryOut(what, make);
    const of = store();
    for (const [name, odd] of ODD) {
      for (const args of [
        [of, odd],
        [of, 's', odd],
        [of, { sessionId: 's' }, odd],
      ]) {
        try {
          await make(...(args as never[]));
        } catch (error) {
          expectOurs(error, `${what}(a store, ${name})`);
        }
      }
    }
  });

  test('options instead of a store are called that', async () => {
    for (const make of Object.values(makers).slice(2, 12)) {
      if (make === makers['configOf']) continue;
      const call = async () => make(...([{ name: 'offshoot' }, 's'] as never[]));
      await expect(call()).rejects.toMatchObject({ status: 'INVALID_ARGUMENT', path: 'store' });
      await expect(call()).rejects.toThrow(/new IndexedDBSessionStore.*got an Object/);
    }
  });
});
