import type { SnapshotCondition, WaitOptions } from './condition.js';
import type { SessionSeed } from './seed.js';
import type { TabStoreOptions } from './tab-store-options.js';
import { invalid, requireValid, taken } from '../values/arguments.js';
import { anything, callable, list, number, optional, record, satisfying } from '../values/schema.js';

export interface PageSessionStoreOptions extends TabStoreOptions {
  /** An address of the app, whose origin has the database. The fixture takes Playwright's `baseURL` by default. */
  url?: string | undefined;
  /** How long to wait for a snapshot, in ms, 0 for no limit. Default 5,000. */
  timeout?: number | undefined;
}

// The values are checked by the store in the helper tab; names are checked here, since a misspelt one would not be
// sent.

const STATUSES: unknown[] = ['pending', 'completed', 'failed', 'aborted'];

/** Only known statuses, although a store keeps any: waiting for a misspelt one would never end. */
const knownStatus = (names: readonly unknown[]) =>
  satisfying((status) => names.includes(status), `one of ${names.join(', ')}`);

const seededStatus = optional(knownStatus(STATUSES));
const awaited = knownStatus([...STATUSES, 'expired']);
const awaitedStatus = optional(
  satisfying(
    (status) =>
      Array.isArray(status)
        ? status.length > 0 && Array.from(status).every((each) => !awaited(each))
        : !awaited(status),
    'pending, completed, failed, aborted or expired, or some of these',
  ),
);

const waitShape = { timeout: optional(number) };

const conditionShape = {
  ...waitShape,
  snapshotId: anything,
  sessionId: anything,
  status: awaitedStatus,
  parentId: anything,
  predicate: optional(callable),
};

const storeShape = {
  ...waitShape,
  url: anything,
  name: anything,
  namespace: anything,
  heartbeatTimeoutMs: anything,
  encryption: optional(record),
};

/** `deriveKey` checks the values. */
const passphraseShape = {
  passphrase: anything,
  salt: anything,
  algorithm: anything,
  iterations: anything,
  memoryKiB: anything,
  passes: anything,
};

const seedShape = {
  sessionId: anything,
  title: anything,
  metadata: anything,
  turns: optional(list),
  snapshots: optional(list),
  selectedSnapshotId: anything,
};

const turnShape = {
  snapshotId: anything,
  parentId: anything,
  createdAt: anything,
  updatedAt: anything,
  heartbeatAt: anything,
  status: seededStatus,
  finishReason: anything,
  error: anything,
  user: anything,
  model: anything,
  custom: anything,
};

export function pageStoreOptions(given: PageSessionStoreOptions): PageSessionStoreOptions {
  const options = taken(storeShape, given);
  const { encryption } = options;
  return encryption
    ? { ...options, encryption: taken(passphraseShape, encryption, 'options.encryption') }
    : options;
}

export const conditionOf = <S>(given: SnapshotCondition<S>): SnapshotCondition<S> =>
  taken(conditionShape, given, 'condition');

/** The options without those of a condition that another argument gives already. */
export const waitOptions = (given: WaitOptions): WaitOptions => taken(waitShape, given);

export function seedOf<S>(given: SessionSeed<S>): SessionSeed<S> {
  const session = taken(seedShape, given, 'session');
  if ((session.turns === undefined) === (session.snapshots === undefined)) {
    throw invalid('', 'seed takes exactly one of turns and snapshots');
  }
  for (const [index, snapshot] of (session.snapshots ?? []).entries()) {
    requireValid(record, snapshot, `snapshots.${index}`);
    requireValid(seededStatus, snapshot.status, `snapshots.${index}.status`);
  }
  if (!session.turns) return session;
  const turns = session.turns.map((turn, index) => taken(turnShape, turn, `turns.${index}`));
  return { ...session, turns };
}
