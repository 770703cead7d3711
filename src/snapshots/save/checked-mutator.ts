import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { SnapshotMutator } from '../../types/snapshot.js';
import { Refusal } from '../../database/transaction.js';
import { invalid, isUnexpectedPromise, requireNone, requireValid } from '../../values/argument.js';
import { record } from '../../values/schema.js';
import { requireSnapshotInput } from './snapshot-input.js';

/** Wraps the application's mutator so that it returns only what can be stored. */
export function checkedMutator<S>(
  mutator: SnapshotMutator<S>,
  stateSchema: StandardSchemaV1 | undefined,
): SnapshotMutator<S> {
  return (current) => {
    let result: unknown;
    try {
      result = mutator(current);
    } catch (error) {
      // An error of the mutator is the caller's own and reaches the caller unchanged.
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
  requireNone({ message, path: known }, 'state', 'custom');
}
