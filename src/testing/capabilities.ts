/**
 * What a store may lack and still be usable with Genkit, each with the behaviour that the contract asks for. Genkit's
 * own three stores lack most of these, each a different set.
 *
 * Name a missing one in {@link DescribeSessionStoreOptions.lacks}.
 */
export const SESSION_STORE_CAPABILITIES = {
  'blank-ids-refused': 'A blank id is an error with status INVALID_ARGUMENT.',
  'any-id': 'Any string that is not blank can be a snapshot id or a session id.',
  'structured-clone-values': 'Whatever structured clone can copy comes back: dates, maps, bytes, cycles.',
  'instants-compared': 'The latest leaf is found by comparing instants, whatever offset they are written in.',
  'ties-to-last-saved': 'Of two leaves created in the same instant, the one saved last is the latest.',
  'branching-refusable': 'With `rejectBranchingSessions` a session of several leaves has no latest snapshot.',
  'self-parent-repaired': 'A snapshot that names itself as its parent keeps the parent it had.',
  'session-kept': 'A rewrite that omits the session id keeps it.',
  'session-change-refused': 'A rewrite cannot move a snapshot into another session.',
  'mutator-result-checked': 'A mutator that returns neither a snapshot nor null is an INVALID_ARGUMENT.',
  'uncloneable-path-named': 'A value that cannot be stored is an INVALID_ARGUMENT that names its path.',
  expiry: 'A pending snapshot whose worker is dead reads as expired; what is stored stays pending.',
  watching: 'The store has `onSnapshotStateChange`.',
  'initial-delivery': 'A new watcher is told what is stored.',
  'independent-watchers':
    'A watcher that throws or unsubscribes hurts neither the save nor the other watchers.',
  'watcher-errors-reported': 'What a watcher throws goes to `reportError`.',
  pruning: 'With `maxPersistedChainLength` ancestors further away are deleted on save.',
  tenancy: '`snapshotPathPrefix` keeps tenants apart.',
  'shared-data': 'Several stores can be open over the same data, and see each other.',
} as const;

/** The name of something that a store may lack. */
export type SessionStoreCapability = keyof typeof SESSION_STORE_CAPABILITIES;
