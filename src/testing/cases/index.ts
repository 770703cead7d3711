import type { SessionStoreCase } from '../session-store-case.js';
import { branching } from './branching.js';
import { clonedValues } from './cloned-values.js';
import { errors } from './errors.js';
import { ids } from './ids.js';
import { isolation } from './isolation.js';
import { latestLeaf } from './latest-leaf.js';
import { mutators } from './mutators.js';
import { parents } from './parents.js';
import { pruning } from './pruning.js';
import { reading } from './reading.js';
import { roundTrip } from './round-trip.js';
import { sessions } from './sessions.js';
import { sharedData } from './shared-data.js';
import { status } from './status.js';
import { tenancy } from './tenancy.js';
import { uncloneable } from './uncloneable.js';
import { unsubscribing } from './unsubscribing.js';
import { watchers } from './watchers.js';

/** The cases of the contract, in the order of design and README. */
export const sessionStoreCases: readonly SessionStoreCase[] = [
  ...roundTrip,
  ...clonedValues,
  ...isolation,
  ...reading,
  ...latestLeaf,
  ...branching,
  ...parents,
  ...sessions,
  ...ids,
  ...mutators,
  ...uncloneable,
  ...status,
  ...watchers,
  ...unsubscribing,
  ...pruning,
  ...tenancy,
  ...sharedData,
  ...errors,
];
