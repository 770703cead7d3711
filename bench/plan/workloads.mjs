// What is measured, in which order, and how often.

/** @typedef {'chat' | 'opening' | 'stream' | 'many' | 'values' | 'heap' | 'transfer' | 'compaction' | 'concurrent' | 'delivery' | 'crash' | 'sessions'} Kind */

/** @typedef {'quick' | 'goals' | 'against'} Set `against` is what `--against --quick` measures */

/**
 * @typedef {object} WorkloadPlan
 * @property {string} name
 * @property {Kind} kind
 * @property {string} title
 * @property {Set[]} [sets] shorter runs that include it
 * @property {number} rounds how often variants are that are measured often
 * @property {boolean} [once] takes so long that --rounds does not repeat it, unless --only asks for it
 * @property {boolean} [grows] whether the long chat is set against short ones
 * @property {string[]} [variants] the only ones that are measured at it
 */

const OURS = ['offshoot', 'offshoot-frozen'];
const HUGE = [...OURS, 'raw-rows', 'raw-counted', 'raw-whole', 'dexie-deltas'];

/** @type {WorkloadPlan[]} */
export const workloads = [
  {
    name: 'one-turn',
    kind: 'opening',
    title: 'A session of one turn',
    sets: ['goals', 'against'],
    rounds: 2,
  },
  {
    name: 'chat-100',
    kind: 'chat',
    title: 'Append-only chat, 100 turns',
    sets: ['goals'],
    rounds: 2,
    grows: true,
  },
  { name: 'chat-500', kind: 'chat', title: 'Append-only chat, 500 turns', rounds: 2, grows: true },
  {
    name: 'chat-1000',
    kind: 'chat',
    title: 'Append-only chat, 1,000 turns',
    sets: ['quick', 'goals', 'against'],
    rounds: 3,
    grows: true,
  },
  {
    name: 'tools-1000',
    kind: 'chat',
    title: 'A chat with tool calls, 1,000 turns',
    sets: ['quick', 'goals', 'against'],
    rounds: 3,
    grows: true,
  },
  {
    name: 'chat-10000',
    kind: 'chat',
    title: 'Append-only chat, 10,000 turns',
    sets: ['goals'],
    rounds: 1,
    once: true,
    grows: true,
    variants: HUGE,
  },
  {
    name: 'window',
    kind: 'chat',
    title: 'Sliding window of 40 messages, 1,000 turns',
    sets: ['goals'],
    rounds: 2,
  },
  { name: 'tree', kind: 'chat', title: 'Tree, 20 branches of 50 turns', rounds: 2 },
  {
    name: 'branches',
    kind: 'chat',
    title: '5,000 branches of one conversation',
    sets: ['goals'],
    rounds: 1,
    once: true,
    variants: ['offshoot-frozen', 'raw-rows'],
  },
  {
    name: 'images-url',
    kind: 'chat',
    title: '20 turns with 5 MB of images, as data URLs',
    sets: ['quick'],
    rounds: 2,
  },
  { name: 'images-blob', kind: 'chat', title: '20 turns with 5 MB of images, as Blobs', rounds: 2 },
  {
    name: 'stream-text',
    kind: 'stream',
    title: 'A turn streamed in 200 partial saves, at turn 1,000',
    sets: ['goals'],
    rounds: 2,
  },
  {
    name: 'stream-tools',
    kind: 'stream',
    title: 'The same in a chat with tool calls',
    sets: ['goals'],
    rounds: 2,
  },
  {
    name: 'many-text',
    kind: 'many',
    title: 'Ten sessions of 1,000 turns, used in turns',
    sets: ['goals'],
    rounds: 2,
  },
  {
    name: 'many-tools',
    kind: 'many',
    title: 'Ten sessions of 1,000 turns with tool calls, used in turns',
    sets: ['goals'],
    rounds: 2,
  },
  {
    name: 'values-numbers',
    kind: 'values',
    title: 'A million numbers',
    sets: ['goals'],
    rounds: 1,
    once: true,
  },
  { name: 'values-flags', kind: 'values', title: 'A million flags', sets: ['goals'], rounds: 1, once: true },
  { name: 'values-dates', kind: 'values', title: '200,000 dates', sets: ['goals'], rounds: 1, once: true },
  {
    name: 'values-objects',
    kind: 'values',
    title: '200,000 small objects',
    sets: ['goals'],
    rounds: 1,
    once: true,
  },
  {
    name: 'values-properties',
    kind: 'values',
    title: 'One object of a million properties',
    sets: ['goals'],
    rounds: 1,
    once: true,
  },
  { name: 'heap-text', kind: 'heap', title: 'The heap, 1,000 turns', sets: ['goals'], rounds: 1, once: true },
  {
    name: 'heap-tools',
    kind: 'heap',
    title: 'The heap, 1,000 turns with tool calls',
    sets: ['goals'],
    rounds: 1,
    once: true,
  },
  {
    name: 'heap-text-10000',
    kind: 'heap',
    title: 'The heap, 10,000 turns',
    sets: ['goals'],
    rounds: 1,
    once: true,
  },
  {
    name: 'transfer',
    kind: 'transfer',
    title: 'Export and import of 200 sessions of 100 turns',
    sets: ['goals'],
    rounds: 1,
    once: true,
  },
  {
    name: 'compaction',
    kind: 'compaction',
    title: 'Compacting 3,000 snapshots, alone and while three other tabs work',
    sets: ['goals'],
    rounds: 1,
    once: true,
  },
  {
    name: 'concurrent',
    kind: 'concurrent',
    title: '16 concurrent saves',
    sets: ['quick', 'goals'],
    rounds: 3,
  },
  {
    name: 'delivery',
    kind: 'delivery',
    title: 'From a commit in one tab to a callback in another',
    sets: ['quick', 'goals', 'against'],
    rounds: 3,
  },
  {
    name: 'crash',
    kind: 'crash',
    title: 'From the crash of a tab to the end of its turn in another',
    rounds: 1,
    once: true,
  },
  {
    name: 'sessions',
    kind: 'sessions',
    title: '10,000 sessions, listed by pages of 50',
    sets: ['goals'],
    rounds: 2,
  },
  {
    name: 'sessions-100000',
    kind: 'sessions',
    title: '100,000 sessions, listed by pages of 50',
    sets: ['goals'],
    rounds: 1,
    once: true,
    variants: ['offshoot', 'raw'],
  },
];
