// What is measured, in which order, and how often.

/** @typedef {'chat' | 'concurrent' | 'delivery' | 'crash' | 'sessions'} Kind */

/**
 * @typedef {object} WorkloadPlan
 * @property {string} name
 * @property {Kind} kind
 * @property {string} title
 * @property {boolean} quick whether --quick includes it
 * @property {boolean} [againstQuick] whether --against --quick does
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
    againstQuick: true,
    rounds: 3,
    grows: true,
  },
  {
    name: 'tools-1000',
    kind: 'chat',
    title: 'A chat with tool calls, 1,000 turns',
    quick: true,
    againstQuick: true,
    rounds: 3,
    grows: true,
  },
  {
    name: 'window',
    kind: 'chat',
    title: 'Sliding window of 40 messages, 1,000 turns',
    quick: true,
    againstQuick: true,
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
    againstQuick: true,
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
