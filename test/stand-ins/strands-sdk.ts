/** For tests that run without the frameworks: what the adapter imports of `@strands-agents/sdk`. */
export class StorageError extends Error {
  override name = 'StorageError';
}
