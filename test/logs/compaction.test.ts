import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { failureOf } from '../assertions/expect-refusal.js';
import { requestsOf, type RequestMade } from '../database/observe-requests.js';
import { abortAtCommit } from '../faults/inject-faults.js';
import { TestLockManager } from '../stand-ins/lock-manager.js';
import { Chat, conversation, logKeys, said } from './chat.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

const KIB = 1024;

/** 60 turns of 5 kB, 300 kB in all, each in a small row of its own; and a branch from the middle. */
async function longChat(turns = 60): Promise<Chat> {
  const chat = new Chat();
  const messages = conversation(turns, 'm', 5_000);
  for (let n = 0; n < turns; n++) {
    await chat.save(`n${n}`, n > 0 ? `n${n - 1}` : undefined, { messages: messages.slice(0, n + 1) });
  }
  const middle = turns / 2;
  const branch = [...messages.slice(0, middle + 1), said('another way', 5_000)];
  await chat.save('branch', `n${middle}`, { messages: branch });
  return chat;
}

/** While `action` runs, the `nth` transaction that may write aborts when it is about to commit. */
async function killing(nth: number, action: () => Promise<unknown>): Promise<{ killed: boolean }> {
  const { prototype } = IDBDatabase;
  const original = prototype.transaction;
  let begun = 0;
  prototype.transaction = function (...args) {
    const transaction = original.apply(this, args);
    // From here on everything fails, as for a tab that is no more.
    if (transaction.mode === 'readwrite' && ++begun >= nth) void abortAtCommit(transaction);
    return transaction;
  };
  try {
    await action().catch(() => {});
  } finally {
    prototype.transaction = original;
  }
  return { killed: begun >= nth };
}

