import { nanoid } from 'nanoid';
import type { SaveOptions, SnapshotMutator } from '../types/snapshot.js';
import { Refusal } from '../database/transaction.js';
import { checkedMutator } from '../snapshots/save/draft.js';
import type { Save } from '../session/port.js';
import type { SaveRequest } from '../snapshots/save/save-snapshot.js';
import { picked, requireId, requireValid } from '../values/arguments.js';
import { bare } from '../values/property.js';
import { callable, flag, optional } from '../values/schema.js';
import type { StoreOptions } from './options.js';

export function newId({ generateId = nanoid }: StoreOptions): string {
  const id = generateId();
  requireId(id, 'generateId()');
  return id;
}

/** What every save of a store has. */
function requestOf<S>(options: StoreOptions, generateId: () => string): SaveRequest<S> {
  const { maxPersistedChainLength, frozen, generateId: own } = options;
  return {
    snapshotId: undefined,
    generateId,
    hasRandomIds: own === undefined,
    maxPersistedChainLength,
    frozen,
  };
}

/** The save of an extension. */
export const extensionRequest = <S>(
  options: StoreOptions,
  { newId, extension, ...save }: Save<S>,
): SaveRequest<S> => bare({ ...requestOf<S>(options, () => newId!), ...save, extension: bare(extension!) });

/** An arrow function without parameters cannot see what it is called with. */
const takesNothing = (mutator: unknown) => /^\(\)\s*=>/.test(Function.prototype.toString.call(mutator));

/** The save of a mutator. `prefix`: where its arguments stand. */
export function mutation<S>(
  options: StoreOptions,
  { snapshotId, mutator }: { snapshotId?: string | undefined; mutator: SnapshotMutator<S> },
  prefix: string,
  call: SaveOptions | undefined,
): SaveRequest<S> {
  // Frameworks pass options of their own, so nothing else is looked at.
  const own = (given: SaveOptions) => (Object.hasOwn(given, 'requireParent') ? ['requireParent'] : []);
  const { requireParent } = bare(call ? picked(call, 'options', own) : {});
  requireValid(optional(flag), requireParent, 'options.requireParent');
  if (snapshotId !== undefined) requireId(snapshotId, `${prefix}snapshotId`);
  requireValid(callable, mutator, `${prefix}mutator`);
  let generated: string | undefined;
  // One id for all attempts, so that a retried save writes the same snapshot.
  const generateId = () => {
    try {
      return (generated ??= newId(options));
    } catch (error) {
      throw new Refusal(error);
    }
  };
  return bare({
    ...requestOf<S>(options, generateId),
    requireParent: requireParent === true,
    snapshotId,
    isBlind: snapshotId === undefined || takesNothing(mutator),
    mutator: checkedMutator(mutator, options.stateSchema),
  });
}
