import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const folder = fileURLToPath(new URL('results/', import.meta.url));

/**
 * Writes the tables and everything behind them, in the project's style.
 *
 * @param {string} name @param {string} tables @param {unknown} [behind]
 */
export async function write(name, tables, behind) {
  const style = await resolveConfig(folder);
  const formatted = await format(tables, { ...style, parser: 'markdown' });
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}${name}.md`, formatted);
  if (behind === undefined) return formatted;
  writeFileSync(`${folder}${name}.json`, await format(JSON.stringify(behind), { ...style, parser: 'json' }));
  return formatted;
}
