import { invalid } from '../adapters/arguments.js';

/** What goes wrong with a {@link SnapshotStorage}, by the name that the SDK's own storages use; `cause` says what. */
export class SessionError extends Error {
  override readonly name = 'SessionError';
}

/** What goes wrong with a {@link Storage}, by the name that the SDK's own storages use; `cause` says what. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
}

/** The SDK throws plain errors for arguments. Ours have a cause with `path` and status `INVALID_ARGUMENT`. */
export function badArgument(path: string, problem: string): Error {
  return new Error(problem, { cause: invalid(path, problem) });
}
