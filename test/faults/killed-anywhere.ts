import { dequal } from 'dequal';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { IndexedDBSessionStore, type EncryptionOptions } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { freshName } from '../stores/open-store.js';
import { deleteRaw, dumpDatabase, putBack } from '../database/raw-database.js';
import { inPageKilledAt, letPagesDie, type End } from './dying-page.js';
import { withLostCommit, withSilentCommit } from './fault-points.js';
import { fill, OPERATIONS, type Operation } from './operations.js';
import { cryptoAnswered } from './patience.js';
import { visible } from './visible.js';

type Store = IndexedDBSessionStore<any>;
type Dump = Awaited<ReturnType<typeof dumpDatabase>>;

/** Where there is no database yet. */
const FIRST: Operation = { title: 'the first save of all', run: (store) => save(store, 'a', turn(1)) };

/** The database of one operation, as it was before it, and what there is to see before and after it. */
class Scene {
  readonly #name = freshName();
  #start: Dump;
  /** What was looked at last: most pages die without having changed anything. */
  #lookedAt: Dump;
  #before: unknown;
  #after: unknown;

  constructor(
    readonly operation: Operation,
    readonly encryption: EncryptionOptions | undefined,
  ) {}

  newStore(): Store {
    const { operation, encryption } = this;
    const options = { ...operation.options, compaction: false, name: this.#name };
    return new IndexedDBSessionStore<any>({ ...options, ...(encryption && { encryption }) });
  }

  async prepare(): Promise<void> {
    if (this.operation !== FIRST) await this.#using(fill);
    this.#start = await dumpDatabase(this.#name);
    this.#before = this.#start ? await this.#using(visible) : { sessions: [], snapshots: [] };
    await this.#using((store) => this.operation.run(store));
    this.#after = await this.#using(visible);
    await this.reset();
  }

  reset(): Promise<unknown> {
    return this.#start ? putBack(this.#name, this.#start) : deleteRaw(this.#name);
  }

  /** What is wrong with what a page has left. */
  async complaints(isDone: boolean): Promise<string[]> {
    const dump = await dumpDatabase(this.#name);
    if (!isDone && dequal(dump, this.#lookedAt)) return [];
    this.#lookedAt = dump;
    return this.#using(async (store) => {
      const complaints: string[] = [];
      const seen = await visible(store);
      const isAfter = dequal(seen, this.#after);
      if (isDone && !isAfter) complaints.push('was told that it is done, and it is not');
      if (!isAfter && !dequal(seen, this.#before)) complaints.push('left something in between');
      const { problems, quarantined } = await store.check();
      if (problems.length > 0 || quarantined > 0)
        complaints.push(`left problems: ${JSON.stringify(problems)}`);
      await save(store, 'next', turn(60, { sessionId: 'next' }));
      if ((await store.getSession('next'))?.snapshotCount !== 1) complaints.push('others cannot go on');
      return complaints;
    });
  }

  async #using<T>(work: (store: Store) => Promise<T>): Promise<T> {
    const store = this.newStore();
    try {
      return await work(store);
    } finally {
      await store.close();
    }
  }
}

/** What the page is getting over when it is killed. */
interface Trouble {
  title: string;
  inject: (action: () => Promise<End>) => Promise<End>;
  hangs?: boolean;
}

const TROUBLES: Trouble[] = [
  {
    title: 'the browser has ended its connection at a commit that is done',
    inject: (action) => withLostCommit(1, true, action),
  },
  {
    title: 'the browser has ended its connection at a commit that is not done',
    inject: (action) => withLostCommit(1, false, action),
  },
  { title: 'its commit never ends', inject: (action) => withSilentCommit(1, false, action), hangs: true },
];

const START = { now: Date.UTC(2026, 0, 2) };

/** Lets time pass until the page has ended. */
async function patiently({ hangs }: Trouble, action: () => Promise<End>): Promise<End> {
  vi.useFakeTimers({ ...START, toFake: ['Date', 'setTimeout', 'clearTimeout'] });
  const wait: { end?: End } = {};
  void action().then((end) => (wait.end = end));
  while (!wait.end) {
    await vi.advanceTimersByTimeAsync(hangs ? 8_000 : 100);
    await cryptoAnswered();
  }
  vi.useFakeTimers({ ...START, toFake: ['Date'] });
  return wait.end;
}

/** Registers the tests for these operations and for the first save of all. */
export function describeKilledAnywhere({
  titles,
  troubled,
  stride,
  atLeast,
  encryption,
}: {
  titles: string[];
  /** The operation that has troubles, too. */
  troubled: string;
  /** At every how many of its steps it is killed. */
  stride: number;
  atLeast: number;
  encryption?: EncryptionOptions;
}): void {
  const named = (title: string) => OPERATIONS.find((each) => each.title === title)!;
  const operations = [FIRST, ...titles.map(named)];
  let covered = 0;

  letPagesDie();
  beforeEach(() => {
    vi.useFakeTimers({ ...START, toFake: ['Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  afterAll(() => console.info(`${covered} pages killed`));

  async function complaintsAbout(operation: Operation, stride: number, trouble?: Trouble): Promise<string[]> {
    const scene = new Scene(operation, encryption);
    await scene.prepare();
    const complaints: string[] = [];
    for (let nth = 1, isKilled = true; isKilled; nth += stride) {
      const run = () => inPageKilledAt(nth, () => operation.run(scene.newStore()));
      const end = await (trouble ? patiently(trouble, () => trouble.inject(run)) : run());
      if (end.is === 'failed' && !trouble?.hangs) complaints.push(`failed with ${String(end.error)}`);
      for (const complaint of await scene.complaints(end.is === 'done'))
        complaints.push(`killed at ${nth}: ${complaint}`);
      await scene.reset();
      covered++;
      isKilled = end.is === 'killed';
    }
    return complaints;
  }

  describe('a page that is killed when anything in it that awaited goes on leaves all of a save or nothing', () => {
    test.each(operations)('$title', { timeout: 120_000 }, async (operation) => {
      expect(await complaintsAbout(operation, 1)).toEqual([]);
    });

    test.each(TROUBLES)(`${troubled}, when $title`, { timeout: 120_000 }, async (trouble) => {
      expect(await complaintsAbout(named(troubled), stride, trouble)).toEqual([]);
    });

    test('that is a great many pages', () => expect(covered).toBeGreaterThan(atLeast));
  });
}
