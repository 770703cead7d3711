// Runs phases in a browser and tells what came of them.
import { rm } from 'node:fs/promises';
import { temporaryFolder } from '../temporary.mjs';

const PHASE_TIMEOUT_MS = 600_000;

/** A variant cannot do what the workload asks; the table says so. */
export class NotOffered extends Error {}

/**
 * @typedef {object} Subject what is measured, and in what
 * @property {import('../engines/engine.d.ts').Engine} engine
 * @property {string} url
 * @property {import('../page/phase.js').Request} request
 */

/** @typedef {ReturnType<typeof pageOf>} Page */
/** @typedef {(at?: string) => Promise<Page>} Open a fresh page, of the subject's address unless another is given */

/** @template T @param {(profile: string) => Promise<T>} work @returns {Promise<T>} */
export async function withProfile(work) {
  const profile = await temporaryFolder('profile');
  try {
    return await work(profile);
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * Starts the browser, hands over a way to open pages, and closes it whatever happens.
 *
 * @template T
 * @param {Subject} subject @param {string} profile
 * @param {(open: Open) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function inBrowser({ engine, url, request }, profile, work) {
  const browser = await engine.start(profile);
  try {
    return await work(async (at = url) => pageOf(await browser.open(at), request));
  } finally {
    await browser.close();
  }
}

/** @param {import('../engines/engine.d.ts').Tab} tab @param {import('../page/phase.js').Request} request */
function pageOf(tab, request) {
  return {
    /** @param {string} phase @returns {Promise<any>} */
    async run(phase) {
      const result = await inTime(phase, tab.run(phase, request)).catch((error) => {
        throw new Error(`${phase}: ${error.message}`, { cause: error });
      });
      if ('notOffered' in result) throw new NotOffered(result.notOffered);
      return result.value;
    },
    close: () => tab.close(),
    crash() {
      if (!tab.crash) throw new NotOffered('no tab of this browser can be made to crash');
      return tab.crash();
    },
  };
}

/**
 * A phase in a page of its own.
 *
 * @param {Open} open @param {string} phase @param {string} [at] @returns {Promise<any>}
 */
export async function inFreshPage(open, phase, at) {
  const page = await open(at);
  try {
    return await page.run(phase);
  } finally {
    await page.close();
  }
}

/** @template T @param {string} phase @param {Promise<T>} work @returns {Promise<T>} */
async function inTime(phase, work) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    const say = () => reject(new Error(`${phase} took more than ${PHASE_TIMEOUT_MS / 1000} s`));
    timer = setTimeout(say, PHASE_TIMEOUT_MS);
  });
  try {
    return /** @type {T} */ (await Promise.race([work, late]));
  } finally {
    clearTimeout(timer);
  }
}
