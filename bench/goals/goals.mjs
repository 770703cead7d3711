// The goals, in the order in which they are told.

/** @typedef {import('../report.mjs').Lookup} Lookup */
/** @typedef {(of: Lookup) => number} Measure `NaN` if the run did not measure it */

/**
 * @typedef {object} Aim
 * @property {number} limit
 * @property {Measure} measure
 * @property {boolean} [least] the limit is the least
 * @property {string} [unit] for what is no ratio
 * @property {{ limit: number, measure: Measure }} [otherwise] another way to reach it
 */

/**
 * @typedef {object} Goal
 * @property {string} says
 * @property {Aim} [text] for plain text, or where it makes no difference
 * @property {Aim} [tools] for chats with tool calls
 */

/**
 * One measurement over another.
 *
 * @param {string} workload @param {string} variant @param {string} key
 * @param {{ by?: string, key?: string, workload?: string }} [floor] what is not said is the same
 * @returns {Measure}
 */
const ratio =
  (workload, variant, key, floor = {}) =>
  (of) =>
    of(workload, variant, key) / of(floor.workload ?? workload, floor.by ?? variant, floor.key ?? key);

/** @param {string} workload @param {string} variant @param {string} key @returns {Measure} */
const value = (workload, variant, key) => (of) => of(workload, variant, key);

const ROWS = { by: 'raw-rows' };
const ONE = { by: 'raw-whole' };

/**
 * The same of a text and of a chat with tool calls.
 *
 * @param {string} says @param {[number, number]} limits @param {(kind: 'text' | 'tools') => Measure} measure
 * @returns {Goal}
 */
const both = (says, [text, tools], measure) => ({
  says,
  text: { limit: text, measure: measure('text') },
  tools: { limit: tools, measure: measure('tools') },
});

/** @param {string} says @param {number} limit @param {Measure} measure @returns {Goal} */
const one = (says, limit, measure) => ({ says, text: { limit, measure } });

const LONG = { text: 'chat-1000', tools: 'tools-1000' };

/** @param {'text' | 'tools'} kind @returns {Aim} */
const longestTask = (kind) => ({
  limit: 8,
  unit: ' ms',
  measure: value(LONG[kind], 'offshoot', 'longestSaving'),
  otherwise: { limit: 1.3, measure: ratio(LONG[kind], 'offshoot', 'longestSaving', ROWS) },
});

/** @param {string} what @param {string} name @param {string} key @returns {Goal} */
const linear = (what, name, key) =>
  one(`${what}: 8 × as much takes`, 10, value(`values-${name}`, 'offshoot', key));

const VALUES = [
  ['numbers', 'Numbers'],
  ['flags', 'Flags'],
  ['dates', 'Dates'],
  ['objects', 'Small objects'],
  ['properties', 'One object of a million properties'],
];

