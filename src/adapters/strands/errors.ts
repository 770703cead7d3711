// The contract of `Storage` names this class, so it is the installed SDK's.
export { StorageError } from '@strands-agents/sdk';
import { invalid } from '../../values/arguments.js';

/** An error of a {@link SnapshotStorage}, with the name that the SDK's own storages use; `cause` has the reason. */
export class SessionError extends Error {
  constructor(...about: ConstructorParameters<typeof Error>) {
    super(...about);
    named(this, 'SessionError');
  }
}

/** Defined, since an assignment fails if `Error.prototype` is frozen. */
function named(error: Error, name: string): void {
  Object.defineProperty(error, 'name', {
    __proto__: null,
    value: name,
    enumerable: true,
  } as PropertyDescriptor);
}

/** The SDK throws plain errors for arguments. Ours have a cause with `path` and status `INVALID_ARGUMENT`. */
export function badArgument(path: string, problem: string): Error {
  return new Error(problem, { cause: invalid(path, problem) });
}
