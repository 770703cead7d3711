import fc from 'fast-check';
import type { SessionPatch } from '../../src/index.js';
import type { StoreApi } from './store-api.js';
import { concurrentWrite, describeWrite, SESSION_IDS, SNAPSHOT_IDS, write, type Write } from './writes.js';

/** A call other than a save: its outcome does not depend on anything but what is stored. */
export class Call {
  readonly kind = 'call';

  constructor(
    readonly via: number,
    readonly name: string,
    readonly on: (api: StoreApi) => Promise<unknown>,
  ) {}

  toString(): string {
    return `tab${this.via}.${this.name}`;
  }
}

/** Saves through both stores, begun without waiting for one another. */
export class Saves {
  readonly kind = 'saves';

  constructor(readonly writes: readonly Write[]) {}

  toString(): string {
    return `at once [${this.writes.map(describeWrite).join(', ')}]`;
  }
}

/** Calls of one store, begun one after another without waiting. */
export class Sequence {
  readonly kind = 'sequence';

  constructor(
    readonly via: number,
    readonly parts: readonly (Call | Write)[],
  ) {}

  toString(): string {
    const parts = this.parts.map((part) => (part instanceof Call ? `${part}` : describeWrite(part)));
    return parts.length === 1 ? parts[0]! : `without waiting [${parts.join(', ')}]`;
  }
}

export type Action = Saves | Sequence;

const via = fc.nat(1);
const snapshotId = fc.constantFrom(...SNAPSHOT_IDS);
const sessionId = fc.constantFrom(...SESSION_IDS);

const deleteSnapshot = fc
  .tuple(via, snapshotId, fc.boolean())
  .map(
    ([tab, id, subtree]) =>
      new Call(tab, `deleteSnapshot('${id}', { subtree: ${subtree} })`, (api) =>
        api.deleteSnapshot(id, { subtree }),
      ),
  );

const deleteSession = fc
  .tuple(via, sessionId)
  .map(([tab, id]) => new Call(tab, `deleteSession('${id}')`, (api) => api.deleteSession(id)));

const clear = via.map((tab) => new Call(tab, 'clear()', (api) => api.clear()));

const selectBranch = fc
  .tuple(via, snapshotId)
  .map(([tab, id]) => new Call(tab, `selectBranch('${id}')`, (api) => api.selectBranch(id)));

const PATCHES: readonly SessionPatch[] = [
  {},
  { title: 'A title' },
  { title: undefined },
  { metadata: {} },
  { metadata: { a: 1, b: [1, { c: 2 }] } },
  { title: '', metadata: { a: undefined, d: new Date(0) } },
];

const updateSession = fc
  .tuple(via, sessionId, fc.nat(PATCHES.length - 1))
  .map(
    ([tab, id, patch]) =>
      new Call(tab, `updateSession('${id}', ${fc.stringify(PATCHES[patch])})`, (api) =>
        api.updateSession(id, PATCHES[patch]!),
      ),
  );

const call: fc.Arbitrary<Call> = fc.oneof(
  { weight: 8, arbitrary: deleteSnapshot },
  { weight: 2, arbitrary: deleteSession },
  { weight: 1, arbitrary: clear },
  { weight: 8, arbitrary: selectBranch },
  { weight: 4, arbitrary: updateSession },
);

const part = fc.oneof<fc.WeightedArbitrary<Call | Write>[]>(
  { weight: 6, arbitrary: write },
  { weight: 3, arbitrary: call },
);

const alone = part.map((only) => new Sequence(only.via, [only]));

const sequence = fc.tuple(via, fc.array(part, { minLength: 2, maxLength: 4 })).map(
  ([tab, parts]) =>
    new Sequence(
      tab,
      parts.map((each) => onTab(tab, each)),
    ),
);

const saves = fc.array(concurrentWrite, { minLength: 2, maxLength: 5 }).map((writes) => new Saves(writes));

function onTab(tab: number, each: Call | Write): Call | Write {
  return each instanceof Call ? new Call(tab, each.name, each.on) : { ...each, via: tab };
}

export const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 8, arbitrary: alone },
  { weight: 1, arbitrary: saves },
  { weight: 1, arbitrary: sequence },
);
