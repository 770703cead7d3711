// A commit's files in a temporary folder, with the modules that are installed here.
import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../temporary.mjs';

const project = fileURLToPath(new URL('../..', import.meta.url));

/** @param {string[]} words */
function git(...words) {
  try {
    return execFileSync('git', words, { cwd: project, encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch (error) {
    const said = String(/** @type {{ stderr?: string }} */ (error).stderr || error);
    throw new Error(`git ${words.join(' ')}: ${said.trim()}`, { cause: error });
  }
}

/** @param {string} commit whatever git takes for one */
export async function checkOut(commit) {
  const hash = git('rev-parse', '--verify', '--short', `${commit}^{commit}`);
  const folder = join(await temporaryFolder('commit'), hash);
  git('worktree', 'add', '--detach', folder, hash);
  process.on('exit', () => git('worktree', 'remove', '--force', folder));
  symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'), 'junction');
  return { folder, name: `${hash} (${git('log', '-1', '--format=%s', hash)})` };
}
