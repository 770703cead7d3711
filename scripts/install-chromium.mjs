// Makes sure that there is a Chromium to test with.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { findChromium } from './chromium.mjs';

/** @param {string} command */
const run = (command) =>
  spawnSync(command, {
    shell: true,
    stdio: 'inherit',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  }).status === 0;

function isDebian() {
  try {
    // Not Ubuntu, whose `chromium` is only a pointer to a snap.
    return /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

const isRoot = process.getuid?.() === 0;

if (!findChromium()) {
  if (isRoot && isDebian()) {
    run('apt-get update && apt-get install -y --no-install-recommends chromium');
  }
  // Everywhere else, or if Debian's archive did not answer. Only root can add the system libraries it needs.
  if (!findChromium()) run(`npx playwright install ${isRoot ? '--with-deps ' : ''}chromium`);
}

const found = findChromium();
console.log(found ? `Chromium: ${found}` : 'No Chromium. Install one, or name it in CHROMIUM_PATH.');
process.exitCode = found ? 0 : 1;
