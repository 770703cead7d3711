// Makes sure that there is a Chromium to test with.
import { findChromium } from './chromium.mjs';
import { installFromDebian, run } from './debian.mjs';

const isRoot = process.getuid?.() === 0;

if (!findChromium()) {
  // Running the tests is no reason to ask sudo.
  if (isRoot) installFromDebian(['chromium']);
  // Everywhere else, or if Debian's archive did not answer. Only root can add the system libraries it needs.
  if (!findChromium()) run(`npx playwright install ${isRoot ? '--with-deps ' : ''}chromium`);
}

const found = findChromium();
console.log(found ? `Chromium: ${found}` : 'No Chromium. Install one, or name it in CHROMIUM_PATH.');
process.exitCode = found ? 0 : 1;
