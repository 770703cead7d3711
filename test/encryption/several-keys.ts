import { expect } from 'vitest';
import fc from 'fast-check';
import { IndexedDBSessionStore, SessionStoreError } from '../../src/index.js';
import { turn } from '../../src/testing/sample-snapshots.js';
import { conversation } from './conversation.js';
import { makeKey } from './keys.js';

type Store = IndexedDBSessionStore<any>;
type Keys = readonly [CryptoKey, CryptoKey, null];

/** In which order the tabs of a test were given the same keys. */
const orders = fc.array(fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), { minLength: 2, maxLength: 3 });

type Step =
  | { do: 'save' | 'rewrite' | 'read' | 'remove'; tab: number; id: number }
  | { do: 'rekey' | 'reopen' | 'close' | 'check' | 'clear'; tab: number }
  /** Whatever was begun goes on while the next things are begun, or is waited for. */
  | { do: 'wait' };

const tab = fc.nat(2);
const step: fc.Arbitrary<Step> = fc.oneof<fc.WeightedArbitrary<Step>[]>(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constantFrom('save' as const, 'rewrite' as const), tab, id: fc.nat(30) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('read' as const, 'remove' as const), tab, id: fc.nat(30) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom<'rekey' | 'reopen' | 'close' | 'check'>(
        'rekey',
        'rekey',
        'reopen',
        'close',
        'check',
      ),
      tab,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clear' as const), tab }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const) }) },
);

/** Tabs over one database that all have the same keys, each with another one first. */
class Tabs {
  readonly name = `several-keys-${crypto.randomUUID()}`;
  /** What the mutator of the latest save of each snapshot has made of it; absent once it was deleted. */
  readonly saved = new Map<string, number>();
  #count = 0;
  #begun: Promise<unknown>[] = [];
  readonly #stores: (Store | undefined)[];

  constructor(
    readonly keys: Keys,
    readonly orders: readonly (readonly number[])[],
  ) {
    this.#stores = orders.map((order) => this.open(order));
  }

  open(order: readonly number[]): Store {
    const [key, ...previousKeys] = order.map((index) => this.keys[index]!);
    return new IndexedDBSessionStore({
      name: this.name,
      compaction: false,
      encryption: { key: key!, previousKeys },
    });
  }

  async perform(step: Step): Promise<void> {
    if (step.do === 'wait') return this.wait();
    const index = step.tab % this.orders.length;
    const store = (this.#stores[index] ??= this.open(this.orders[index]!));
    const id = 'id' in step ? `n${step.id}` : '';
    switch (step.do) {
      case 'save':
      case 'rewrite':
        return this.#begin(this.#save(store, id, step.do === 'save' ? 6 : 1));
      case 'read':
        return this.#begin(store.getSnapshot({ snapshotId: id }));
      case 'remove':
        await this.wait();
        await store.deleteSnapshot(id);
        return void this.saved.delete(id);
      case 'clear':
        await this.wait();
        await store.clear();
        return this.saved.clear();
      case 'rekey':
        // Another tab may write with another key all the time; that it says.
        return this.#begin(store.rekey().catch(unlessAborted));
      case 'check':
        return this.#begin(store.check().then(({ problems }) => expect(problems).toEqual([])));
      case 'close':
        this.#stores[index] = undefined;
        return this.#begin(store.close());
      case 'reopen':
        this.#stores[index] = this.open(this.orders[index]!);
        return this.#begin(store.close());
    }
  }

  async wait(): Promise<void> {
    await Promise.all(this.#begun);
    this.#begun = [];
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#begun);
    for (const store of this.#stores) await store?.close();
    indexedDB.deleteDatabase(this.name);
  }

  #begin(work: Promise<unknown>): void {
    // Somebody looks at it when all that was begun is waited for.
    work.catch(() => {});
    this.#begun.push(work);
  }

  async #save(store: Store, id: string, length: number): Promise<void> {
    const n = this.#count++;
    let count = 0;
    await store.saveSnapshot(id, (current) => {
      count = (current?.state?.custom.count ?? 0) + 1;
      return turn(1, { state: { messages: conversation(length, `${n} `), custom: { count } } });
    });
    this.saved.set(id, Math.max(count, this.saved.get(id) ?? 0));
  }
}

function unlessAborted(error: unknown): void {
  if (!(error instanceof SessionStoreError) || error.status !== 'ABORTED') throw error;
}

/** Whatever tabs do that want different keys: all that was saved is there in the end, for everyone who has them. */
export const keepsEverySave = (): fc.IAsyncProperty<[number[][], Step[]]> =>
  fc.asyncProperty(
    orders,
    fc.array(step, { minLength: 4, maxLength: 30, size: 'max' }),
    async (given, steps) => {
      const [a, b] = await Promise.all([makeKey(), makeKey()]);
      const tabs = new Tabs([a, b, null], given);
      try {
        for (const each of steps) await tabs.perform(each);
        await tabs.wait();
        for (const order of given) {
          const store = tabs.open(order);
          for (const [id, count] of tabs.saved) {
            const found = await store.getSnapshot({ snapshotId: id });
            expect(found?.state?.custom.count, id).toBe(count);
            expect(found?.state?.messages?.length).toBeGreaterThan(0);
          }
          expect((await store.check()).problems).toEqual([]);
          await store.close();
        }
      } finally {
        await tabs.close();
      }
    },
  );
