// Which WebKitGTK the tests use: a driver, a display for it, and what test/engines/webkit/browser.py is made of.
import { spawnSync } from 'node:child_process';
import { findOnPath } from './executables.mjs';

export const packages = ['webkit2gtk-driver', 'xvfb', 'python3-gi', 'gir1.2-webkit2-4.1'];

// Debian's own: another Python on the PATH does not see Debian's packages.
const python = '/usr/bin/python3';

const hasBindings = () =>
  spawnSync(python, ['-c', "import gi; gi.require_version('WebKit2', '4.1')"], { stdio: 'ignore' }).status ===
  0;

/** `undefined` if a part of it is not there. */
export function findWebKit() {
  const [driver, display] = [findOnPath('WebKitWebDriver'), findOnPath('Xvfb')];
  return driver && display && hasBindings() ? { driver, display, python } : undefined;
}
