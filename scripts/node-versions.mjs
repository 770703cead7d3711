// Which Nodes the frameworks are tested in, and where each is: the one that runs this, or one from npm, whose packages
// `node-<platform>-<arch>` hold the executable.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** The lowest that the library is made for, and the lowest that every framework is made for. */
export const MAJORS = [20, 22];

/** The executable of a Node of this major version. @param {number} major */
export function nodeOf(major) {
  if (Number(process.versions.node.split('.')[0]) === major) return process.execPath;
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const folder = resolve(`test/frameworks-node-${major}`);
  const executable = `${folder}/node_modules/${name}/bin/node${platform === 'win' ? '.exe' : ''}`;
  if (!existsSync(executable)) {
    const { status } = spawnSync(
      `npm install --prefix ${folder} ${name}@${major} --ignore-scripts --no-audit --no-fund --loglevel=error`,
      { shell: true, stdio: 'inherit' },
    );
    if (status !== 0 || !existsSync(executable))
      throw new Error(
        `npm has no Node ${major} for ${platform} on ${process.arch}. Run this with that Node.`,
      );
  }
  return executable;
}

/** What makes a program, and those that it starts, run in that Node. @param {string} executable */
export const pathWith = (executable) =>
  `${dirname(executable)}${process.platform === 'win32' ? ';' : ':'}${process.env['PATH']}`;