/** @type {Goal[]} */
export const goals = [
  both('Save at turn 1,000 ÷ new rows only, callers that do not freeze', [2, 3], (kind) =>
    ratio(LONG[kind], 'offshoot', 'saveLast', ROWS),
  ),
  both('The same, frozen', [1.5, 1.7], (kind) => ratio(LONG[kind], 'offshoot-frozen', 'saveLast', ROWS)),
  both('Frozen ÷ Dexie with hand-written deltas', [1, 1], (kind) =>
    ratio(LONG[kind], 'offshoot-frozen', 'saveLast', { by: 'dexie-deltas' }),
  ),
  both('Turn 1,000 ÷ turn 10, frozen', [1.15, 1.15], (kind) =>
    value(LONG[kind], 'offshoot-frozen', 'longToShort'),
  ),
  both('The same, not frozen', [1.5, 2], (kind) => value(LONG[kind], 'offshoot', 'longToShort')),
  one('10,000 turns ÷ 10, frozen', 1.3, value('chat-10000', 'offshoot-frozen', 'longToShort')),
  one(
    'First read of a session of one turn ÷ raw open and get',
    1.8,
    ratio('one-turn', 'offshoot', 'firstRead', { by: 'raw' }),
  ),
  one('Cold first read ÷ one row, 100 turns', 1.3, ratio('chat-100', 'offshoot', 'firstRead', ONE)),
  both('Cold first read ÷ one row, 1,000 turns', [1.3, 1.3], (kind) =>
    ratio(LONG[kind], 'offshoot', 'firstRead', ONE),
  ),
  one('Cold first read ÷ one row, window', 1.3, ratio('window', 'offshoot', 'firstRead', ONE)),
  one('After a restart, 100 turns', 1.3, ratio('chat-100', 'offshoot', 'readAfterRestart', ONE)),
  both('After a restart, 1,000 turns', [1.3, 1.3], (kind) =>
    ratio(LONG[kind], 'offshoot', 'readAfterRestart', ONE),
  ),
  one('After a restart, window', 1.3, ratio('window', 'offshoot', 'readAfterRestart', ONE)),
  both('Warm read ÷ one row, cold', [0.1, 0.1], (kind) =>
    ratio(LONG[kind], 'offshoot', 'warmRead', { ...ONE, key: 'firstRead' }),
  ),
  one(
    'A watcher: commit to callback ÷ BroadcastChannel and one get',
    1.3,
    ratio('delivery', 'offshoot', 'fromCommit', { by: 'raw' }),
  ),
  {
    says: 'Longest task of the page while saving 1,000 turns',
    text: longestTask('text'),
    tools: longestTask('tools'),
  },
  both('A partial save of a streamed turn ÷ the same row and a small one', [1.5, 1.5], (kind) =>
    ratio(`stream-${kind}`, 'offshoot', 'partialSave', ROWS),
  ),
  both('The same, frozen', [1.5, 1.5], (kind) =>
    ratio(`stream-${kind}`, 'offshoot-frozen', 'partialSave', ROWS),
  ),
  both('Written per partial save ÷ the floor', [1.5, 1.5], (kind) =>
    ratio(`stream-${kind}`, 'offshoot', 'bytesPerPartial', ROWS),
  ),
  one('Rows after a streamed turn ÷ saved once', 1.15, value('stream-text', 'offshoot', 'rowsToOneSave')),
  one('Their bytes', 1.15, value('stream-text', 'offshoot', 'bytesToOneSave')),
  both('Ten sessions of 1,000 turns in turns ÷ one', [1.15, 1.15], (kind) =>
    value(`many-${kind}`, 'offshoot', 'inTurnsToAlone'),
  ),
  both('The same, frozen', [1.15, 1.15], (kind) =>
    value(`many-${kind}`, 'offshoot-frozen', 'inTurnsToAlone'),
  ),
  one(
    'Cold first read, 10,000 turns ÷ 1,000',
    10,
    ratio('chat-10000', 'offshoot', 'firstRead', { workload: 'chat-1000' }),
  ),
  one('Cold first read ÷ one row, 10,000 turns', 1.3, ratio('chat-10000', 'offshoot', 'firstRead', ONE)),
  one(
    '5,000 branches: the last save ÷ the 100th, frozen',
    1.3,
    ratio('branches', 'offshoot-frozen', 'saveLast', { key: 'saveAtHundred' }),
  ),
  one(
    '100,000 sessions: a page of the list ÷ with 10,000',
    1.3,
    ratio('sessions-100000', 'offshoot', 'laterPages', { workload: 'sessions' }),
  ),
  both('Heap above an empty page ÷ the state it shows, 1,000 turns', [1.5, 1.5], (kind) =>
    value(`heap-${kind}`, 'offshoot', 'heapToState'),
  ),
  one('The same, 10,000 turns', 1.5, value('heap-text-10000', 'offshoot', 'heapToState')),
  ...VALUES.flatMap(([name = '', what = '']) => [
    linear(`${what}, saving`, name, 'valueSaveGrowth'),
    linear(`${what}, saving the next`, name, 'valueNextGrowth'),
    linear(`${what}, reading`, name, 'valueReadGrowth'),
  ]),
  one(
    'compact() while three other tabs work ÷ alone',
    3,
    value('compaction', 'offshoot-uncompacted', 'besideToAlone'),
  ),
  one(
    'The same, if they want to compact as well',
    3,
    value('compaction', 'offshoot-uncompacted', 'atOnceToAlone'),
  ),
  one('Export ÷ the rows as plain JSON', 1.5, value('transfer', 'offshoot', 'exportToDump')),
  one('Import ÷ those rows put', 1.5, value('transfer', 'offshoot', 'importToPut')),
  both('Encrypted ÷ plain, save', [2, 2], (kind) =>
    ratio(LONG[kind], 'offshoot-encrypted', 'saveLast', { by: 'offshoot' }),
  ),
  both('Encrypted ÷ plain, cold read', [2, 2], (kind) =>
    ratio(LONG[kind], 'offshoot-encrypted', 'firstRead', { by: 'offshoot' }),
  ),
  both('Living rows, 1,000 turns ÷ new rows only', [1.15, 1.15], (kind) =>
    ratio(LONG[kind], 'offshoot', 'livingBytes', ROWS),
  ),
  both('On disk after reopening ÷ new rows only', [1.6, 1.6], (kind) =>
    ratio(LONG[kind], 'offshoot', 'diskBytes', ROWS),
  ),
  one(
    'Living rows, sliding window ÷ the transcript',
    1.3,
    ratio('window', 'offshoot', 'livingBytes', { key: 'transcriptBytes' }),
  ),
  one(
    'Living rows with 5 MB of images (data URLs) ÷ the transcript',
    1.15,
    ratio('images-url', 'offshoot', 'livingBytes', { key: 'transcriptBytes' }),
  ),
  {
    says: '16 concurrent saves of one snapshot, gain',
    text: { limit: 5, least: true, measure: value('concurrent', 'offshoot', 'gainOfOne') },
  },
  {
    says: '16 concurrent saves of 16 snapshots, gain',
    text: { limit: 1.5, least: true, measure: value('concurrent', 'offshoot', 'gainOfMany') },
  },
];
