// The ways to store conversations, in the order of the tables.

/** @typedef {import('./workloads.mjs').Kind} Kind */

/**
 * @typedef {object} VariantPlan
 * @property {string} name its file in variants/
 * @property {string} label
 * @property {string[]} packages what it needs from bench/package.json
 * @property {boolean} [often] measured in every round: Offshoot, the floors and JSON Patch
 * @property {boolean} [quick] part of --quick
 * @property {boolean} [ours] Offshoot itself, so --against measures it
 * @property {Kind[]} [kinds] what it is measured at; everything, if it does not say
 */

/** @type {VariantPlan[]} */
export const variants = [
  { name: 'offshoot', label: '**Offshoot**', packages: [], often: true, quick: true, ours: true },
  {
    name: 'offshoot-frozen',
    label: '**Offshoot**, frozen messages',
    packages: [],
    often: true,
    quick: true,
    ours: true,
    kinds: ['chat'],
  },
  {
    name: 'raw-rows',
    label: 'raw idb, new rows only',
    packages: [],
    often: true,
    quick: true,
    kinds: ['chat'],
  },
  {
    name: 'raw-counted',
    label: 'raw idb, new rows, clock, counts and indexes',
    packages: [],
    often: true,
    quick: true,
    kinds: ['chat'],
  },
  {
    name: 'raw-whole',
    label: 'raw idb, whole snapshots, history kept',
    packages: [],
    often: true,
    quick: true,
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
    quick: true,
    kinds: ['concurrent', 'delivery', 'crash', 'sessions'],
  },
  {
    name: 'json-patch',
    label: 'JSON Patch, checkpoint every 25',
    packages: ['fast-json-patch'],
    often: true,
    quick: true,
    kinds: ['chat'],
  },
  {
    name: 'dexie-deltas',
    label: 'Dexie, hand-written deltas',
    packages: ['dexie'],
    quick: true,
    kinds: ['chat'],
  },
  {
    name: 'sqlite-opfs',
    label: 'SQLite on OPFS, a row for each message',
    packages: ['@sqlite.org/sqlite-wasm'],
    quick: true,
    kinds: ['chat'],
  },
  { name: 'dexie-whole', label: 'Dexie, whole snapshots', packages: ['dexie'], quick: true },
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
