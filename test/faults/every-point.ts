import { dequal } from 'dequal';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { IndexedDBSessionStore, SessionStoreError, type EncryptionOptions } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { requestsOf } from '../database/observe-requests.js';
import { freshName } from '../stores/open-store.js';
import { dumpDatabase, putBack } from '../database/raw-database.js';
import {
  REQUEST_FAULTS,
  withLostCommit,
  withLostRequest,
  withRequestFault,
  withSilentCommit,
} from './fault-points.js';
import { abortingCommits } from './inject-faults.js';
import { fill, OPERATIONS, type Operation } from './operations.js';
import { cryptoAnswered } from './patience.js';
import { visible } from './visible.js';

type Store = IndexedDBSessionStore<any>;
type Dump = Awaited<ReturnType<typeof dumpDatabase>>;

/** One fault at one point of an operation. */
interface Point {
  title: string;
  inject: <T>(action: () => Promise<T>) => Promise<T>;
  /** What the operation fails with; nothing if it is expected to overcome the fault. */
  status: string | undefined;
  hangs: boolean;
  /** The browser ends the connection, which is overcome before any limit. */
  isLost?: boolean;
  /** The operation is told that it has failed, though it has not. */
  isMisled?: boolean;
}

/** Of the machine, whatever time it is for the store. */
const elapsed = performance.now.bind(performance);

const START = Date.UTC(2026, 0, 2);
const HOUR = 3_600_000;

/** Everything of a database but what counts how often it was written to. */
const withoutCounters = (dump: Dump): Dump =>
  dump && {
    ...dump,
    meta: dump['meta']!.filter(([key]) => key === 'epoch'),
    quarantine: dump['quarantine']!.map(([, row], index) => [index, row]),
    // Receipts are random.
    sessions: dump['sessions']!.map(([key, { receipts: _, ...row }]: [IDBValidKey, any]) => [key, row]),
  };

/** The database of one operation, put back for each point. */
class Bench {
  readonly name = freshName();
  #start: Dump;
  seen: unknown;

  constructor(
    readonly operation: Operation,
    readonly encryption: EncryptionOptions | undefined,
  ) {}

  async prepare(): Promise<void> {
    await this.with(async (store) => {
      await fill(store);
      await this.operation.prepare?.(store, this.name);
    });
    this.#start = await dumpDatabase(this.name);
    this.seen = await this.with(visible);
  }

  get start(): Dump {
    return this.#start;
  }

