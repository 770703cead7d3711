// What is measured, in which order, and how often.

/** @typedef {'chat' | 'concurrent' | 'delivery' | 'crash' | 'sessions'} Kind */

/**
 * @typedef {object} VariantPlan
 * @property {string} name its file in variants/
 * @property {string} label
 * @property {string[]} packages what it needs from bench/package.json
 * @property {boolean} [often] measured in every round: Offshoot, the floors and JSON Patch
 * @property {boolean} [quick] part of --quick
 * @property {Kind[]} [kinds] what it is measured at; everything, if it does not say
 */

/** @type {VariantPlan[]} */
export const variants = [
  { name: 'offshoot', label: '**Offshoot**', packages: [], often: true, quick: true },
  {
    name: 'offshoot-frozen',
    label: '**Offshoot**, frozen messages',
    packages: [],
    often: true,
    quick: true,
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

/**
 * @typedef {object} WorkloadPlan
 * @property {string} name
 * @property {Kind} kind
 * @property {string} title
 * @property {boolean} quick whether --quick includes it
 * @property {number} rounds how often variants are that are measured often
 * @property {boolean} [grows] whether the long chat is set against short ones
 */

/** @type {WorkloadPlan[]} */
export const workloads = [
  {
    name: 'chat-100',
    kind: 'chat',
    title: 'Append-only chat, 100 turns',
    quick: false,
    rounds: 2,
    grows: true,
  },
  {
    name: 'chat-500',
    kind: 'chat',
    title: 'Append-only chat, 500 turns',
    quick: false,
    rounds: 2,
    grows: true,
  },
  {
    name: 'chat-1000',
    kind: 'chat',
    title: 'Append-only chat, 1,000 turns',
    quick: true,
    rounds: 3,
    grows: true,
  },
  {
    name: 'tools-1000',
    kind: 'chat',
    title: 'A chat with tool calls, 1,000 turns',
    quick: true,
    rounds: 3,
    grows: true,
  },
  {
    name: 'window',
    kind: 'chat',
    title: 'Sliding window of 40 messages, 1,000 turns',
    quick: true,
    rounds: 2,
  },
  { name: 'tree', kind: 'chat', title: 'Tree, 20 branches of 50 turns', quick: true, rounds: 2 },
  {
    name: 'images-url',
    kind: 'chat',
    title: '20 turns with 5 MB of images, as data URLs',
    quick: true,
    rounds: 2,
  },
  {
    name: 'images-blob',
    kind: 'chat',
    title: '20 turns with 5 MB of images, as Blobs',
    quick: false,
    rounds: 2,
  },
  { name: 'concurrent', kind: 'concurrent', title: '16 concurrent saves', quick: true, rounds: 3 },
  {
    name: 'delivery',
    kind: 'delivery',
    title: 'From a commit in one tab to a callback in another',
    quick: true,
    rounds: 3,
  },
  {
    name: 'crash',
    kind: 'crash',
    title: 'From the crash of a tab to the end of its turn in another',
    quick: false,
    rounds: 1,
  },
  {
    name: 'sessions',
    kind: 'sessions',
    title: '10,000 sessions, listed by pages of 50',
    quick: false,
    rounds: 2,
  },
];

/**
 * The measurements of a workload, round robin, so that what disturbs the machine for a while disturbs all alike.
 * Every round begins with another variant.
 *
 * @param {VariantPlan[]} chosen
 * @param {number} rounds
 * @param {number} peerRounds
 * @returns {{ variant: VariantPlan, round: number }[]}
 */
export function roundRobin(chosen, rounds, peerRounds) {
  return Array.from({ length: Math.max(rounds, peerRounds) }, (_, round) => {
    const turn = chosen.filter(({ often }) => round < (often ? rounds : peerRounds));
    const first = round % turn.length;
    return [...turn.slice(first), ...turn.slice(0, first)].map((variant) => ({ variant, round }));
  }).flat();
}
