// `npm run bench:search`: searching many sessions in Chromium, plain and encrypted: time to the first hit and to the
// end, and the longest task of the page meanwhile. See README.md.
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { launchOptions } from '../scripts/chromium.mjs';
import { serve } from './serve.mjs';
import { temporaryFolder } from './temporary.mjs';

const { values } = parseArgs({
  options: {
    sessions: { type: 'string', default: '1000' },
    turns: { type: 'string', default: '100' },
    /** Which of `plain` and `encrypted`. */
    only: { type: 'string' },
  },
});
const [sessions, turns] = [Number(values.sessions), Number(values.turns)];
const QUERIES = ['zurich', '苏黎世', 'trip', '数据库', 'nowhere'];

const server = await serve({ root: 'search' });
const browser = await chromium.launchPersistentContext(await temporaryFolder('profile'), launchOptions);
const page = await browser.newPage();
page.setDefaultTimeout(0);
await page.goto(server.url);
/** @param {string} step @param {unknown[]} args */
const run = (step, ...args) =>
  page.evaluate(
    ([step, args]) => /** @type {any} */ (window).steps[step](...args),
    /** @type {const} */ ([step, args]),
  );

console.log(
  `${sessions} sessions of ${turns} turns, Chromium ${browser.browser()?.version() ?? ''}, load ${loadavg()[0]?.toFixed(1)}\n`,
);
console.log(
  '| store | query | hits | first hit | end | longest task |\n| --- | --- | --- | --- | --- | --- |',
);
for (const kind of ['plain', 'encrypted']) {
  if (values.only && values.only !== kind) continue;
  await run('open', kind === 'encrypted');
  const begun = performance.now();
  for (let from = 0; from < sessions; from += 10)
    await run('fill', from, Math.min(sessions, from + 10), turns);
  await run('compact');
  console.error(`${kind}: filled in ${((performance.now() - begun) / 1000).toFixed(0)} s`);
  for (const query of QUERIES) {
    const { first, end, hits, longest } = await run('search', query);
    const ms = (/** @type {number | undefined} */ time) =>
      time === undefined ? '' : `${time.toFixed(0)} ms`;
    console.log(`| ${[kind, query, hits, ms(first), ms(end), ms(longest)].join(' | ')} |`);
  }
}
await browser.close();
await server.close();
