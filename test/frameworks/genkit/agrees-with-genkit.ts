import { dequal } from 'dequal';
import fc from 'fast-check';
import type { SessionStore as GenkitSessionStore } from 'genkit/beta';
import { expect } from 'vitest';
import { IndexedDBSessionStore, type SessionStore, type SnapshotMutator } from '../../../src/index.js';
import { expectSame, type Observation } from '../../property/observation.js';
import { SESSION_IDS, SNAPSHOT_IDS } from '../../property/writes.js';

/**
 * A save that Genkit's store and ours agree on: the session is settled by the id, so that it never changes;
 * nothing is its own parent; instants are in UTC, in one notation, and no two are the same.
 */
class Save {
  constructor(
    readonly via: number,
    readonly id: number,
    readonly parent: number | undefined,
    readonly second: number,
    readonly answer: 'snapshot' | 'null' | 'error',
    readonly texts: readonly string[],
  ) {}

  get snapshotId(): string {
    return SNAPSHOT_IDS[this.id]!;
  }

  get parentId(): string | undefined {
    return this.parent === this.id || this.parent === undefined ? undefined : SNAPSHOT_IDS[this.parent];
  }

  toString(): string {
    const what = this.answer === 'snapshot' ? `[${this.texts.join(', ')}]` : this.answer;
    return `tab${this.via}.save(${this.snapshotId}, parent ${this.parentId}, second ${this.second}, ${what})`;
  }
}

const save = fc
  .tuple(
    fc.nat(1),
    fc.nat(SNAPSHOT_IDS.length - 1),
    fc.option(fc.nat(SNAPSHOT_IDS.length - 1), { nil: undefined }),
    fc.nat(59),
    fc.constantFrom<Save['answer'][]>('snapshot', 'snapshot', 'snapshot', 'snapshot', 'null', 'error'),
    fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 4 }),
  )
  .map((parts) => new Save(...parts));

type Either = SessionStore<any> | GenkitSessionStore<any>;

const statusOf = (error: unknown): string => String((error as { status?: unknown }).status ?? error);

async function show(store: Either): Promise<Observation> {
  const lookups = [
    ...[...SNAPSHOT_IDS, 'unknown'].map((snapshotId) => ({ snapshotId })),
    ...[...SESSION_IDS, 'unknown'].map((sessionId) => ({ sessionId })),
    {},
    { snapshotId: 'p', sessionId: 's' },
  ];
  const entries = lookups.map(async (lookup) => {
    const result = store.getSnapshot(lookup).then(
      (value: unknown) => ({ value }),
      (error: unknown) => ({ status: statusOf(error) }),
    );
    return [`getSnapshot(${JSON.stringify(lookup)})`, await result] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

const MINE = new Error('thrown by a mutator');

/** What the mutator does, whichever store calls it; `seen` notes what it was given. */
function mutatorOf(write: Save, step: number, seen: unknown[]): SnapshotMutator<any> {
  return (current) => {
    seen.push(structuredClone(current));
    if (write.answer === 'null') return null;
    if (write.answer === 'error') throw MINE;
    const turns: number = current?.state?.custom?.turns ?? 0;
    return {
      sessionId: SESSION_IDS[write.id % SESSION_IDS.length]!,
      ...(write.parentId !== undefined && { parentId: write.parentId }),
      createdAt: new Date(Date.UTC(2026, 0, 1, 0, 0, write.second, step)).toISOString(),
      status: 'completed',
      state: {
        messages: write.texts.map((text) => ({ role: 'user', content: [{ text }] })),
        custom: { turns: turns + 1 },
      },
    };
  };
}

let made = 0;

/** Where the contract leaves nothing to decide, nobody can tell our store from Genkit's own. */
export const agreesWithGenkit = (
  makeReference: (options: { rejectBranchingSessions: boolean }) => GenkitSessionStore<any>,
): fc.IAsyncProperty<[boolean, Save[]]> =>
  fc.asyncProperty(
    fc.boolean(),
    fc.array(save, { minLength: 1, maxLength: 25, size: 'max' }),
    async (rejectBranchingSessions, saves) => {
      const reference = makeReference({ rejectBranchingSessions });
      const name = `genkit-${Date.now()}-${made++}`;
      const stores = [0, 1].map(() => new IndexedDBSessionStore<any>({ name, rejectBranchingSessions }));
      try {
        for (const [step, write] of saves.entries()) {
          const seen: unknown[] = [];
          const mutator = mutatorOf(write, step, seen);
          const [expected, actual] = await Promise.all(
            [reference, stores[write.via]!].map((store: Either) =>
              store.saveSnapshot(write.snapshotId, mutator).catch((error: unknown) => error),
            ),
          );
          expect(actual, `${write}`).toBe(expected);
          if (!dequal(seen[0], seen[1])) expect(seen[1], `what ${write} saw`).toStrictEqual(seen[0]);
          expectSame(await show(stores[step % 2]!), await show(reference), `after ${write}`);
        }
      } finally {
        await stores[0]!.deleteDatabase();
        await Promise.all(stores.map((store) => store.close()));
      }
    },
  );
