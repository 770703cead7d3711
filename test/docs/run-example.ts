import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The first example of a page of docs/, as a reader would copy it. */
export function exampleIn(page: string): string {
  const text = readFileSync(`${root}/docs/${page}.md`, 'utf8');
  return /```[jt]sx?\n([^]*?)```/.exec(text)![1]!.trimEnd();
}

/** The first example of a page of docs/ in any language, a component of Vue or Svelte included. */
export function printedIn(page: string): string {
  const text = readFileSync(`${root}/docs/${page}.md`, 'utf8');
  return /```(?:tsx|vue|svelte)\n([^]*?)```/.exec(text)![1]!;
}

/** All examples of a file, one after the other, as they are printed. */
export function examplesIn(file: string): string[] {
  const text = readFileSync(`${root}/${file}`, 'utf8');
  return Array.from(text.matchAll(/```tsx?\n([^]*?)```/g), ([, code]) => code!.trimEnd());
}

/**
 * Runs an example in a Node of its own that has fake-indexeddb, with the built package. Returns what it printed. In
 * another `folder`, `offshoot` is a link to the package, which must find that folder's packages as if it lay there.
 */
export async function run(example: string, { before = '', after = '', folder = '.' } = {}): Promise<string> {
  const code = `${before}\n${example}\n${after}`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--preserve-symlinks', '--import', 'fake-indexeddb/auto', '--input-type=module', '--eval', code],
    { cwd: `${root}/${folder}` },
  );
  return stdout.trim();
}
