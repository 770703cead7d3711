import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import { OffshootSessionStore } from '../../src/adapters/agentick/index.js';
import { openChat } from '../../src/adapters/ai-sdk/index.js';
import { openThreadHistory, openThreadList } from '../../src/adapters/assistant-ui/index.js';
import { deriveKey } from '../../src/encryption/index.js';
import { IndexedDBSessionStore } from '../../src/index.js';
import { OffshootSession } from '../../src/adapters/openai-agents/index.js';
import { PageSessionStore } from '../../src/playwright/index.js';
import { OffshootSnapshotStorage, OffshootStorage } from '../../src/adapters/strands/index.js';
import { openChatPersistence } from '../../src/adapters/tanstack-ai/index.js';
import { freshName, openStore } from '../stores/open-store.js';
import { tryOutMaker, tryOutMethods } from './odd-arguments.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

const store = () => openStore({ name: freshName(), compaction: false });

const MAKERS: Record<string, (of: IndexedDBSessionStore<any>) => object | Promise<object>> = {
  IndexedDBSessionStore: (of) => of,
  OffshootSessionStore: (of) => new OffshootSessionStore(of),
  OffshootSnapshotStorage: (of) => new OffshootSnapshotStorage(of),
  OffshootStorage: (of) => new OffshootStorage(of),
  'OffshootStorage.namespace': (of) => new OffshootStorage(of).namespace('n'),
  OffshootSession: (of) => new OffshootSession(of, 's'),
  openChatPersistence: (of) => openChatPersistence(of),
  openThreadHistory: (of) => openThreadHistory(of, 's'),
  openThreadList: (of) => openThreadList(of),
  openChat: (of) => openChat(of, { sessionId: 's' }),
};

describe('whatever is passed to a method is answered, or refused as what it is', () => {
  test.each(Object.entries(MAKERS))('%s', async (what, make) => {
    await tryOutMethods(what, await make(store()));
  });
});

describe('whatever is passed to what makes something', () => {
  const makers: Record<string, (...args: never[]) => unknown> = {
    IndexedDBSessionStore: (...args) => void new IndexedDBSessionStore(...(args as [])),
    deriveKey: (...args) => deriveKey(...(args as never as [never, never])),
    OffshootSessionStore: (...args) => void new OffshootSessionStore(...(args as never as [never])),
    OffshootSnapshotStorage: (...args) => void new OffshootSnapshotStorage(...(args as never as [never])),
    OffshootStorage: (...args) => void new OffshootStorage(...(args as never as [never])),
    OffshootSession: (...args) => void new OffshootSession(...(args as never as [never])),
    openChatPersistence: (...args) => void openChatPersistence(...(args as never as [never])),
    openThreadHistory: (...args) => void openThreadHistory(...(args as never as [never, never])),
    openThreadList: (...args) => void openThreadList(...(args as never as [never])),
    openChat: async (...args) => void (await openChat(...(args as never as [never, never]))),
    PageSessionStore: (...args) => void new PageSessionStore(...(args as never as [never, never])),
  };
  test.each(Object.entries(makers))('%s', async (what, make) => {
    await tryOutMaker(what, store(), make);
  });

  test('options instead of a store are called that', async () => {
    for (const make of Object.values(makers).slice(2, 10)) {
      const call = async () => make(...([{ name: 'offshoot' }, 's'] as never[]));
      await expect(call()).rejects.toMatchObject({ status: 'INVALID_ARGUMENT', path: 'store' });
      await expect(call()).rejects.toThrow(/new IndexedDBSessionStore.*got an Object/);
    }
  });
});
