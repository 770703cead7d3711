// `npm test`: every check and every test, then one line that says how many passed. A step that fails does not
// keep the others from running.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { countPlaywright, countVitest } from './reports.mjs';

const reports = '.reports';
const vitestReport = (/** @type {string} */ name) =>
  `-- --reporter=default --reporter=json --outputFile.json=${reports}/${name}.json`;

/** Scripts of package.json. A step with `count` counts its tests; any other is a gate and counts as one. */
const steps = [
  { script: 'typecheck' },
  { script: 'lint' },
  { script: 'format:check' },
  { script: 'build' },
  // From here on things look at dist.
  { script: 'test:node', args: vitestReport('node'), count: () => countVitest(`${reports}/node.json`) },
  {
    script: 'test:chromium',
    args: vitestReport('chromium'),
    count: () => countVitest(`${reports}/chromium.json`),
  },
  { script: 'test:e2e', count: () => countPlaywright(`${reports}/e2e.json`) },
  { script: 'check:publint' },
  { script: 'check:types' },
  { script: 'check:size' },
  { script: 'check:pack' },
  { script: 'check:declarations' },
];

/** @param {string} title */
const heading = (title) => console.log(`\n── ${title} ${'─'.repeat(80 - title.length)}\n`);

/** @param {string} script */
function succeeds(script, args = '') {
  heading(script);
  return spawnSync(`npm run --silent ${script} ${args}`, { shell: true, stdio: 'inherit' }).status === 0;
}

/** @param {typeof steps[number]} step */
function run({ script, args, count }) {
  const start = performance.now();
  const ok = succeeds(script, args);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);

  const { passed, failed, skipped } = count?.() ?? { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: [] };
  // A test file that does not even load fails no test, and a run without tests proves nothing.
  const unseen = failed === 0 && skipped.length === 0 && (!ok || passed === 0) ? 1 : 0;
  return { script, seconds, passed, failed: failed + skipped.length + unseen, skipped };
}

rmSync(reports, { recursive: true, force: true });
// Not a test. Without Chromium the tests that need it fail; Firefox and WebKitGTK are used where they are.
succeeds('chromium');
const results = steps.map(run);

heading('summary');
for (const { script, seconds, passed, failed, skipped } of results) {
  console.log(`${failed ? '✗' : '✓'} ${script.padEnd(20)} ${passed} passed, ${failed} failed (${seconds} s)`);
  for (const name of skipped) console.log(`    skipped, which counts as failed: ${name}`);
}

const total = (/** @type {'passed' | 'failed'} */ key) =>
  results.reduce((sum, result) => sum + result[key], 0);
process.exitCode = total('failed') > 0 ? 1 : 0;
console.log(`\n${total('passed')} passed, ${total('failed')} failed`);
