import fc from 'fast-check';
import type { SessionSnapshot, SessionSnapshotInput } from '../../src/index.js';

// Few ids, so that dangling, foreign, own and cyclic parents all come up within a few steps.
export const SNAPSHOT_IDS = ['p', 'q', 'r', 'u', 'v'];
export const SESSION_IDS = ['s', 't'];

const LONG_DEAD = '2001-01-01T00:00:00Z';

/** Instants close together, some of them equal, whose strings sort otherwise than they do. */
const TIMES = [
  '2026-01-01T00:00:00Z',
  '2026-01-01T00:00:00.5Z',
  '2026-01-01T00:00:01.000Z',
  '2026-01-01T02:00:01+02:00',
  '2025-12-31T22:30:00-01:30',
  '2026-01-01T00:00:02Z',
];

const big = 'x'.repeat(3_000);

/** Small and large, and whatever only structured clone carries. */
const CUSTOMS: readonly unknown[] = [
  undefined,
  0,
  { topic: 'trees', absent: undefined },
  { big, date: new Date(1) },
  { big, date: new Date(2) },
  { map: new Map([['a', new Set([1])]]), bytes: new Uint8Array([1, 2]) },
];

/** How a state follows from another: part of its messages, then some more. */
export interface StateDraft {
  readonly base: 'nothing' | 'current' | 'parent';
  readonly from: number;
  readonly to: number;
  readonly add: readonly string[];
  readonly custom: number;
  readonly sessionId?: string;
}

export interface Draft {
  readonly snapshotId?: string;
  readonly sessionId?: string;
  readonly parentId?: string;
  readonly createdAt: string;
  readonly updatedAt?: string;
  readonly status?: string;
  readonly heartbeatAt?: string;
  readonly state?: StateDraft;
}

/** One call of saveSnapshot: on which store, under which id, and what its mutator does. */
export interface Write {
  readonly via: number;
  readonly snapshotId?: string;
  readonly does: 'save' | 'skip' | 'throw' | 'return nothing' | 'return a function';
  readonly draft: Draft;
}

type State = NonNullable<SessionSnapshot<any>['state']>;

function toState(draft: StateDraft, base: State | undefined): State {
  const kept = base?.messages?.slice(draft.from, draft.to) ?? [];
  const added = draft.add.map((text) => ({ role: 'user' as const, content: [{ text }] }));
  const custom = CUSTOMS[draft.custom];
  return {
    ...(draft.sessionId !== undefined && { sessionId: draft.sessionId }),
    messages: [...kept, ...added],
    ...(custom !== undefined && { custom }),
    // An array that the contract does not name.
    timeline: draft.add,
  } as State;
}

/** The snapshot that a draft comes to, given what is stored and the parent's state. */
export function toSnapshot(
  draft: Draft,
  current: SessionSnapshot<any> | undefined,
  parentState: State | undefined,
  revision: number,
): SessionSnapshotInput<any> {
  const { state, ...fields } = draft;
  const base =
    state?.base === 'current' ? current?.state : state?.base === 'parent' ? parentState : undefined;
  const snapshot = { ...fields, ...(state && { state: toState(state, base) }), error: undefined, revision };
  return snapshot as unknown as SessionSnapshotInput<any>;
}

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** A record without the keys whose value is undefined: an absent key is what is meant. */
function record<T extends object>(model: {
  [K in keyof T]-?: fc.Arbitrary<T[K] | undefined>;
}): fc.Arbitrary<T> {
  return fc
    .record(model as { [K in keyof T]: fc.Arbitrary<T[K]> })
    .map((value) => Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T);
}

const snapshotId = fc.constantFrom(...SNAPSHOT_IDS);
const time = fc.constantFrom(...TIMES);
const mostly = <T>(common: T, ...rare: T[]) =>
  fc.oneof({ weight: 8, arbitrary: fc.constant(common) }, ...rare.map((value) => fc.constant(value)));

const stateDraft = record<StateDraft>({
  base: fc.constantFrom('nothing', 'current', 'parent'),
  from: fc.nat(2),
  to: fc.nat(8),
  add: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }),
  custom: fc.nat(CUSTOMS.length - 1),
  sessionId: mostly<string | undefined>(undefined, ...SESSION_IDS),
});

const draft = record<Draft>({
  snapshotId: optional(snapshotId),
  sessionId: mostly<string | undefined>('s', 't', undefined),
  parentId: optional(snapshotId),
  createdAt: time,
  updatedAt: optional(time),
  status: fc.constantFrom('completed', 'pending', 'of-a-newer-runtime'),
  heartbeatAt: mostly<string | undefined>(undefined, LONG_DEAD, '2100-01-01T00:00:00Z'),
  state: optional(stateDraft),
});

const writeUnder = (id: fc.Arbitrary<string | undefined>): fc.Arbitrary<Write> =>
  record<Write>({
    via: fc.nat(1),
    snapshotId: id,
    does: mostly<Write['does']>('save', 'skip', 'throw', 'return nothing', 'return a function'),
    draft,
  });

export const write = writeUnder(fc.oneof({ weight: 6, arbitrary: snapshotId }, fc.constant(undefined)));

/**
 * One of several begun at once. It has an id, so its mutator is called when everything before it is written:
 * what the mutators see then tells the order of the writes.
 */
export const concurrentWrite = writeUnder(snapshotId);

export function describeWrite({ via, snapshotId: id, does, draft: { state, ...fields } }: Write): string {
  const mutator = {
    save: '',
    skip: 'null instead of ',
    throw: 'throwing instead of ',
    'return nothing': 'undefined instead of ',
    'return a function': 'with a function, ',
  }[does];
  const from = state && (state.base === 'nothing' ? '' : `...${state.base}[${state.from}..${state.to}], `);
  const inner = state && `, state: [${from}${state.add.join(', ')}] custom ${state.custom}`;
  const session = state?.sessionId === undefined ? '' : ` of ${state.sessionId}`;
  const shown = JSON.stringify(fields)
    .replaceAll(/"(\w+)":/g, '$1: ')
    .replaceAll('"', "'");
  return `tab${via}.save(${id ?? ''}, ${mutator}${shown.slice(0, -1)}${inner ?? ''}${session}})`;
}
