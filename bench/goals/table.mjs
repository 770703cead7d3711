// What Offshoot is to reach, and whether this run did: one line for each goal.
import { goals } from './goals.mjs';

/** @typedef {import('../report.mjs').Lookup} Lookup */

/** @param {Lookup} of */
export function goalTable(of) {
  const lines = goals.map(({ says, text, tools }) => [says, ...cells(text, of), ...cells(tools, of)]);
  return [['Goal', 'text', 'measured', 'tools', 'measured'], ['---', '--:', '--:', '--:', '--:'], ...lines]
    .map((line) => `| ${line.join(' | ')} |`)
    .join('\n');
}

/** The limit, and what came of it. @param {import('./goals.mjs').Aim | undefined} aim @param {Lookup} of */
function cells(aim, of) {
  if (!aim) return ['', ''];
  const { limit, unit = '', least = false, measure, otherwise } = aim;
  const value = measure(of);
  const goal = `${least ? '≥' : '≤'} ${limit}${unit}${otherwise ? `, or ${otherwise.limit} ×` : ''}`;
  if (Number.isNaN(value)) return [goal, ''];
  const other = otherwise ? otherwise.measure(of) : NaN;
  const reached = (least ? value >= limit : value <= limit) || other <= (otherwise?.limit ?? 0);
  const told = `${value.toFixed(2)}${unit}${Number.isNaN(other) ? '' : `, ${other.toFixed(2)} ×`}`;
  return [goal, reached ? `${told} ✓` : `**${told}**`];
}
