import { invalid } from '../../values/argument.js';

/** What goes wrong with a {@link SnapshotStorage}, by the name that the SDK's own storages use; `cause` says what. */
export class SessionError extends Error {
  constructor(...about: ConstructorParameters<typeof Error>) {
    super(...about);
    named(this, 'SessionError');
  }
}

/** What goes wrong with a {@link Storage}, by the name that the SDK's own storages use; `cause` says what. */
export class StorageError extends Error {
  constructor(...about: ConstructorParameters<typeof Error>) {
    super(...about);
    named(this, 'StorageError');
  }
}

/** Defined and not assigned, which a frozen `Error.prototype` would refuse. */
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
