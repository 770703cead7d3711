import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Runs a module in a Node of its own: a server without IndexedDB, where `offshoot` is what package.json's
 * exports say, the built files. In another `folder` it is a link, which must find that folder's packages.
 */
export async function onServer(code: string, folder = '.'): Promise<unknown> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--preserve-symlinks', '--input-type=module', '--eval', code],
    { cwd: `${root}/${folder}` },
  );
  return JSON.parse(stdout);
}

/** What only browsers have, or have in another shape. Looking at any of it throws. */
export const trapBrowserGlobals = `
  const names = ['window', 'document', 'location', 'navigator', 'indexedDB', 'IDBKeyRange', 'IDBDatabase',
    'BroadcastChannel', 'localStorage', 'addEventListener', 'reportError'];
  for (const name of names) {
    Object.defineProperty(globalThis, name, { get() { throw new Error('looked at ' + name); } });
  }
`;
