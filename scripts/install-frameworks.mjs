// The frameworks that adapters are tested with, installed when the lockfile has changed, exactly as it says; and a link
// to this package beside them, so that they find each other as in an application.
import { execSync } from 'node:child_process';
import { existsSync, statSync, symlinkSync } from 'node:fs';

const folder = 'test/frameworks';
const time = (/** @type {string} */ path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

if (time(`${folder}/node_modules/.package-lock.json`) < time(`${folder}/package-lock.json`)) {
  // Some want a newer Node than the library, and warn; none needs an install script.
  execSync(`npm ci --prefix ${folder} --ignore-scripts --no-audit --no-fund --loglevel=error`, {
    stdio: 'inherit',
  });
}
const link = `${folder}/node_modules/offshoot`;
if (!existsSync(link)) symlinkSync('../../..', link, 'junction');
