// What the comparison with a commit says, as Markdown.
import { columns } from '../columns.mjs';
import { median } from '../drive/median.mjs';
import { compare } from './verdict.mjs';

/**
 * @typedef {object} Compared
 * @property {import('../plan/workloads.mjs').WorkloadPlan} workload
 * @property {import('../plan/variants.mjs').VariantPlan} variant
 * @property {import('./in-turns.mjs').Round[]} rounds
 * @property {string} [failed]
 */

/** @param {{ heading: string, commit: string, compared: Compared[] }} run */
export function renderAgainst({ heading, commit, compared }) {
  const all = compared.map(({ workload, variant, rounds, failed }) => ({
    name: `${workload.title}${variant.name === 'offshoot' ? '' : `, ${variant.label.split(', ')[1]}`}`,
    failed,
    found: columnsOf(workload.kind)
      .filter(({ untold }) => !untold)
      .map((column) => compare(column, rounds))
      .filter((one) => one !== undefined),
  }));
  return [
    `# The working tree against ${commit}`,
    heading,
    ...sentences(all),
    ...all.flatMap(({ name, failed, found }) => [`## ${name}`, failed ? `Failed: ${failed}` : table(found)]),
  ].join('\n\n');
}

/** A chat is gone on with by a streamed turn, too. @param {import('../plan/workloads.mjs').Kind} kind */
const columnsOf = (kind) => [
  ...columns[kind],
  ...(kind === 'chat' ? columns.stream.filter(({ key }) => key === 'partialSave') : []),
];

/** @param {{ name: string, found: import('./verdict.mjs').Comparison[], failed: string | undefined }[]} all */
function sentences(all) {
  const told = (/** @type {string} */ wanted) =>
    all.flatMap(({ name, found }) =>
      found
        .filter(({ verdict }) => verdict === wanted)
        .map((one) => `- ${name}: ${one.title}: ${difference(one)}`),
    );
  const [slower, faster] = [told('slower'), told('faster')];
  const same = all.flatMap(({ found }) => found.filter(({ verdict }) => verdict === 'as before'));
  const noise = median(
    same.map(({ spread: [least, most] }) => (most - least) / 2).filter((half) => half > 0),
  );
  const rest = `${slower.length + faster.length > 0 ? 'All else' : 'Everything'} is as before: ${same.length} columns`;
  return [
    ...(slower.length > 0 ? [`**Slower, or more:**\n\n${slower.join('\n')}`] : []),
    ...(faster.length > 0 ? [`**Faster, or fewer:**\n\n${faster.join('\n')}`] : []),
    `${rest}${noise > 0 ? `, with a noise (half the spread of the rounds) of ${(noise * 100).toFixed(0)} % in the middle` : ''}.`,
  ];
}

/** @param {import('./verdict.mjs').Comparison} one */
function difference(one) {
  if (one.exact) return `${number(one.now)} instead of ${number(one.before)}`;
  return `${times(one.ratio)}, rounds ${spread(one)}`;
}

/** @param {import('./verdict.mjs').Comparison[]} found */
function table(found) {
  const lines = found.map((one) => [
    one.title,
    number(one.now),
    number(one.before),
    times(one.ratio),
    `${spread(one)} (${one.rounds})`,
    ['slower', 'faster'].includes(one.verdict) ? `**${one.verdict}**` : one.verdict,
  ]);
  const header = ['Column', 'now', 'before', 'now ÷ before', 'rounds', 'verdict'];
  return [header, header.map((_, at) => (at === 0 ? '---' : '--:')), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

const times = (/** @type {number} */ ratio) => `${ratio.toFixed(2)} ×`;
const number = (/** @type {number} */ value) => (Number.isInteger(value) ? String(value) : value.toFixed(2));
/** @param {import('./verdict.mjs').Comparison} one */
const spread = ({ spread: [least, most] }) => `${least.toFixed(2)} to ${most.toFixed(2)}`;
