import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Runs the first example of a page of docs/ as it stands, on the built package, in a Node that has fake-indexeddb.
 * Returns its length in lines, and what it printed.
 */
export async function runExample(page: string): Promise<{ lines: number; output: string }> {
  const code = /```js\n([^]*?)```/.exec(readFileSync(`${root}/docs/${page}`, 'utf8'))?.[1] ?? '';
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'fake-indexeddb/auto', '--input-type=module', '--eval', code],
    { cwd: root },
  );
  return { lines: code.trimEnd().split('\n').length, output: stdout.trim() };
}
