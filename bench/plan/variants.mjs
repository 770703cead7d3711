// The ways to store conversations, in the order of the tables.

/** @typedef {import('./workloads.mjs').Kind} Kind */
/** @typedef {import('./workloads.mjs').Set} Set */

/**
 * @typedef {object} VariantPlan
 * @property {string} name its file in variants/
 * @property {string} label
 * @property {string[]} packages what it needs from bench/package.json
 * @property {boolean} [often] measured in every round: Offshoot, the floors and JSON Patch
 * @property {Set[]} [sets] shorter runs that include it; `against` is Offshoot itself
 * @property {Kind[]} [kinds] what it is measured at, if not at the usual
 * @property {string[]} [workloads] the only ones of these
 */

/** @type {Kind[]} */
const CHATS = ['chat', 'stream', 'many', 'heap'];

/** @type {VariantPlan[]} */
export const variants = [
  {
    name: 'offshoot',
    label: '**Offshoot**',
    packages: [],
    often: true,
    sets: ['quick', 'goals', 'against'],
    kinds: [...CHATS, 'opening', 'values', 'transfer', 'concurrent', 'delivery', 'crash', 'sessions'],
  },
  {
    name: 'offshoot-frozen',
    label: '**Offshoot**, frozen messages',
    packages: [],
    often: true,
    sets: ['quick', 'goals', 'against'],
    kinds: [...CHATS, 'opening'],
  },
  {
    name: 'offshoot-append',
    label: '**Offshoot**, `append`',
    packages: [],
    often: true,
    sets: ['goals'],
    kinds: ['chat'],
  },
  {
    name: 'offshoot-encrypted',
    label: '**Offshoot**, encrypted',
    packages: [],
    sets: ['goals', 'against'],
    kinds: ['chat'],
    workloads: ['chat-1000', 'tools-1000'],
  },
  {
    name: 'offshoot-uncompacted',
    label: '**Offshoot**, compacted when it is told to',
    packages: [],
    sets: ['goals'],
    kinds: ['compaction'],
  },
  {
    name: 'raw-rows',
    label: 'raw idb, new rows only',
    packages: [],
    often: true,
    sets: ['quick', 'goals'],
    kinds: CHATS,
  },
  {
    name: 'raw-counted',
    label: 'raw idb, new rows, clock, counts and indexes',
    packages: [],
    often: true,
    kinds: ['chat'],
  },
  {
    name: 'raw-whole',
    label: 'raw idb, whole snapshots, history kept',
    packages: [],
    often: true,
    sets: ['quick', 'goals'],
    kinds: ['chat'],
  },
  {
    name: 'raw-one',
    label: 'raw idb, one row overwritten, no history',
    packages: [],
    kinds: ['chat'],
  },
  {
    name: 'raw',
    label: 'raw idb, by hand',
    packages: [],
    often: true,
    sets: ['quick', 'goals'],
    kinds: ['opening', 'values', 'concurrent', 'delivery', 'crash', 'sessions'],
  },
  {
    name: 'json-patch',
    label: 'JSON Patch, checkpoint every 25',
    packages: ['fast-json-patch'],
    often: true,
    kinds: ['chat'],
  },
  {
    name: 'dexie-deltas',
    label: 'Dexie, hand-written deltas',
    packages: ['dexie'],
    sets: ['quick', 'goals'],
    kinds: [...CHATS, 'opening'],
  },
  {
    name: 'sqlite-opfs',
    label: 'SQLite on OPFS, a row for each message',
    packages: ['@sqlite.org/sqlite-wasm'],
    sets: ['quick', 'goals'],
    kinds: ['chat', 'opening', 'stream', 'many'],
  },
  {
    name: 'sqlite-opfs-wal',
    label: 'SQLite on OPFS, the same, relaxed by hand',
    packages: ['@sqlite.org/sqlite-wasm'],
    sets: ['goals'],
    kinds: ['chat', 'stream'],
  },
  { name: 'dexie-whole', label: 'Dexie, whole snapshots', packages: ['dexie'] },
  {
    name: 'rxdb-deltas',
    label: 'RxDB, hand-written deltas',
    packages: ['rxdb', 'rxjs'],
    kinds: ['chat'],
  },
  { name: 'rxdb-whole', label: 'RxDB, whole snapshots', packages: ['rxdb', 'rxjs'] },
  {
    name: 'pouchdb',
    label: 'PouchDB, a document per snapshot',
    packages: ['pouchdb-browser', 'events'],
  },
  {
    name: 'localforage',
    label: 'localForage, an item per snapshot',
    packages: ['localforage'],
  },
  {
    name: 'idb-keyval',
    label: 'idb-keyval, one value overwritten',
    packages: ['idb-keyval'],
  },
  {
    name: 'tanstack-ai',
    label: 'TanStack AI, indexedDBPersistence',
    packages: ['@tanstack/ai-client'],
  },
];

/** What a variant is measured at that does not say. @type {Kind[]} */
const USUAL = ['chat', 'concurrent', 'delivery', 'crash', 'sessions'];

/**
 * Whether a variant is measured at a workload.
 *
 * @param {VariantPlan} variant @param {import('./workloads.mjs').WorkloadPlan} workload
 */
export function isMeasured(variant, workload) {
  const { kinds = USUAL, workloads = [workload.name] } = variant;
  const others = workload.variants ?? [variant.name];
  return kinds.includes(workload.kind) && workloads.includes(workload.name) && others.includes(variant.name);
}