  async reset(): Promise<void> {
    vi.setSystemTime(START + HOUR);
    // It may have been deleted.
    await this.with((store) => store.clear());
    await putBack(this.name, this.#start!);
  }

  /** With a store that is connected and has forgotten nothing, for it knows nothing yet. */
  async with<T>(work: (store: Store) => Promise<T>): Promise<T> {
    const store = new IndexedDBSessionStore<any>({
      compaction: false,
      ...this.operation.options,
      ...(this.encryption && { encryption: this.encryption }),
      name: this.name,
    });
    try {
      await store.listSessions();
      // Then it looks what became of the database.
      await vi.advanceTimersByTimeAsync(0);
      await store.listSessions();
      return await work(store);
    } finally {
      // It waits for what never told its end, as long as it has to.
      await patiently({ hangs: true }, () => store.close());
    }
  }
}

/** Waits for what may wait for a time limit, and gives up on what waits for ever. */
async function patiently<T>(
  { hangs, isLost }: Pick<Point, 'hangs' | 'isLost'>,
  action: () => Promise<T>,
): Promise<PromiseSettledResult<T>> {
  const wait: { result?: PromiseSettledResult<T> } = {};
  void Promise.allSettled([action()]).then(([result]) => (wait.result = result));
  const begun = elapsed();
  while (!wait.result && elapsed() - begun < 20_000) {
    await vi.advanceTimersByTimeAsync(isLost ? 100 : hangs ? 8_000 : 0);
    await cryptoAnswered();
  }
  return wait.result ?? { status: 'rejected', reason: new Error('nothing: it waits for ever') };
}

async function pointsOf(bench: Bench, isReduced: boolean): Promise<Point[]> {
  const { operation } = bench;
  const requests = await bench.with((store) => requestsOf(() => operation.run(store)));
  const written = new Set(
    requests.flatMap(({ transaction: each }) => (each.mode === 'readwrite' ? [each] : [])),
  );
  const points: Point[] = [];
  for (const fault of REQUEST_FAULTS) {
    const { title, hangs = false, status, isReplayed } = fault;
    if (hangs && operation.isPatient) continue;
    const makesDo =
      (operation.needsNoRoom && status === 'RESOURCE_EXHAUSTED') ||
      (operation.needsNoRows && status !== 'UNAVAILABLE' && status !== 'ABORTED');
    const overcomes = isReplayed || makesDo || (operation.isShared && !hangs);
    for (let nth = 1; nth <= requests.length; nth++) {
      if (isReduced && nth % 3 !== 1) continue;
      const { method, store } = requests[nth - 1]!;
      const where = `request ${nth} (${method} in ${store}) ${title}`;
      const once: Point = {
        title: where,
        inject: (action) => withRequestFault(nth, fault, false, action),
        status: overcomes ? undefined : status,
        hangs,
      };
      points.push(once);
      if (!isReplayed) continue;
      points.push({
        ...once,
        title: `${where}, and so do all after it`,
        inject: (action) => withRequestFault(nth, fault, true, action),
        status,
      });
    }
  }
  points.push(...pointsOfLoss(requests.length, written.size));
  // Other faults are overcome where what they spoil was going to be taken back.
  if (bench.encryption) return points.filter(({ isLost }) => isLost);
  const full = new DOMException('injected', 'QuotaExceededError');
  for (let nth = 1; nth <= written.size; nth++) {
    const commit = `commit ${nth}`;
    points.push(
      {
        title: `${commit} is never heard of`,
        hangs: true,
        status: 'UNAVAILABLE',
        inject: (action) => withSilentCommit(nth, false, action),
      },
      {
        title: `${commit} is done, and never heard of`,
        hangs: true,
        status: 'UNAVAILABLE',
        isMisled: true,
        inject: (action) => withSilentCommit(nth, true, action),
      },
    );
  }
  if (written.size > 0) {
    points.push(
      {
        title: 'the first commit is aborted',
        hangs: false,
        status: undefined,
        inject: (action) => abortingCommits(1, undefined, action),
      },
      {
        title: 'all commits are aborted',
        hangs: false,
        status: 'ABORTED',
        inject: (action) => abortingCommits(Infinity, undefined, action),
      },
      {
        title: 'the disk is full at all commits',
        hangs: false,
        status: operation.needsNoRows ? undefined : 'RESOURCE_EXHAUSTED',
        inject: (action) => abortingCommits(Infinity, full, action),
      },
    );
  }
  return operation.isPatient ? points.filter(({ hangs }) => !hangs) : points;
}

/** What a browser alone can bring about, and a test only with transactions that are its own. */
function pointsOfLoss(requests: number, commits: number): Point[] {
  const points: Point[] = [];
  const all = { hangs: true, isLost: true, status: undefined };
  for (let nth = 1; nth <= requests; nth++) {
    const inject: Point['inject'] = (action) => withLostRequest(nth, action);
    points.push({ ...all, title: `the browser ends the connection at request ${nth}`, inject });
  }
  for (let nth = 1; nth <= commits; nth++) {
    for (const done of [true, false]) {
      const title = `the browser ends the connection at commit ${nth}, which is ${done ? '' : 'not '}done`;
      points.push({ ...all, title, inject: (action) => withLostCommit(nth, done, action) });
    }
  }
  return points;
}

/** What is wrong with how the operation ended, or with what it left. */
async function complaintsAbout(
  bench: Bench,
  point: Point,
  spared: { result: unknown; dump: Dump; visible: unknown },
): Promise<string[]> {
  const { operation } = bench;
  await bench.reset();
  return bench.with(async (store) => {
    const complaints: string[] = [];
    const outcome = await patiently(point, () => point.inject(() => operation.run(store)));
    const dump = await dumpDatabase(bench.name);
    const isEmpty = !dump || Object.keys(dump).every((each) => each === 'meta' || dump[each]!.length === 0);
    let isBefore = dequal(withoutCounters(dump), withoutCounters(bench.start));
    let isAfter = operation.empties ? isEmpty : dequal(withoutCounters(dump), withoutCounters(spared.dump));
    if (operation.isInvisible) isBefore = isAfter = dequal(await visible(store), spared.visible);
    if (bench.encryption) {
      const seen = await visible(store);
      [isBefore, isAfter] = [dequal(seen, bench.seen), dequal(seen, spared.visible)];
    }

    if (!isBefore && !isAfter) complaints.push('left something in between');
    if (outcome.status === 'fulfilled') {
      if (point.status) complaints.push(`succeeded, expected ${point.status}`);
      if (!isAfter) complaints.push('succeeded without having done it');
      if (!dequal(outcome.value, spared.result)) complaints.push('resolved to something else');
    } else {
      const error = outcome.reason as unknown;
      if (!(error instanceof SessionStoreError)) complaints.push(`failed with ${error}`);
      else if (error.status !== point.status) complaints.push(`failed with ${error}, not ${point.status}`);
      // What was waited for too long may have been done in the end.
      if (!isBefore && !point.isMisled) complaints.push('failed, and changed something all the same');
    }

    // And goes on as if nothing had been.
    const isDamaged = operation.title.includes('repair') && isBefore;
    if (!isDamaged && (await store.check()).problems.length > 0) complaints.push('left problems');
    await save(store, 'next', turn(60, { sessionId: 'next' }));
    if ((await store.getSession('next'))?.snapshotCount !== 1) complaints.push('cannot go on');
    return complaints.map((complaint) => `${point.title}: ${complaint}`);
  });
}

/** Registers the tests, for whichever IndexedDB there is. `isReduced`: a third of the points. */
export function describeEveryPoint({
  atLeast,
  isReduced,
  encryption,
}: {
  atLeast: number;
  isReduced: boolean;
  /** Then of saves, and of what hides sessions, alone. */
  encryption?: EncryptionOptions;
}): void {
  const operations = encryption
    ? OPERATIONS.filter(({ title }) => /^sav|^rewr|undoable|restore/.test(title))
    : OPERATIONS;

  let covered = 0;

  beforeEach(() => {
    // How long work takes decides how often it makes way for others, and thereby how many requests there are.
    const toFake = ['Date', 'setTimeout', 'clearTimeout', 'performance'] as const;
    vi.useFakeTimers({ toFake: [...toFake], now: START });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  afterAll(() => {
    console.info(`${covered} faults injected, of ${operations.length} operations`);
  });

  describe('whatever fails, and wherever: all of it has happened or nothing, and the caller knows', () => {
    test.each(operations)('$title', { timeout: 120_000 }, async (operation) => {
      const bench = new Bench(operation, encryption);
      await bench.prepare();
      const points = await pointsOf(bench, isReduced);
      await bench.reset();
      const spared = await bench.with(async (store) => {
        const result = await operation.run(store);
        const dump = await dumpDatabase(bench.name);
        return { result, dump, visible: await visible(store) };
      });
      const complaints: string[] = [];
      for (const point of points) complaints.push(...(await complaintsAbout(bench, point, spared)));
      expect(complaints).toEqual([]);
      covered += points.length;
    });

    test('that is a great many points', () => expect(covered).toBeGreaterThan(atLeast));
  });
}
