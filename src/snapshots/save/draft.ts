import type { SessionSnapshotInput, SnapshotMutator } from '../../types/snapshot.js';
import { invalid, isUnexpectedPromise, picked, requireNone, requireValid } from '../../values/arguments.js';
import { instant, list, nonBlank, object, optional, record, satisfying } from '../../values/schema.js';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { Refusal } from '../../database/transaction.js';
import type { SnapshotRow } from '../../database/schema.js';
import { mergedBase, type Plan, planState } from '../../logs/diff.js';
import type { LoadedState } from '../../logs/state.js';
import { copy, unstorable } from '../../values/clone.js';
import { currentOf } from '../stored-snapshot.js';

const storedStatus = satisfying(
  (status) => !nonBlank(status) && status !== 'expired',
  'a status other than "expired", which is never stored',
);

/** What a snapshot has beside its id and its state, when it is saved and in a file. */
export const infoFields = {
  sessionId: optional(nonBlank),
  parentId: optional(nonBlank),
  createdAt: instant,
  updatedAt: optional(instant),
  heartbeatAt: optional(instant),
  status: optional(storedStatus),
};

const snapshotInput = object({
  snapshotId: optional(nonBlank),
  ...infoFields,
  state: optional(
    object({ sessionId: optional(nonBlank), messages: optional(list), artifacts: optional(list) }),
  ),
});

const mutated = satisfying(
  (result) => !record(result) && !isUnexpectedPromise(result),
  'a snapshot or null, at once',
);

/** Checks that the mutator's result is a snapshot that can be stored; reads its two upper levels once. */
function requireSnapshotInput<S>(result: unknown): SessionSnapshotInput<S> {
  requireValid(mutated, result, 'mutator()');
  const input = picked(result as SessionSnapshotInput<S>, '');
  if (!record(input.state)) input.state = picked(input.state!, 'state');
  requireValid(snapshotInput, input);
  return input;
}

/** Wraps the application's mutator so that it returns only what can be stored. */
export function checkedMutator<S>(
  mutator: SnapshotMutator<S>,
  stateSchema: StandardSchemaV1 | undefined,
): SnapshotMutator<S> {
  return (current) => {
    try {
      const result: unknown = mutator(current);
      if (result === null) return null;
      const input = requireSnapshotInput<S>(result);
      const custom = input.state?.custom;
      if (stateSchema && custom !== undefined) requireCustomState(stateSchema, custom, 'state', 'custom');
      return input;
    } catch (error) {
      // An error of the mutator or the schema is the caller's own and reaches the caller unchanged.
      throw new Refusal(error);
    }
  };
}

/** Throws what the schema throws, or `INVALID_ARGUMENT` with a path that begins with `prefix`. */
export function requireCustomState(schema: StandardSchemaV1, custom: unknown, ...prefix: string[]): void {
  const result: unknown = schema['~standard'].validate(custom);
  if (isUnexpectedPromise(result)) {
    throw invalid(
      'options.stateSchema',
      'answers asynchronously. Use a synchronous schema: a transaction cannot wait',
    );
  }
  requireValid(record, result, 'options.stateSchema');
  const { issues } = result as Partial<StandardSchemaV1.FailureResult>;
  if (!issues) return;
  // Issues of any shape reject the value, since a hand-written schema may not follow Standard Schema.
  const { message = 'does not pass options.stateSchema', path }: Partial<StandardSchemaV1.Issue> =
    issues[0] ?? {};
  const known = Array.isArray(path) ? path.filter((part) => part !== null) : [];
  requireNone({ message, path: known }, ...prefix);
}

/** A row and its state. */
export interface Known {
  row: SnapshotRow;
  state: LoadedState | null | undefined;
}

/** What a mutator returned, copied and planned against its probable base. */
export interface Draft {
  /** The id that the mutator chose, if any. */
  snapshotId: string | undefined;
  sessionId: string | undefined;
  info: SnapshotRow['info'];
  /** `null` for a state that is explicitly `undefined`. */
  state?: { plan: Plan; bases: SnapshotRow[] } | null;
}

/**
 * Calls the mutator and copies the result synchronously, since the caller may change it afterwards. `stored` and
 * `recall` may be of the cache if the mutator is blind; if they turn out to be outdated, only the plan is made again.
 * `null` if there is nothing to write.
 */
export function draftSave<S>(
  mutator: SnapshotMutator<S>,
  stored: Known | undefined,
  recall: (id: string) => Known | undefined,
  { isBlind, frozen }: { isBlind?: boolean; frozen: boolean | undefined },
): Draft | null {
  const input = mutator(isBlind || !stored ? undefined : currentOf<S>(stored, frozen));
  if (input === null) return null;
  try {
    return draftOf(input, stored, recall);
  } catch (cause) {
    throw unstorable(input, cause);
  }
}

function draftOf<S>(
  input: SessionSnapshotInput<S>,
  stored: Known | undefined,
  recall: (id: string) => Known | undefined,
): Draft {
  const { snapshotId, state, ...rest } = input;
  const draft: Draft = { snapshotId, sessionId: rest.sessionId ?? state?.sessionId, info: copy(rest) };
  if (!state) return 'state' in input ? { ...draft, state: null } : draft;
  const parent = rest.parentId === undefined ? undefined : recall(rest.parentId);
  const bases = basesOf(stored?.row, parent?.row);
  const known = [stored, parent].filter((each) => each && bases.includes(each.row)) as Known[];
  const base = mergedBase(known.flatMap((each) => each.state ?? []));
  return { ...draft, state: { plan: planState(state, base), bases } };
}

/** The states to share entries with: the snapshot's own earlier one, and the parent's if that has more in logs. */
export function basesOf(stored: SnapshotRow | undefined, parent: SnapshotRow | undefined): SnapshotRow[] {
  const logged = (row: SnapshotRow) => (row.state?.fields ?? []).filter(([, kind]) => kind !== 'value');
  if (!stored?.state) return parent ? [parent] : [];
  const keys = new Set(logged(stored).map(([key]) => key));
  const lacks = parent && parent !== stored && logged(parent).some(([key]) => !keys.has(key));
  return lacks ? [stored, parent] : [stored];
}
