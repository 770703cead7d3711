// Counts the tests in the JSON reports of Vitest and Playwright.
import { readFileSync } from 'node:fs';

/** @typedef {{ passed: number, failed: number, skipped: string[] }} Counts */

/**
 * @param {string} path
 * @returns {any} `undefined` if the run died before it could report.
 */
function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** @param {{ name: string, outcome: 'passed' | 'failed' | 'skipped' }[]} tests @returns {Counts} */
function tally(tests) {
  const having = (/** @type {string} */ outcome) => tests.filter((test) => test.outcome === outcome);
  return {
    passed: having('passed').length,
    failed: having('failed').length,
    skipped: having('skipped').map((test) => test.name),
  };
}

/** @param {string} path */
export function countVitest(path) {
  /** @type {any[]} */
  const files = read(path)?.testResults ?? [];
  return tally(
    files.flatMap((file) =>
      file.assertionResults.map((/** @type {any} */ test) => ({
        name: test.fullName,
        // Besides these two Vitest knows `skipped`, `pending`, `todo` and `disabled`.
        outcome: ['passed', 'failed'].includes(test.status) ? test.status : 'skipped',
      })),
    ),
  );
}

/** @param {string} path */
export function countPlaywright(path) {
  const outcomes = { expected: 'passed', unexpected: 'failed', flaky: 'failed', skipped: 'skipped' };
  /** @param {any} suite @returns {any[]} */
  const specs = (suite) => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specs)];
  return tally(
    specs(read(path) ?? {}).flatMap((spec) =>
      spec.tests.map((/** @type {{ status: keyof typeof outcomes }} */ test) => ({
        name: `${spec.file}: ${spec.title}`,
        outcome: outcomes[test.status],
      })),
    ),
  );
}
