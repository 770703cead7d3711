// `node scripts/frameworks-matrix.mjs lowest newest`: the adapters' tests, in Node, with the lowest and with the newest
// version of each framework that they are made for. Each end of the ranges has a folder of its own beside
// test/frameworks, from which it copies the tests.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';

const source = 'test/frameworks';
/** Tests of what is no adapter, or only reads the docs. */
const others = ['genkit', 'docs', 'types', 'node_modules', 'package-lock.json', 'tsconfig.json'];

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
};

/** The lowest published version of a range, without those before a release. @param {string} name @param {string} range */
function lowestOf(name, range) {
  const { stdout } = spawnSync('npm', ['view', `${name}@${range}`, 'version', '--json'], {
    encoding: 'utf8',
  });
  const found = [JSON.parse(stdout)].flat().filter((version) => /^[\d.]+$/.test(version));
  const parts = (/** @type {string} */ version) => version.split('.').map(Number);
  const [lowest] = found.sort((a, b) => {
    const [left, right] = [parts(a), parts(b)];
    const at = left.findIndex((part, index) => part !== right[index]);
    return at < 0 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
  });
  if (lowest === undefined) throw new Error(`npm has no version of ${name} in the range ${range}.`);
  return lowest;
}

/** What must be of the same age as a framework. @type {Record<string, Record<string, Record<string, string>>>} */
const companions = { lowest: { ai: { '@ai-sdk/react': '4.0.0' } }, newest: {} };

/** @param {string} end */
function versionsAt(end) {
  const wanted = { ...json(`${source}/package.json`).devDependencies };
  const own = Object.keys(wanted).filter((name) => name in ranges);
  for (const name of own) {
    const range = ranges[name] ?? '';
    wanted[name] = end === 'lowest' ? lowestOf(name, range) : range;
    Object.assign(wanted, companions[end]?.[name]);
  }
  return wanted;
}

/** @param {string} command */
const succeeds = (command, env = {}) =>
  spawnSync(command, { shell: true, stdio: 'inherit', env: { ...process.env, ...env } }).status === 0;

/** @param {string} end */
function run(end) {
  const folder = `${source}-${end}`;
  const manifest = { ...json(`${source}/package.json`), devDependencies: versionsAt(end) };
  const text = JSON.stringify(manifest, null, 2);
  const isInstalled =
    existsSync(`${folder}/installed`) && readFileSync(`${folder}/installed`, 'utf8') === text;
  if (!isInstalled) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(source, folder, { recursive: true, filter: (path) => !others.includes(basename(path)) });
  writeFileSync(`${folder}/package.json`, text);
  if (!isInstalled) {
    const quiet = '--ignore-scripts --no-audit --no-fund --force --loglevel=error';
    if (!succeeds(`npm install --prefix ${folder} ${quiet}`)) return false;
    writeFileSync(`${folder}/installed`, text);
  }
  const link = `${folder}/node_modules/offshoot`;
  if (!existsSync(link)) symlinkSync('../../..', link, 'junction');
  return succeeds('npx vitest run --project frameworks', { OFFSHOOT_FRAMEWORKS: folder });
}

const failed = process.argv.slice(2).filter((end) => !run(end));
if (failed.length > 0) {
  console.error(`The adapters fail with the ${failed.join(' and the ')} versions of their frameworks.`);
  process.exitCode = 1;
}