describe('compact', () => {
  test('gathers small rows into rows of 128 to 512 KiB, and everything reads as before', async () => {
    const chat = await longChat();
    const before = await chat.expectWhole();
    expect((await logKeys(chat.name)).every(([, , , size]) => size < 8 * KIB)).toBe(true);

    await chat.store.compact();
    const keys = await logKeys(chat.name);
    const sealed = keys.filter(([, , , size]) => size >= 128 * KIB);
    expect(sealed.length).toBeGreaterThan(0);
    for (const [, , , size] of sealed) expect(size).toBeLessThanOrEqual(512 * KIB);
    expect(keys.length).toBeLessThan(30);
    const small = keys.filter(([, , , size]) => size < 128 * KIB);
    expect(small.reduce((sum, [, , , size]) => sum + size, 0)).toBeLessThan(2 * 128 * KIB);

    const { entries, bytes } = await chat.expectWhole();
    expect(entries).toBe(before.entries);
    expect(bytes).toBeCloseTo(before.bytes, 0);
  });

  test('makes no row of more than 576 KiB, however large those are that it is made of', async () => {
    const chat = new Chat();
    const sizes = [100, 100, 118, 255, 90, 63, 63, 63, 63, 63, 63, 200, 110, 250].map((size) => size * KIB);
    const messages = sizes.map((size, n) => said(`m${n}`, size - 100));
    for (let n = 0; n < messages.length; n++) {
      await chat.save(`n${n}`, n > 0 ? `n${n - 1}` : undefined, { messages: messages.slice(0, n + 1) });
    }
    await chat.store.compact();
    const found = (await logKeys(chat.name)).map(([, , , size]) => size);
    expect(Math.max(...found)).toBeGreaterThan(512 * KIB);
    expect(Math.max(...found)).toBeLessThanOrEqual(576 * KIB);
    await chat.expectWhole();
  });

  test('leaves alone what has not gathered enough, and what is sealed', async () => {
    const chat = await longChat(10);
    const small = await logKeys(chat.name);
    await chat.store.compact();
    expect(await logKeys(chat.name)).toEqual(small);

    const long = await longChat();
    await long.store.compact();
    const sealed = await logKeys(long.name);
    const made = await requestsOf(() => long.store.compact());
    expect(made.filter(({ store, writes }) => store === 'logs' && writes)).toEqual([]);
    expect(await logKeys(long.name)).toEqual(sealed);
  });

  test('makes a cold read a handful of rows', async () => {
    const chat = await longChat(120);
    await chat.store.compact();
    const other = chat.open();
    const made = await requestsOf(() => other.getSnapshot({ snapshotId: 'n119' }));
    const rows = made
      .filter(({ store }) => store === 'logs')
      .flatMap(({ request }) => request?.result as unknown[]);
    expect(rows.length).toBeLessThanOrEqual(32);
  });

  test('is followed by saves and branches that share what is sealed', async () => {
    const chat = await longChat();
    const { entries } = await chat.expectWhole();
    await chat.store.compact();
    const messages = conversation(60, 'm', 5_000);
    for (const via of [chat.store, chat.open()]) {
      const id = via === chat.store ? 'warm' : 'cold';
      await chat.save(id, 'n59', { messages: [...messages, said(`${id} next`)] }, { via });
      await chat.save(
        `${id} fork`,
        'n5',
        { messages: [...messages.slice(0, 6), said(`${id} fork`)] },
        { via },
      );
    }
    expect(await chat.entries()).toBe(entries + 4);
  });

  test('keeps images apart, and where they belong', async () => {
    const chat = new Chat();
    const messages = conversation(60, 'm', 5_000).map((message, n) => ({
      ...message,
      ...(n % 10 === 0 && { image: `data:image/png;base64,${n}${'A'.repeat(20_000)}` }),
    }));
    await chat.chain(messages.map((_, n) => ({ messages: messages.slice(0, n + 1) })));
    const { entries } = await chat.expectWhole();
    await chat.store.compact();
    expect(await chat.entries()).toBe(entries);
    await chat.store.deleteSnapshot('n59');
    chat.forget('n59');
    await chat.save('m', 'n40', { messages: messages.slice(30) });
    await chat.expectWhole();
  });

  test('stops with the reason of its signal, and loses nothing', async () => {
    const chat = await longChat();
    const reason = new Error('the user came back');
    const aborted = AbortSignal.abort(reason);
    expect(await failureOf(() => chat.store.compact({ signal: aborted }))).toBe(reason);
    await chat.expectWhole();

    const controller = new AbortController();
    const compacting = failureOf(() => chat.store.compact({ signal: controller.signal }));
    await chat.store.getSession('s');
    controller.abort(reason);
    expect(await compacting).toBe(reason);
    await chat.expectWhole();
    await chat.store.compact();
    await chat.expectWhole();
    expect((await logKeys(chat.name)).length).toBeLessThan(30);
  });

  test('killed at any of its transactions, it has lost nothing and goes on', async () => {
    let nth = 1;
    for (let killed = true; killed; nth++) {
      globalThis.indexedDB = new IDBFactory();
      const chat = await longChat();
      const { entries } = await chat.expectWhole();
      ({ killed } = await killing(nth, () => chat.store.compact()));
      expect(await chat.entries()).toBe(entries);
      await chat.open().compact();
      expect(await chat.entries()).toBe(entries);
      expect((await logKeys(chat.name)).length).toBeLessThan(30);
    }
    expect(nth).toBeGreaterThan(4);
  }, 60_000);

  test('goes on while another tab saves, reads and deletes', async () => {
    const chat = await longChat();
    const other = chat.open();
    const messages = conversation(60, 'm', 5_000);
    const compacting = chat.store.compact();
    const answers = conversation(10, 'answer');
    for (let n = 0; n < 10; n++) {
      const state = { messages: [...messages, ...answers.slice(0, n + 1)] };
      await chat.save(`o${n}`, n > 0 ? `o${n - 1}` : 'n59', state, { via: other });
      expect((await other.getSnapshot({ snapshotId: 'n59' }))?.state).toEqual({ messages });
    }
    await other.deleteSnapshot('branch');
    chat.forget('branch');
    await compacting;
    expect(await chat.entries()).toBe(60 + 10);
  });

  test('in two tabs at once does no harm', async () => {
    const chat = await longChat();
    const { entries } = await chat.expectWhole();
    await Promise.all([chat.store.compact(), chat.open().compact(), chat.store.compact()]);
    expect(await chat.entries()).toBe(entries);
  });

  test('looks for what to do in one transaction, among keys, and writes in one for each row that it makes', async () => {
    const chat = await longChat(40);
    for (let n = 0; n < 30; n++) {
      await chat.save(`o${n}`, undefined, { messages: [said(`${n}`)] }, { sessionId: `other ${n}` });
    }
    const made = await requestsOf(() => chat.store.compact());
    const transactions = (mode: IDBTransactionMode) =>
      new Set(made.flatMap(({ transaction }) => (transaction.mode === mode ? [transaction] : []))).size;
    const merged = made.filter(({ store, method }) => store === 'logs' && method === 'put').length;
    expect(merged).toBeGreaterThan(0);
    expect(transactions('readonly')).toBe(1);
    // And one for the rows of the sessions.
    expect(transactions('readwrite')).toBe(merged + 1);
    for (const { store, request } of made) {
      if (store === 'snapshots') expect([request!.result].flat().length).toBeLessThanOrEqual(1);
    }
    // Whoever comes next finds nothing to do.
    const again = await requestsOf(() => chat.open().compact());
    expect(again.filter(({ transaction }) => transaction.mode === 'readwrite')).toEqual([]);
  });

  test('is seen by nobody: no watcher is called', async () => {
    const chat = await longChat();
    const heard: unknown[] = [];
    chat.store.onSessionsChange((change) => heard.push(change));
    await chat.store.compact();
    expect(heard).toEqual([]);
  });
});

