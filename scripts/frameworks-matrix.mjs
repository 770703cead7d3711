// `node scripts/frameworks-matrix.mjs lowest newest`: the adapters' and bindings' tests, in Node 20 and 22, with the lowest
// and with the newest version of each framework that they are made for. Each end of the ranges has folders of its own:
// one beside test/frameworks, from which it copies the tests, and others with what test/react, test/vue and test/svelte
// draw with.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { MAJORS, nodeOf, pathWith } from './node-versions.mjs';

const source = 'test/frameworks';
/** What is not run in Node, or only reads the docs. */
const others = ['docs', 'next', 'types', 'node_modules', 'package-lock.json', 'tsconfig.json'];

/** @type {(path: string) => any} */
const json = (path) => JSON.parse(readFileSync(path, 'utf8'));
/** What the adapters are made for; package.json accepts any version, so that none refuses to be installed beside the library. */
/** @type {Record<string, string>} */
const ranges = {
  '@ag-ui/client': '>=1 <2',
  '@assistant-ui/react': '>=0.15.0 <0.16',
  '@langchain/core': '^1.1.48',
  '@langchain/langgraph-checkpoint': '^1.2.2',
  '@openai/agents-core': '>=0.20.0 <1',
  '@strands-agents/sdk': '>=1.19 <2',
  '@tanstack/ai-client': '>=0.33.0 <0.34',
  ai: '^7.0.0',
  genkit: '^1.42.0',
};
/** What the bindings are made for, and which of their tests: Svelte 4 has no runes, and compiles otherwise. */
/** @type {{ of: string, ranges: Record<string, string>, tests: string }[]} */
const bindings = [
  {
    of: 'bindings',
    ranges: {
      react: '>=18 <20',
      'react-dom': '>=18 <20',
      'react-test-renderer': '>=18 <20',
      svelte: '^5.0.0',
      vue: '^3.3.0',
    },
    tests: '',
  },
  { of: 'svelte-4', ranges: { svelte: '^4.0.0' }, tests: 'svelte/live-stores' },
];

/** A published version at an end of a range, without those before a release. */
/** @param {string} end @param {string} name @param {string} range @returns {string} */
function versionAt(end, name, range) {
  const { stdout } = spawnSync(`npm view "${name}@${range}" version --json`, {
    encoding: 'utf8',
    shell: true,
  });
  const found = [JSON.parse(stdout)].flat().filter((version) => /^[\d.]+$/.test(version));
  const parts = (/** @type {string} */ version) => version.split('.').map(Number);
  const sorted = found.sort((a, b) => {
    const [left, right] = [parts(a), parts(b)];
    const at = left.findIndex((part, index) => part !== right[index]);
    return at < 0 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
  });
  if (sorted.length === 0) throw new Error(`npm has no version of ${name} in the range ${range}.`);
  return sorted.at(end === 'lowest' ? 0 : -1);
}

/** For what is not run in Node. */
const unneeded = ['@arethetypeswrong/cli', 'next', 'svelte-check', 'vue-tsc'];

/** What must be of the same age as a framework. @type {Record<string, Record<string, Record<string, string>>>} */
const companions = { lowest: { ai: { '@ai-sdk/react': '4.0.0' } }, newest: {} };

/** @param {string} end */
function adapterVersions(end) {
  const wanted = { ...json(`${source}/package.json`).devDependencies };
  for (const name of unneeded) delete wanted[name];
  for (const name of Object.keys(wanted).filter((name) => name in ranges)) {
    wanted[name] = versionAt(end, name, ranges[name] ?? '');
    Object.assign(wanted, companions[end]?.[name]);
  }
  return wanted;
}

/** @param {string} command */
const succeeds = (command, env = {}) =>
  spawnSync(command, { shell: true, stdio: 'inherit', env: { ...process.env, ...env } }).status === 0;

/** Installs what the manifest says, unless that is there; what a lockfile says already need not be looked up. */
/** @param {string} folder @param {object} manifest @param {string} [lockfile] */
function install(folder, manifest, lockfile) {
  const text = JSON.stringify(manifest, null, 2);
  if (existsSync(`${folder}/installed`) && readFileSync(`${folder}/installed`, 'utf8') === text) return true;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/package.json`, text);
  if (lockfile) cpSync(lockfile, `${folder}/package-lock.json`);
  const quiet = '--ignore-scripts --no-audit --no-fund --force --loglevel=error';
  if (!succeeds(`npm install --prefix ${folder} ${quiet}`)) return false;
  writeFileSync(`${folder}/installed`, text);
  return true;
}

/** @param {string} end */
function run(end) {
  const folder = `${source}-${end}`;
  const manifest = { ...json(`${source}/package.json`), devDependencies: adapterVersions(end) };
  if (!install(folder, manifest, `${source}/package-lock.json`)) return false;
  cpSync(source, folder, {
    recursive: true,
    filter: (path) => ![...others, 'package.json'].includes(basename(path)),
  });
  const link = `${folder}/node_modules/offshoot`;
  if (!existsSync(link)) symlinkSync('../../..', link, 'junction');
  /** @type {{ args: string, env: Record<string, string> }[]} */
  const runs = [{ args: '--project frameworks', env: { OFFSHOOT_FRAMEWORKS: folder } }];
  for (const { of, ranges, tests } of bindings) {
    const drawing = `${source}-${of}-${end}`;
    const dependencies = Object.fromEntries(
      Object.entries(ranges).map(([name, range]) => [name, versionAt(end, name, range)]),
    );
    if (!install(drawing, { private: true, type: 'module', dependencies })) return false;
    runs.push({ args: `--project bindings ${tests}`, env: { OFFSHOOT_BINDINGS: drawing } });
  }
  return MAJORS.flatMap((major) => {
    const node = nodeOf(major);
    return runs.map(({ args, env }) => {
      console.log(`\nThe ${end} versions, in Node ${major}: ${args}`);
      const command = `"${node}" node_modules/vitest/vitest.mjs run ${args} --maxWorkers=100%`;
      return succeeds(command, { ...env, PATH: pathWith(node) });
    });
  }).every(Boolean);
}

const failed = process.argv.slice(2).filter((end) => !run(end));
if (failed.length > 0) {
  console.error(`There are failures with the ${failed.join(' and the ')} versions of the frameworks.`);
  process.exitCode = 1;
}
