// The goals as each engine's latest whole run of them came out, in one table.
import { readdirSync, readFileSync } from 'node:fs';
import { mediansOf } from '../report.mjs';
import { write } from '../results.mjs';
import { goalsOfEngines } from './table.mjs';

const folder = new URL('../results/', import.meta.url);
const PREFIX = 'goals-';

/** Keeps a run of the goals, and sets it beside those of the other engines. @param {string} engine @param {string} tables @param {import('../report.mjs').Run} run */
export async function keepGoals(engine, tables, run) {
  await write(`${PREFIX}${engine}`, tables, run);
  const kept = readdirSync(folder).filter((name) => name.startsWith(PREFIX) && name.endsWith('.json'));
  /** @type {import('../report.mjs').Run[]} */
  const runs = kept.toSorted().map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')));
  const engines = runs.map(({ browser, results }) => ({ name: browser, of: mediansOf(results) }));
  const told = runs.map(
    ({ browser, machine, date, seconds }) =>
      `- ${browser}: ${machine}, ${date}, ${(seconds / 60).toFixed(0)} minutes`,
  );
  await write('engines', ['# Goals', told.join('\n'), goalsOfEngines(engines)].join('\n\n'));
}
