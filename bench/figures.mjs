// The figures that Offshoot is to reach, and whether this run did.

/** @typedef {import('./report.mjs').Lookup} Lookup */

/**
 * @typedef {object} Figure
 * @property {string} says
 * @property {'most' | 'least'} bound
 * @property {number} limit
 * @property {(of: Lookup) => number} measure `NaN` if the run did not measure it
 */

/** @param {string} workload @param {string} key @param {string} floor @returns {Figure['measure']} */
const ratio =
  (workload, key, floor, floorKey = key) =>
  (of) =>
    of(workload, 'offshoot', key) / of(workload, floor, floorKey);

/** @type {Figure[]} */
const toReach = [
  {
    says: 'Save at turn 1,000 ÷ new rows only',
    bound: 'most',
    limit: 1.5,
    measure: ratio('chat-1000', 'saveLast', 'raw-rows'),
  },
  {
    says: 'Save at turn 1,000 ÷ save at turn 10',
    bound: 'most',
    limit: 1.25,
    measure: (of) => of('chat-1000', 'offshoot', 'longToShort'),
  },
  {
    says: 'Living rows, 1,000 turns ÷ new rows only',
    bound: 'most',
    limit: 1.15,
    measure: ratio('chat-1000', 'livingBytes', 'raw-rows'),
  },
  {
    says: 'On disk after reopening, 1,000 turns ÷ new rows only',
    bound: 'most',
    limit: 1.6,
    measure: ratio('chat-1000', 'diskBytes', 'raw-rows'),
  },
  {
    says: 'Living rows with 5 MB of images (data URLs) ÷ the transcript, which has each once',
    bound: 'most',
    limit: 1.15,
    measure: (of) =>
      of('images-url', 'offshoot', 'livingBytes') / of('images-url', 'offshoot', 'transcriptBytes'),
  },
  {
    says: 'Cold first read, 1,000 turns ÷ one row that holds it all',
    bound: 'most',
    limit: 1.3,
    measure: ratio('chat-1000', 'firstRead', 'raw-whole'),
  },
  {
    says: 'Warm read, 1,000 turns ÷ one row that holds it all, cold',
    bound: 'most',
    limit: 0.3,
    measure: ratio('chat-1000', 'warmRead', 'raw-whole', 'firstRead'),
  },
  {
    says: 'Living rows, sliding window ÷ the transcript',
    bound: 'most',
    limit: 1.3,
    measure: (of) => of('window', 'offshoot', 'livingBytes') / of('window', 'offshoot', 'transcriptBytes'),
  },
  {
    says: '16 concurrent saves of one snapshot, gain',
    bound: 'least',
    limit: 5,
    measure: (of) => of('concurrent', 'offshoot', 'gainOfOne'),
  },
  {
    says: '16 concurrent saves of 16 snapshots, gain',
    bound: 'least',
    limit: 1.5,
    measure: (of) => of('concurrent', 'offshoot', 'gainOfMany'),
  },
];

/** @param {Lookup} of */
export function figures(of) {
  const lines = toReach.map(({ says, bound, limit, measure }) => {
    const value = measure(of);
    const reached = bound === 'most' ? value <= limit : value >= limit;
    const verdict = Number.isNaN(value)
      ? ['not measured', '']
      : [value.toFixed(2), reached ? 'yes' : '**no**'];
    return `| ${[says, `at ${bound} ${limit}`, ...verdict].join(' | ')} |`;
  });
  return ['| Offshoot | figure | measured | reached |', '| --- | --: | --: | --- |', ...lines].join('\n');
}
