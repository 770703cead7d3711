import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { SnapshotMutator } from '../contract/snapshot.js';
import { Refusal } from '../database/transaction.js';
import { invalid, isForgotten, requireNone, requireValid } from '../validation/argument.js';
import { record } from '../validation/schema.js';
import { requireSnapshotInput } from '../validation/snapshot-input.js';

/** The application's mutator, made to return nothing but what can be stored. */
export function checkedMutator<S>(
  mutator: SnapshotMutator<S>,
  stateSchema: StandardSchemaV1 | undefined,
): SnapshotMutator<S> {
  return (current) => {
    let result: unknown;
    try {
      result = mutator(current);
    } catch (error) {
      // An error of the mutator is the caller's own and reaches them as it is.
      throw new Refusal(error);
    }
    if (result === null) return null;
    const input = requireSnapshotInput<S>(result);
    const custom = input.state?.custom;
    if (stateSchema && custom !== undefined) requireCustomState(stateSchema, custom);
    return input;
  };
}

function requireCustomState(schema: StandardSchemaV1, custom: unknown): void {
  let result: unknown;
  try {
    result = schema['~standard'].validate(custom);
  } catch (error) {
    throw new Refusal(error);
  }
  if (isForgotten(result)) {
    throw invalid(
      'options.stateSchema',
      'answers asynchronously. Use a synchronous schema: a transaction cannot wait',
    );
  }
  requireValid(record, result, 'options.stateSchema');
  requireNone((result as StandardSchemaV1.FailureResult).issues?.[0], 'state', 'custom');
}
