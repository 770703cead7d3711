// Installs from Debian's archive.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { findOnPath } from './executables.mjs';

/** @param {string} command @returns whether it succeeded */
export const run = (command) =>
  spawnSync(command, {
    shell: true,
    stdio: 'inherit',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  }).status === 0;

function isDebian() {
  try {
    // Not Ubuntu, whose browsers are only pointers to snaps.
    return /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

/** As root, or where sudo asks for nothing. Elsewhere it does nothing. @param {string[]} packages */
export function installFromDebian(packages) {
  if (!isDebian()) return;
  const asRoot =
    process.getuid?.() === 0
      ? ''
      : findOnPath('sudo') && 'sudo --non-interactive --preserve-env=DEBIAN_FRONTEND ';
  if (asRoot === undefined) return;
  run(`${asRoot}apt-get update`);
  run(`${asRoot}apt-get install -y --no-install-recommends ${packages.join(' ')}`);
}
