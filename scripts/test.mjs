// `node scripts/test.mjs quick rest`: the checks and tests of these groups, then one line that says how many passed.
// `rest` alone goes on where `quick` ended, and its last line adds both up. A step that fails does not keep the others
// from running.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { countPlaywright, countVitest } from './reports.mjs';

const reports = '.reports';
const quickResults = `${reports}/quick-results.json`;

/** A script of package.json that Vitest runs. @param {string} script @param {string} name */
const vitest = (script, name) => ({
  script,
  args: `-- --reporter=default --reporter=json --outputFile.json=${reports}/${name}.json`,
  report: `${reports}/${name}.json`,
  count: countVitest,
});

/** @param {string} script */
const playwright = (script) => ({ script, report: `${reports}/e2e.json`, count: countPlaywright });

/** Scripts of package.json. A step with `count` counts its tests; any other is a gate and counts as one. */
const groups = {
  quick: [
    { script: 'typecheck' },
    { script: 'lint' },
    { script: 'format:check' },
    { script: 'build' },
    // From here on things look at dist.
    vitest('test:node', 'node'),
    playwright('test:smoke'),
  ],
  rest: [
    vitest('test:node-long', 'node-long'),
    vitest('test:databases', 'databases'),
    vitest('test:chromium', 'chromium'),
    // From here on tests need the packages of test/frameworks.
    { script: 'frameworks' },
    { script: 'typecheck:frameworks' },
    { script: 'lint:frameworks' },
    vitest('test:frameworks', 'frameworks'),
    { script: 'test:matrix' },
    playwright('test:e2e'),
    { script: 'check:publint' },
    { script: 'check:types' },
    { script: 'check:size' },
    { script: 'check:pack' },
    { script: 'check:declarations' },
  ],
};

/** @typedef {{ script: string, args?: string, report?: string, count?: (path: string) => import('./reports.mjs').Counts }} Step */

/** @param {string} title */
const heading = (title) => console.log(`\n── ${title} ${'─'.repeat(80 - title.length)}\n`);

/** @param {string} script */
function succeeds(script, args = '') {
  heading(script);
  return spawnSync(`npm run --silent ${script} ${args}`, { shell: true, stdio: 'inherit' }).status === 0;
}

/** @param {Step} step */
function run({ script, args, report, count }) {
  const start = performance.now();
  // What an earlier step of the same kind reported says nothing of this one.
  if (report) rmSync(report, { force: true });
  const ok = succeeds(script, args);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);

  const { passed, failed, failures, skipped } = (report && count?.(report)) || {
    passed: ok ? 1 : 0,
    failed: ok ? 0 : 1,
    failures: [],
    skipped: [],
  };
  // A test file that does not even load fails no test, and a run without tests proves nothing.
  const unseen = failed === 0 && skipped.length === 0 && (!ok || passed === 0) ? 1 : 0;
  return { script, seconds, passed, failed: failed + skipped.length + unseen, failures, skipped };
}

/** @returns {ReturnType<typeof run>[]} */
function resultsOfQuick() {
  try {
    return JSON.parse(readFileSync(quickResults, 'utf8'));
  } catch {
    throw new Error('Run `npm test` first: this adds to what that counted.');
  }
}

const asked = process.argv.slice(2);
const before = asked.includes('quick') ? [] : resultsOfQuick();
if (asked.includes('quick')) rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });
// Not a test. Without Chromium the tests that need it fail; Firefox and WebKitGTK are used where they are.
succeeds('chromium');
const done = asked.flatMap((name) => {
  /** @type {Step[] | undefined} */
  const steps = groups[/** @type {keyof typeof groups} */ (name)];
  if (!steps) throw new Error(`There is no group "${name}", only ${Object.keys(groups).join(' and ')}.`);
  const results = steps.map(run);
  if (name === 'quick') writeFileSync(quickResults, JSON.stringify(results));
  return results;
});
const results = [...before, ...done];

heading('summary');
for (const { script, seconds, passed, failed, failures, skipped } of results) {
  console.log(`${failed ? '✗' : '✓'} ${script.padEnd(20)} ${passed} passed, ${failed} failed (${seconds} s)`);
  for (const what of failures) console.log(`    failed: ${what}`);
  for (const name of skipped) console.log(`    skipped, which counts as failed: ${name}`);
}

const total = (/** @type {'passed' | 'failed'} */ key) =>
  results.reduce((sum, result) => sum + result[key], 0);
process.exitCode = total('failed') > 0 ? 1 : 0;
console.log(`\n${total('passed')} passed, ${total('failed')} failed`);
