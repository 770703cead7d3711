// What the tables show of each kind of workload.

/**
 * @typedef {object} Column
 * @property {string} key in a measurement's values
 * @property {string} title
 * @property {number} scale the value is divided by this
 * @property {number} digits
 * @property {string} [floor] the variant that the ratio is to
 * @property {string} [floorKey] if the ratio is to another value of it
 * @property {boolean} [exact] the same in every run
 * @property {boolean} [untold] --against says nothing of it, since other columns tell the same
 */

const MS = { scale: 1, digits: 2 };
const MB = { scale: 1e6, digits: 2 };
const COUNT = { scale: 1, digits: 0 };
const EXACT = { ...COUNT, exact: true };
const SAVING = { floor: 'raw-rows' };
const READING = { floor: 'raw-whole' };
const RAW = { floor: 'raw' };

/** @type {Record<import('./plan/workloads.mjs').Kind, Column[]>} */
export const columns = {
  chat: [
    { key: 'saveLast', title: 'save at the end, ms', ...MS, ...SAVING },
    { key: 'saveShort', title: 'save at turn 10, ms', ...MS, ...SAVING },
    { key: 'longToShort', title: 'end ÷ turn 10', ...MS },
    { key: 'chatMs', title: 'whole chat, s', scale: 1000, digits: 2, ...SAVING },
    { key: 'livingBytes', title: 'living rows, MB', ...MB, exact: true, ...SAVING },
    { key: 'diskBytes', title: 'on disk, MB', ...MB, ...SAVING },
    { key: 'firstRead', title: 'cold first read, ms', ...MS, ...READING },
    { key: 'readAfterRestart', title: 'after a restart, ms', ...MS, ...READING },
    { key: 'warmRead', title: 'warm read, ms (× cold)', ...MS, ...READING, floorKey: 'firstRead' },
    { key: 'longestSaving', title: 'longest task saving, ms', scale: 1, digits: 1 },
    { key: 'longestReading', title: 'longest task reading, ms', scale: 1, digits: 1 },
    { key: 'requestsPerSave', title: 'requests per save', ...EXACT },
    { key: 'requestsPerRead', title: 'requests per first read', ...EXACT },
  ],
  concurrent: [
    { key: 'oneAtATime', title: 'one at a time, ms each', scale: 1, digits: 3, ...RAW },
    { key: 'ofOne', title: '16 of one snapshot, ms each', scale: 1, digits: 3, ...RAW },
    { key: 'gainOfOne', title: 'gain', ...MS, untold: true },
    { key: 'ofMany', title: '16 of 16 snapshots, ms each', scale: 1, digits: 3, ...RAW },
    { key: 'gainOfMany', title: 'gain ', ...MS, untold: true },
    { key: 'lostOfOne', title: 'lost of one, %', scale: 0.01, digits: 0 },
    { key: 'lostOfMany', title: 'lost of 16, %', scale: 0.01, digits: 0 },
  ],
  delivery: [
    { key: 'fromCall', title: 'from the call, ms', ...MS, ...RAW },
    { key: 'fromCallP99', title: 'p99, ms', ...MS, ...RAW },
    { key: 'fromCommit', title: 'from the commit, ms', ...MS, ...RAW },
    { key: 'skipped', title: 'versions skipped of 200', ...COUNT },
    { key: 'backwards', title: 'older after newer', ...COUNT },
  ],
  crash: [
    { key: 'told', title: 'watcher told, ms', scale: 1, digits: 0, ...RAW },
    { key: 'toldMin', title: 'least', ...COUNT },
    { key: 'toldMax', title: 'most', ...COUNT },
    { key: 'read', title: 'read, ms', scale: 1, digits: 0, ...RAW },
    { key: 'readMin', title: 'least ', ...COUNT },
    { key: 'readMax', title: 'most ', ...COUNT },
  ],
  sessions: [
    { key: 'firstPage', title: 'first page with opening, ms', ...MS, ...RAW },
    { key: 'laterPages', title: 'later pages, ms', ...MS, ...RAW },
    { key: 'fillMs', title: 'filling, by the fastest way it offers, s', scale: 1000, digits: 2 },
  ],
  opening: [
    { key: 'firstRead', title: 'first read in a fresh page, ms', ...MS, ...RAW },
    { key: 'readAfterRestart', title: 'after a restart, ms', ...MS, ...RAW },
    { key: 'warmRead', title: 'warm read, ms', ...MS, ...RAW },
    { key: 'longestReading', title: 'longest task reading, ms', scale: 1, digits: 1 },
    { key: 'requestsPerRead', title: 'requests per first read', ...EXACT },
  ],
  stream: [
    { key: 'partialSave', title: 'a partial save, ms', ...MS, ...SAVING },
    { key: 'partialP99', title: 'p99, ms', ...MS, ...SAVING },
    { key: 'longestStreaming', title: 'longest task, ms', scale: 1, digits: 1, ...SAVING },
    { key: 'requestsPerPartial', title: 'requests per partial save', scale: 1, digits: 1, exact: true },
    { key: 'bytesPerPartial', title: 'written per partial save, kB', scale: 1000, digits: 2, exact: true },
    { key: 'rowsLeft', title: 'rows left', ...EXACT },
    { key: 'rowsToOneSave', title: 'rows ÷ one save', ...MS, exact: true },
    { key: 'bytesToOneSave', title: 'bytes ÷ one save', ...MS, exact: true },
  ],
  many: [
    { key: 'saveInTurns', title: 'save in turns, ms', ...MS, ...SAVING },
    { key: 'saveAlone', title: 'save in one, ms', ...MS, ...SAVING },
    { key: 'inTurnsToAlone', title: 'in turns ÷ in one', ...MS },
    { key: 'readInTurns', title: 'read in turns, ms', ...MS },
  ],
  values: [
    { key: 'valueSave', title: 'save, ms', ...MS, ...RAW },
    { key: 'valueSaveGrowth', title: 'for 8 × as much ×', ...MS },
    { key: 'valueNext', title: 'next save, ms', ...MS, ...RAW },
    { key: 'valueNextGrowth', title: 'for 8 × as much × ', ...MS },
    { key: 'valueRead', title: 'first read, ms', ...MS, ...RAW },
    { key: 'valueReadGrowth', title: 'for 8 × as much ×  ', ...MS },
  ],
  transfer: [
    { key: 'exportMs', title: 'export, s', scale: 1000, digits: 2 },
    { key: 'exportToDump', title: '÷ rows as plain JSON', ...MS },
    { key: 'importMs', title: 'import, s', scale: 1000, digits: 2 },
    { key: 'importToPut', title: '÷ those rows put', ...MS },
  ],
  compaction: [
    { key: 'compactAlone', title: 'alone, s', scale: 1000, digits: 2 },
    { key: 'compactBeside', title: 'while three tabs work, s', scale: 1000, digits: 2 },
    { key: 'besideToAlone', title: 'beside ÷ alone', ...MS },
    { key: 'compactAtOnce', title: 'all four at once, s', scale: 1000, digits: 2 },
    { key: 'atOnceToAlone', title: 'at once ÷ alone', ...MS },
    { key: 'saveBefore', title: 'their saves before, ms', ...MS },
    { key: 'saveMeanwhile', title: 'meanwhile, ms', ...MS },
    { key: 'saveMeanwhileP99', title: 'p99, ms', ...MS },
  ],
  heap: [
    { key: 'heapOfState', title: 'the state alone, MB', ...MB },
    { key: 'heapShown', title: 'a page that shows it, MB', ...MB },
    { key: 'heapToState', title: 'page ÷ state', ...MS },
  ],
};
