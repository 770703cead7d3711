import fc from 'fast-check';

/** What a person, or an app, does on one device. Numbers choose among what is there, so that each action can be shrunk alone. */
export type LocalAction =
  /** A turn below a snapshot of the session, or, at 0, a new root. */
  | { type: 'save'; session: number; parent: number }
  | { type: 'rewrite'; snapshot: number }
  /** Begins a turn that is pending. */
  | { type: 'begin'; session: number; parent: number }
  | { type: 'finish'; snapshot: number; status: 'completed' | 'failed' | 'aborted' }
  | { type: 'title'; session: number }
  | { type: 'metadata'; session: number; key: 'a' | 'b'; removed: boolean }
  | { type: 'select'; snapshot: number }
  | { type: 'deleteSnapshot'; snapshot: number; subtree: boolean }
  | { type: 'deleteSession'; session: number }
  | { type: 'import'; session: number };

/** What becomes of one request of a sync, counted from 0: it never arrives; its answer is lost, cut, or its request arrives twice. */
export interface Fault {
  request: number;
  kind: 'lost' | 'unanswered' | 'cut' | 'twice';
}

export type Action = { device: number } & (
  | LocalAction
  /** `meanwhile` happens on the same device while a request is under way. */
  | { type: 'sync'; fault?: Fault; meanwhile?: { request: number; action: LocalAction } }
  /** Two tabs sync at the same time. */
  | { type: 'syncTwice' }
  | { type: 'restart' }
  | Disaster
);

/** What takes a device, or the server, back to an earlier state. */
export type Disaster =
  /** Keeps a copy of this device's database; the same for the server. */
  | { type: 'keep' | 'keepServer' }
  /** Puts back what was kept last. */
  | { type: 'setBack' | 'restoreServer' }
  /** The database of this device becomes a copy of another's. */
  | { type: 'copy'; from: number };

const n = fc.nat(30);
const status = fc.constantFrom('completed' as const, 'failed' as const, 'aborted' as const);
const key = fc.constantFrom('a' as const, 'b' as const);

const save = fc.record({ type: fc.constant('save' as const), session: n, parent: n });

const localAction: fc.Arbitrary<LocalAction> = fc.oneof(
  { weight: 6, arbitrary: save },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('rewrite' as const), snapshot: n }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('begin' as const), session: n, parent: n }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('finish' as const), snapshot: n, status }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('title' as const), session: n }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('metadata' as const), session: n, key, removed: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('select' as const), snapshot: n }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('deleteSnapshot' as const),
      snapshot: n,
      subtree: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('deleteSession' as const), session: n }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('import' as const), session: n }) },
);

const fault: fc.Arbitrary<Fault> = fc.record({
  request: fc.nat(5),
  kind: fc.constantFrom('lost' as const, 'unanswered' as const, 'cut' as const, 'twice' as const),
});

const sync = fc.record(
  {
    type: fc.constant('sync' as const),
    fault,
    meanwhile: fc.record({ request: fc.nat(4), action: localAction }),
  },
  { requiredKeys: ['type'] },
);

const deviceAction = fc.oneof(
  { weight: 6, arbitrary: localAction },
  { weight: 4, arbitrary: sync },
  { weight: 1, arbitrary: fc.constant({ type: 'syncTwice' as const }) },
  { weight: 1, arbitrary: fc.constant({ type: 'restart' as const }) },
);

const disaster: fc.Arbitrary<Disaster> = fc.oneof(
  fc.record({ type: fc.constantFrom('keep' as const, 'keepServer' as const) }),
  fc.record({ type: fc.constantFrom('setBack' as const, 'restoreServer' as const) }),
  fc.record({ type: fc.constant('copy' as const), from: fc.nat(2) }),
);

const on = <T extends object>(what: fc.Arbitrary<T>): fc.Arbitrary<T & { device: number }> =>
  fc.tuple(fc.nat(2), what).map(([device, action]) => ({ device, ...action }));

export const action: fc.Arbitrary<Action> = on(deviceAction);

export const actionOrDisaster: fc.Arbitrary<Action> = fc.oneof(
  { weight: 5, arbitrary: action },
  { weight: 1, arbitrary: on(disaster) },
);
