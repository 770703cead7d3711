// Published declarations may name only what a user has installed: our own files and our dependencies; an adapter's its
// framework as well. Above all not Genkit, which we are compatible with but do not depend on.
// They compile with what a page's project usually has: no Node, and nothing newer than ES2023. And they are what the
// frameworks' own types give, too: the build knows only src/adapters/*/framework.d.ts of those.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';

const { exports, dependencies, peerDependenciesMeta } = JSON.parse(readFileSync('package.json', 'utf8'));
/** Whoever imports an adapter has its framework. */
/** @type {Record<string, RegExp>} */
const frameworks = {
  langgraph: /^@langchain\//,
  'openai-agents': /^@openai\//,
  strands: /^@strands-agents\/sdk$/,
  'ag-ui': /^@ag-ui\/client$/,
  'ai-sdk': /^ai$/,
  'assistant-ui': /^@assistant-ui\/react$/,
  react: /^react$/,
  svelte: /^svelte$/,
  vue: /^vue$/,
  'tanstack-ai': /^@tanstack\/ai-client$/,
  playwright: /^@playwright\/test$/,
  server: /^zod$/,
};
const imported = /\b(?:from|import|require)\s*\(?\s*['"]([^'"]+)['"]|<reference\s+\w+=['"]([^'"]+)['"]/g;
// `@scope/name/deep` and `name/deep` belong to `@scope/name` and `name`.
const packageOf = (/** @type {string} */ specifier) =>
  /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;

/** Adapters lie in a folder of their own. @param {string} path */
const entryOf = (path) => path.split(sep).find((part) => part !== 'adapters') ?? '';

const declarations = readdirSync('dist', { recursive: true, encoding: 'utf8' }).filter((path) =>
  path.endsWith('.d.ts'),
);
let failures = declarations.length > 0 ? 0 : 1;

for (const path of declarations) {
  // Examples in comments may import whatever they like; references are comments, but not of this kind.
  const code = readFileSync(join('dist', path), 'utf8').replace(/\/\*[^]*?\*\//g, '');
  for (const [, specifier, reference] of code.matchAll(imported)) {
    const name = specifier ?? reference ?? '';
    if (name.startsWith('.') || packageOf(name) in dependencies) continue;
    if (packageOf(name) in peerDependenciesMeta && frameworks[entryOf(path)]?.test(name)) continue;
    console.error(`dist/${path} refers to ${name}`);
    failures++;
  }
}

/** The frameworks' own types, as the tests of the adapters have them. */
const installed = resolve('test/frameworks');
const { compilerOptions } = JSON.parse(
  readFileSync(join(installed, 'tsconfig.json'), 'utf8').replace(/^\s*\/\/.*$/gm, ''),
);
const paths = Object.fromEntries(
  Object.entries(compilerOptions.paths).map(([name, [path]]) => [name, [resolve(installed, path)]]),
);

/** Runs the compiler with a configuration of its own. @param {object} config @returns {string[]} */
function compile(config) {
  writeFileSync(join(scratch, 'tsconfig.json'), JSON.stringify(config));
  const tsc = spawnSync('npx', ['tsc', '--pretty', 'false', '-p', scratch], { encoding: 'utf8' });
  if (tsc.error) throw tsc.error;
  return tsc.stdout.split('\n');
}

const scratch = mkdtempSync(join('node_modules', '.declarations-'));
try {
  const asUsed = compile({
    compilerOptions: {
      ...{ target: 'ES2022', lib: ['ES2023', 'DOM'], module: 'NodeNext', moduleResolution: 'NodeNext' },
      ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true, types: [] },
      paths,
    },
    files: Object.values(exports).flatMap(({ types }) => (types ? [resolve(types)] : [])),
  });
  // What frameworks' own declarations need is not for us to say.
  const ours = asUsed.filter((line) => /^(?!node_modules|test)\S*dist[\\/]|^error/.test(line));

  const outDir = resolve(scratch, 'dist');
  ours.push(
    ...compile({
      extends: resolve('tsconfig.build.json'),
      compilerOptions: { rootDir: resolve('src'), outDir, emitDeclarationOnly: true, paths },
      include: [resolve('src')],
      exclude: [resolve('src/playwright/tab'), resolve('src/adapters/*/framework.d.ts')],
    }).filter((line) => line !== ''),
  );
  const again = readdirSync(outDir, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.d.ts'),
  );
  const text = (/** @type {string} */ path) => readFileSync(path, 'utf8');
  for (const path of again.filter((path) => text(join('dist', path)) !== text(join(outDir, path)))) {
    ours.push(`dist/${path} is another with the framework's own types: correct the framework.d.ts beside it`);
  }
  if (again.length === 0) ours.push('nothing was compiled with the frameworks’ own types');

  for (const line of ours) console.error(line);
  failures += ours.length;
} finally {
  rmSync(scratch, { recursive: true });
}

console.log(`${declarations.length} declaration files, ${failures} failures`);
process.exitCode = failures > 0 ? 1 : 0;
