// What Offshoot is to reach, and whether a run did: one line for each goal.
import { goals } from './goals.mjs';

/** @typedef {import('../report.mjs').Lookup} Lookup */
/** @typedef {import('./goals.mjs').Aim} Aim */

/** @param {Lookup} of */
export function goalTable(of) {
  const lines = goals.map(({ says, text, tools }) => [
    says,
    limit(text),
    measured(text, of),
    limit(tools),
    measured(tools, of),
  ]);
  return table([['Goal', 'text', 'measured', 'tools', 'measured'], ...lines]);
}

/** The same of several engines beside each other, text · tools. @param {{ name: string, of: Lookup }[]} engines */
export function goalsOfEngines(engines) {
  const lines = goals.map(({ says, text, tools }) => [
    says,
    pair(limit(text), limit(tools)),
    ...engines.map(({ of }) => pair(measured(text, of), measured(tools, of))),
  ]);
  return table([['Goal: text · tools', 'goal', ...engines.map(({ name }) => name)], ...lines]);
}

/** @param {string} text @param {string} tools */
const pair = (text, tools) => (tools === '' ? text : `${text || '–'} · ${tools}`);

/** @param {string[][]} lines the first is the header */
function table([header = [], ...lines]) {
  return [header, header.map((_, at) => (at === 0 ? '---' : '--:')), ...lines]
    .map((line) => `| ${line.join(' | ')} |`)
    .join('\n');
}

/** @param {Aim | undefined} aim */
function limit(aim) {
  if (!aim) return '';
  const { limit, unit = '', least = false, otherwise } = aim;
  return `${least ? '≥' : '≤'} ${limit}${unit}${otherwise ? `, or ${otherwise.limit} ×` : ''}`;
}

/** Bold if the goal is missed, and nothing if it was not measured. @param {Aim | undefined} aim @param {Lookup} of */
function measured(aim, of) {
  const value = aim ? aim.measure(of) : NaN;
  if (!aim || Number.isNaN(value)) return '';
  const { limit, unit = '', least = false, otherwise } = aim;
  const other = otherwise ? otherwise.measure(of) : NaN;
  const reached = (least ? value >= limit : value <= limit) || other <= (otherwise?.limit ?? 0);
  const told = `${value.toFixed(2)}${unit}${Number.isNaN(other) ? '' : `, ${other.toFixed(2)} ×`}`;
  return reached ? `${told} ✓` : `**${told}**`;
}
