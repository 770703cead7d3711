import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** The code blocks of a page, as they are printed. */
const blocksOf = (page: string) =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/^```\w+\n([^]*?)^```$/gm)].map(([, code]) => code!);

/** The code block of a page that has this part. */
export function blockOf(page: string, part: string): string {
  const block = blocksOf(page).find((code) => code.includes(part));
  if (block === undefined) throw new Error(`${page} has no code block with ${part}.`);
  return block;
}

/**
 * A folder with an app's files, and the built package with what it depends on, as npm would have put them there. Its other
 * packages lie above it.
 */
export function createApp(files: Record<string, string>): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(root, 'test/frameworks/.app-'));
  const install = (from: string, name: string, parts = ['']) => {
    for (const part of parts) {
      cpSync(join(root, from, part), join(folder, 'node_modules', name, part), { recursive: true });
    }
  };
  install('', 'offshoot', ['package.json', 'dist']);
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  for (const name of Object.keys(dependencies)) install(`node_modules/${name}`, name);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