describe('compact in several tabs', () => {
  let locks: TestLockManager;
  beforeEach(() => {
    locks = new TestLockManager();
    vi.stubGlobal('navigator', { locks });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  const merges = (made: RequestMade[]) =>
    made.filter(({ store, method }) => store === 'logs' && method === 'put').length;

  test('one does the work, and the others find it done', async () => {
    const alone = merges(await requestsOf(async () => (await longChat()).store.compact()));
    const saves = merges(await requestsOf(() => longChat()));
    const chat = await longChat();
    const tabs = [chat.store, chat.open(), chat.open(), chat.open()];
    for (const tab of tabs) await tab.getSession('s');
    const made = await requestsOf(() => Promise.all(tabs.map((tab) => tab.compact())));
    expect(merges(made)).toBe(alone - saves);
    const writing = made.filter(({ transaction }) => transaction.mode === 'readwrite');
    // One connection wrote.
    expect(new Set(writing.map(({ transaction }) => transaction.db)).size).toBe(1);
    await chat.expectWhole();
  });

  test('one that waits for another ends by its signal, and does nothing later', async () => {
    const chat = await longChat();
    const lock = `offshoot:${chat.name}:compact`;
    let end = () => {};
    void locks.request(lock, {}, () => new Promise<void>((resolve) => (end = resolve)));
    const controller = new AbortController();
    const reason = new Error('the user came back');
    const waiting = failureOf(() => chat.store.compact({ signal: controller.signal }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    controller.abort(reason);
    expect(await waiting).toBe(reason);
    const before = await logKeys(chat.name);
    end();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await logKeys(chat.name)).toEqual(before);
    await chat.store.compact();
    expect((await logKeys(chat.name)).length).toBeLessThan(30);
  });

  test('one that waits for a tab that is frozen goes on in the end', async () => {
    const chat = await longChat();
    void locks.request(`offshoot:${chat.name}:compact`, {}, () => new Promise<void>(() => {}));
    const loaded = await chat.store.getSession('s');
    expect(loaded?.snapshotCount).toBe(61);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const compacting: { isDone?: boolean } = {};
    const done = chat.store.compact().then(() => (compacting.isDone = true));
    while (!compacting.isDone) await vi.advanceTimersByTimeAsync(1_000);
    await done;
    vi.useRealTimers();
    expect((await logKeys(chat.name)).length).toBeLessThan(30);
  });
});

describe('after sealing', () => {
  test('deleting frees exactly what nothing reaches, and splits rows', async () => {
    const chat = await longChat();
    await chat.store.compact();
    for (let n = 59; n > 30; n--) {
      await chat.store.deleteSnapshot(`n${n}`);
      chat.forget(`n${n}`);
    }
    expect(await chat.entries()).toBe(31 + 1);
    await chat.store.deleteSnapshot('branch');
    chat.forget('branch');
    expect(await chat.entries()).toBe(31);
  });

  test('pruning a window frees the front of a row', async () => {
    const chat = await longChat();
    await chat.store.compact();
    const messages = [...conversation(60, 'm', 5_000).slice(40), said('next')];
    const pruning = chat.open({ maxPersistedChainLength: 1 });
    await chat.store.deleteSnapshot('branch');
    await chat.save('window', 'n59', { messages }, { via: pruning });
    chat.forget('branch', ...Array.from({ length: 60 }, (_, n) => `n${n}`));
    expect(await chat.entries()).toBe(21);
  });

  test('a turn that streams takes back what was sealed meanwhile', async () => {
    const chat = await longChat();
    const messages = conversation(60, 'm', 5_000);
    for (let n = 1; n <= 6; n++) {
      await chat.save('pending', 'n59', {
        messages: [...messages, said('question'), said('w '.repeat(n), 9_000)],
      });
      await chat.store.compact();
      expect(await chat.entries()).toBe(61 + 2);
    }
  });
});

describe('in idle time', () => {
  /** Runs `action` where idle time comes when it is told to. */
  async function withIdleTime(action: (idle: (() => void)[]) => Promise<void>): Promise<void> {
    const idle: (() => void)[] = [];
    vi.stubGlobal('requestIdleCallback', (run: () => void) => idle.push(run));
    try {
      await action(idle);
    } finally {
      vi.unstubAllGlobals();
    }
  }
  const next = { messages: [...conversation(60, 'm', 5_000), said('next')] };

  test('logs are sealed once enough has gathered, and not before', () =>
    withIdleTime(async (idle) => {
      const chat = await longChat();
      const tidy = chat.open({ compaction: true });
      await chat.save('short', undefined, { messages: [said('hi')] }, { via: tidy, sessionId: 'short' });
      expect(idle).toHaveLength(0);
      await chat.save('next', 'n59', next, { via: tidy });
      await expect.poll(() => idle).toHaveLength(1);
      idle[0]!();
      await expect.poll(async () => (await logKeys(chat.name)).length).toBeLessThan(30);
      await chat.expectWhole();
    }));

  test('the rows of a long chat are read in small pages, each in a transaction of its own', () =>
    withIdleTime(async (idle) => {
      const chat = new Chat({ compaction: true });
      const messages = conversation(300, 'm', 600);
      for (let n = 0; n < 300; n++) {
        await chat.save(`n${n}`, n > 0 ? `n${n - 1}` : undefined, { messages: messages.slice(0, n + 1) });
      }
      const before = await logKeys(chat.name);
      const pages: number[] = [];
      const read = new Set<IDBTransaction>();
      const { getAll } = IDBIndex.prototype;
      vi.spyOn(IDBIndex.prototype, 'getAll').mockImplementation(function (this: IDBIndex, ...args) {
        const request = getAll.apply(this, args);
        read.add(this.objectStore.transaction);
        request.addEventListener('success', () => pages.push(request.result.length));
        return request;
      });
      await vi.waitFor(() => expect(idle).toHaveLength(1));
      idle[0]!();
      await vi.waitFor(
        async () => expect((await logKeys(chat.name)).length).toBeLessThan(before.length / 2),
        10_000,
      );
      vi.restoreAllMocks();
      expect(Math.max(...pages)).toBeLessThanOrEqual(128);
      expect(pages.reduce((sum, length) => sum + length, 0)).toBe(300);
      expect(read.size).toBe(pages.length);
      await chat.expectWhole();
    }));

  test.each([1, 2, 3])('on a full disk it leaves off, and tells nobody: write %i', (nth) =>
    withIdleTime(async (idle) => {
      const chat = await longChat();
      const told: unknown[] = [];
      const full = new DOMException('injected', 'QuotaExceededError');
      const tidy = chat.open({
        compaction: true,
        onHealth: (event) => told.push(event),
        onQuotaExceeded: (event) => void told.push(event),
      });
      await chat.save('next', 'n59', next, { via: tidy });
      await expect.poll(() => idle).toHaveLength(1);
      let ended = 0;
      const made = await requestsOf(async () => {
        const { prototype } = IDBDatabase;
        const original = prototype.transaction;
        let writing = 0;
        prototype.transaction = function (...args) {
          const transaction = original.apply(this, args);
          if (transaction.mode === 'readwrite' && ++writing >= nth) void abortAtCommit(transaction, full);
          for (const type of ['complete', 'abort']) transaction.addEventListener(type, () => ended++);
          return transaction;
        };
        try {
          idle[0]!();
          await expect.poll(() => writing).toBeGreaterThanOrEqual(nth);
          // What it does about a failure, it does soon.
          await new Promise((resolve) => setTimeout(resolve, 50));
        } finally {
          prototype.transaction = original;
        }
      });
      expect(made.length).toBeGreaterThan(0);
      expect(ended).toBeGreaterThan(0);
      expect(told).toEqual([]);
      await chat.expectWhole();
    }),
  );

  test('nothing happens with compaction: false, except when asked for', () =>
    withIdleTime(async (idle) => {
      const chat = await longChat();
      await chat.save('next', 'n59', next);
      expect(idle).toEqual([]);
      await chat.store.compact();
      expect((await logKeys(chat.name)).length).toBeLessThan(30);
    }));
});
