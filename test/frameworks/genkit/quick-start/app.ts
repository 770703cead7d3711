import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../../..');

/** A folder with an app's files and the built package, as npm would have put it there. Its other packages lie above it. */
export function createApp(files: Record<string, string>): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(root, 'test/frameworks/.app-'));
  const installed = join(folder, 'node_modules/offshoot');
  mkdirSync(installed, { recursive: true });
  for (const name of ['package.json', 'dist'])
    cpSync(join(root, name), join(installed, name), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
