import type { SessionSnapshotInput, SnapshotMutator } from '../../types/snapshot.js';
import type { SnapshotRow } from '../../database/schema.js';
import { mergedBase, planState, type Plan } from '../../logs/diff.js';
import type { LoadedState } from '../../logs/state.js';
import { copy, unstorable } from '../../values/clone.js';
import { snapshotOf } from '../stored-snapshot.js';

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
 * Calls the mutator and copies the result synchronously, since the caller may change it afterwards. `recall` gets a row
 * from the cache; if it turns out to be outdated, only the plan is made again. `null` if there is nothing to write.
 */
export function draftSave<S>(
  mutator: SnapshotMutator<S>,
  stored: Known | undefined,
  recall: (id: string) => Known | undefined,
  isFrozen: boolean | undefined,
): Draft | null {
  const input = mutator(stored && snapshotOf<S>(stored, isFrozen));
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
