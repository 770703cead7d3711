// The libraries that Offshoot is measured against: installed when they are first needed, exactly as locked.
import { execSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';

const at = (/** @type {string} */ path) => new URL(path, import.meta.url);
const read = (/** @type {URL} */ url) => JSON.parse(readFileSync(url, 'utf8'));
const time = (/** @type {string} */ path) => statSync(at(path), { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** @param {string} name */
export const isInstalled = (name) => time(`node_modules/${name}/package.json`) > 0;

/** Makes sure that they are installed. Answers with the reason if they cannot be, and with nothing otherwise. */
export function installPeers() {
  if (time('node_modules/.package-lock.json') >= time('package-lock.json')) return undefined;
  console.log('Installing the other libraries into bench/node_modules …');
  try {
    const command = 'npm ci --ignore-scripts --no-audit --no-fund --loglevel=error';
    execSync(command, { cwd: at('.'), stdio: 'pipe' });
    return undefined;
  } catch (error) {
    const said = String(/** @type {{ stderr?: Buffer }} */ (error).stderr ?? error);
    return said.trim().split('\n')[0];
  }
}

/** @param {string[]} packages @returns {Record<string, string>} */
export function versions(packages) {
  const ours = ['idb', 'vite'].map((name) => [
    name,
    read(at(`../node_modules/${name}/package.json`)).version,
  ]);
  const theirs = packages
    .filter(isInstalled)
    .map((name) => [name, read(at(`node_modules/${name}/package.json`)).version]);
  if (packages.includes('rxdb') && isInstalled('rxdb/node_modules/dexie')) {
    theirs.push(['dexie inside rxdb', read(at('node_modules/rxdb/node_modules/dexie/package.json')).version]);
  }
  return Object.fromEntries([['offshoot', read(at('../package.json')).version], ...ours, ...theirs]);
}
