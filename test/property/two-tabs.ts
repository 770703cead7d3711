import { dequal } from 'dequal';
import { expect } from 'vitest';
import {
  IndexedDBSessionStore,
  type EncryptionOptions,
  type SessionSnapshot,
  type SnapshotMutator,
} from '../../src/index.js';
import { Call, type Action, type Saves, type Sequence } from './actions.js';
import { Deliveries } from './deliveries.js';
import { Model, type ModelOptions } from './model.js';
import { expectSame, observe, outcome, type Outcome } from './observation.js';
import { describeWrite, SESSION_IDS, SNAPSHOT_IDS, toSnapshot, type Write } from './writes.js';

const MINE = new Error('thrown by a mutator');

let made = 0;

/** A save that was begun. */
interface Begun {
  write: Write;
  result: Promise<Outcome>;
  /** Runs the mutator's code again, for the model. */
  mutator: SnapshotMutator<any>;
  /** What the store gave the mutator, once it has called it. */
  seen: SessionSnapshot<any> | undefined;
}

/** Two stores over one database, and the model of what they should do. */
export class TwoTabs {
  readonly model: Model;
  readonly #stores: IndexedDBSessionStore<any>[];
  readonly #deliveries: Deliveries;
  #revisions = 0;
  #steps = 0;

  constructor(
    options: ModelOptions,
    /** Of an encrypted store, a mutator may be called again, for a save that others overtook. */
    readonly encryption?: EncryptionOptions,
  ) {
    this.model = new Model(options);
    const name = `property-${Date.now()}-${made++}`;
    let ids = 0;
    const generateId = () => `new${ids++}`;
    this.#stores = [0, 1].map(
      () => new IndexedDBSessionStore<any>({ ...options, name, generateId, encryption }),
    );
    this.#deliveries = new Deliveries(this.#stores, SNAPSHOT_IDS);
  }

  async perform(action: Action): Promise<void> {
    if (action.kind === 'saves') await this.#saves(action);
    else await this.#sequence(action);
    this.#deliveries.expectOwn();
    await this.#compare(`after ${action}`);
  }

  /** A store does what it is told in the order in which it is told, whether or not anybody waits. */
  async #sequence({ via, parts }: Sequence): Promise<void> {
    const order: Begun[] = [];
    const begun = parts.map((part) =>
      part instanceof Call
        ? { call: part, result: outcome(() => part.on(this.#stores[via]!)) }
        : this.#begin(part, order),
    );
    for (const each of begun) {
      if ('write' in each) await this.#expectSaved(each);
      else {
        const expected = await outcome(() => each.call.on(this.model));
        expectSame({ outcome: await each.result }, { outcome: expected }, `${each.call}`);
      }
    }
  }

  /**
   * The order in which the stores call the mutators is the order in which the model carries the saves out.
   * Whatever that order is, each mutator must have seen exactly what the save before it left. Where saves can be
   * overtaken, it is the order in which they were done.
   */
  async #saves({ writes }: Saves): Promise<void> {
    const calls: Begun[] = [];
    const ends: Begun[] = [];
    await Promise.all(
      writes.map(async (write) => {
        const begun = this.#begin(write, calls);
        await begun.result;
        ends.push(begun);
      }),
    );
    const order = this.encryption ? ends : calls;
    expect(order.length, 'how many mutators were called').toBe(writes.length);
    for (const each of order) await this.#expectSaved(each);
  }

  #begin(write: Write, order: Begun[]): Begun {
    const { via, snapshotId, does, draft } = write;
    const parentState = this.model.stored(draft.parentId)?.state;
    let revision = 0;
    const begun: Begun = {
      write,
      seen: undefined,
      mutator(current) {
        if (does === 'throw') throw MINE;
        if (does === 'skip') return null;
        if (does === 'return nothing') return undefined as unknown as null;
        const snapshot = toSnapshot(draft, current, parentState, revision);
        return does === 'save' ? snapshot : { ...snapshot, callback: () => undefined };
      },
      result: outcome(() =>
        this.#stores[via]!.saveSnapshot(snapshotId, (current) => {
          revision = ++this.#revisions;
          begun.seen = structuredClone(current);
          order.push(begun);
          return begun.mutator(current);
        }),
      ),
    };
    return begun;
  }

  async #expectSaved(begun: Begun): Promise<void> {
    const actual = await begun.result;
    const { write, mutator, seen } = begun;
    const where = describeWrite(write);
    const stored = this.model.stored(write.snapshotId);
    if (!dequal(seen, stored)) expect(seen, `what the mutator saw in ${where}`).toStrictEqual(stored);
    const newId = 'value' in actual ? String(actual.value) : undefined;
    const expected = await outcome(() => this.model.save(write.snapshotId, mutator, newId));
    expectSame({ outcome: actual }, { outcome: expected }, where);
    if ('value' in expected && typeof expected.value === 'string') {
      this.#deliveries.committed(expected.value, write.via, this.model.stored(expected.value)!);
    }
  }

  async #compare(when: string): Promise<void> {
    // Both, and both page sizes that matter, but not at every step.
    const step = this.#steps++;
    await this.#compareStore(step % 2, 1 + (step % 3), when);
  }

  async #compareStore(tab: number, limit: number, when: string): Promise<void> {
    const ids = new Set([...SNAPSHOT_IDS, ...this.model.rows.keys()]);
    const [actual, expected] = await Promise.all([
      observe(this.#stores[tab]!, ids, SESSION_IDS, limit),
      observe(this.model, ids, SESSION_IDS, limit),
    ]);
    expectSame(actual, expected, `${when}, in tab${tab}`);
  }

  async finish(): Promise<void> {
    for (const tab of [0, 1]) await this.#compareStore(tab, 2, 'at the end');
    await this.#deliveries.expectAll(this.model);
    expect((await this.#stores[0]!.check()).problems, 'what does not fit together').toEqual([]);
  }

  async close(): Promise<void> {
    await this.#stores[0]!.deleteDatabase();
    await Promise.all(this.#stores.map((store) => store.close()));
  }
}
