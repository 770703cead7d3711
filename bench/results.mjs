import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { render } from './report.mjs';

const folder = fileURLToPath(new URL('results/', import.meta.url));

/** Writes the tables and everything behind them, in the project's style. @param {import('./report.mjs').Run} run */
export async function writeResults(run) {
  const style = await resolveConfig(folder);
  const tables = await format(render(run), { ...style, parser: 'markdown' });
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}latest.md`, tables);
  writeFileSync(`${folder}latest.json`, await format(JSON.stringify(run), { ...style, parser: 'json' }));
  return tables;
}
