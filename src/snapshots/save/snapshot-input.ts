import type { SessionSnapshotInput } from '../../types/snapshot.js';
import { isUnexpectedPromise, requireValid } from '../../values/argument.js';
import { instant } from '../../values/instant.js';
import { picked } from '../../values/options.js';
import { list, nonBlank, object, optional, record, satisfying } from '../../values/schema.js';

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
export function requireSnapshotInput<S>(result: unknown): SessionSnapshotInput<S> {
  requireValid(mutated, result, 'mutator()');
  const input = picked(result as SessionSnapshotInput<S>, '');
  if (!record(input.state)) input.state = picked(input.state!, 'state');
  requireValid(snapshotInput, input);
  return input;
}
