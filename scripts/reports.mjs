// Counts the tests in the JSON reports of Vitest and Playwright.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** @typedef {{ passed: number, failed: number, failures: string[], skipped: string[] }} Counts */
/** @typedef {{ name: string, outcome: 'passed' | 'failed' | 'skipped', message?: string }} Test */

const lineLength = 300;

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

/** A failed test in one line, since only the end of a long log may be kept. @param {Test} test */
const failure = ({ name, message = '' }) =>
  `${name}: ${stripVTControlCharacters(message).replace(/\s+/g, ' ').slice(0, lineLength)}`;

/** @param {Test[]} tests @returns {Counts} */
function tally(tests) {
  const having = (/** @type {string} */ outcome) => tests.filter((test) => test.outcome === outcome);
  return {
    passed: having('passed').length,
    failed: having('failed').length,
    failures: having('failed').map(failure),
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
        name: `${relative(process.cwd(), file.name)}: ${test.fullName}`,
        message: test.failureMessages?.[0],
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
      spec.tests.map((/** @type {any} */ test) => ({
        name: `[${test.projectName}] ${spec.file}: ${spec.title}`,
        outcome: outcomes[/** @type {keyof typeof outcomes} */ (test.status)],
        message: test.results.find((/** @type {any} */ result) => result.error)?.error.message,
      })),
    ),
  );
}
