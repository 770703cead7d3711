// Turns measurements into Markdown: a table for each workload, medians with ratios to the floors.
import { columns } from './columns.mjs';
import { median } from './drive/median.mjs';
import { goalTable } from './goals/table.mjs';
import { variants } from './plan/variants.mjs';

/** @typedef {import('./drive/index.mjs').Result} Result */
/** @typedef {(workload: string, variant: string, key: string) => number} Lookup `NaN` for what was not measured */

/** @param {Result[]} results @returns {Lookup} */
export function mediansOf(results) {
  return (workload, variant, key) =>
    median(
      results
        .filter((result) => result.workload === workload && result.variant === variant)
        .map(({ values }) => values?.[key])
        .filter((value) => typeof value === 'number'),
    );
}

/**
 * @typedef {object} Run
 * @property {string} browser
 * @property {string} machine
 * @property {string} date
 * @property {string} command
 * @property {Record<string, string>} versions
 * @property {number} seconds
 * @property {import('./plan/workloads.mjs').WorkloadPlan[]} workloads
 * @property {Result[]} results
 */

/** @param {Run} run */
export function render({ browser, machine, date, command, versions, seconds, workloads, results }) {
  const of = mediansOf(results);
  const listed = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    '# Bench',
    `${browser}, ${machine}, ${date}, \`${command}\`, ${(seconds / 60).toFixed(1)} minutes. Medians; in brackets, how many times the floor. Only ratios within one run mean anything. How it is measured: README.md.`,
    listed.join(', '),
    '## Goals',
    'In bold what is missed, without a figure what this run did not measure. The size has `npm run check:size`.',
    goalTable(of),
    ...workloads.flatMap((workload) => [`## ${workload.title}`, table(workload, results, of)]),
  ].join('\n\n');
}

/**
 * @param {import('./plan/workloads.mjs').WorkloadPlan} workload @param {Result[]} all @param {Lookup} of
 */
function table({ name, kind }, all, of) {
  const results = all.filter(({ workload }) => workload === name);
  const shown = variants.filter((variant) => results.some((result) => result.variant === variant.name));
  const used = columns[kind].filter(({ key }) =>
    shown.some((variant) => !Number.isNaN(of(name, variant.name, key))),
  );
  const lines = shown.map((variant) => {
    const own = results.filter((result) => result.variant === variant.name);
    const without = own.find(({ values }) => !values);
    // One failure is told even if other rounds went well.
    const reason = without && (without.notOffered ?? `failed: ${without.failed}`);
    const cells = used.map((column) => cell(column, name, variant.name, of));
    const label = isUsedInManyWays(kind) ? variant.label : variant.label.split(',')[0];
    return [`${label}, ${own.length} ×`, ...(reason ? [reason, ...cells.slice(1).fill('')] : cells)];
  });
  const header = ['Variant, rounds', ...used.map(({ title }) => title.trim())];
  return [header, header.map((_, at) => (at === 0 ? '---' : '--:')), ...lines]
    .map((line) => `| ${line.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}

/** Where it makes a difference how a library is used. @param {import('./plan/workloads.mjs').Kind} kind */
const isUsedInManyWays = (kind) => !['concurrent', 'delivery', 'crash', 'sessions', 'values'].includes(kind);

/** @param {import('./columns.mjs').Column} column @param {string} workload @param {string} variant @param {Lookup} of */
function cell({ key, scale, digits, floor, floorKey = key }, workload, variant, of) {
  const value = of(workload, variant, key);
  if (Number.isNaN(value)) return 'none';
  const ratio = floor === undefined ? NaN : value / of(workload, floor, floorKey);
  const absolute = (value / scale).toFixed(digits);
  return Number.isFinite(ratio) ? `${absolute} (${ratio.toFixed(ratio < 100 ? 2 : 0)} ×)` : absolute;
}
