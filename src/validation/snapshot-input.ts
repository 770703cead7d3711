import type { SessionSnapshotInput } from '../contract/snapshot.js';
import { invalid, requireValid } from './argument.js';
import { instant, nonBlank, object, optional, satisfying } from './schema.js';

const snapshotInput = object({
  snapshotId: optional(nonBlank),
  sessionId: optional(nonBlank),
  parentId: optional(nonBlank),
  createdAt: instant,
  updatedAt: optional(instant),
  heartbeatAt: optional(instant),
  status: optional(
    satisfying(
      (status) => typeof status === 'string' && status !== 'expired',
      'a status other than "expired", which is never stored',
    ),
  ),
  state: optional(object({ sessionId: optional(nonBlank) })),
});

/** What a mutator returned, once it is known to be a snapshot that can be stored. */
export function requireSnapshotInput<S>(result: unknown): SessionSnapshotInput<S> {
  if (typeof (result as PromiseLike<unknown> | undefined)?.then === 'function') {
    // Nobody else will ever look at it.
    Promise.resolve(result).catch(() => {});
    throw invalid('', 'the mutator returned a promise. It must return a snapshot or null');
  }
  if (typeof result !== 'object' || Array.isArray(result)) {
    const kind = Array.isArray(result) ? 'an array' : typeof result;
    throw invalid('', `the mutator returned ${kind}. It must return a snapshot or null`);
  }
  requireValid(snapshotInput, result);
  return result as SessionSnapshotInput<S>;
}
