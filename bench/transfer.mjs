// `npm run bench:transfer`: exporting and importing many sessions beside a plain JSON dump, in Chromium: time, and
// the peaks of the page's JS heap and of its process. See README.md.
import { readFileSync } from 'node:fs';
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
  },
});
const [sessions, turns] = [Number(values.sessions), Number(values.turns)];

const SAMPLE_MS = 50;
const MB = 1_000_000;

const server = await serve({ root: 'transfer' });
const browser = await chromium.launchPersistentContext(await temporaryFolder('profile'), launchOptions);
const page = await browser.newPage();
page.setDefaultTimeout(0);
await page.goto(server.url);
const devtools = await browser.newCDPSession(page);
await devtools.send('Performance.enable');

/** The resident set of the page's process, from /proc where there is one. */
async function residentBytes() {
  const renderers = await rendererIds();
  const sizes = renderers.map((pid) => {
    try {
      return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
    } catch {
      return 0;
    }
  });
  return Math.max(0, ...sizes);
}

async function rendererIds() {
  const root = await browser.browser()?.newBrowserCDPSession();
  if (!root) return [];
  const { processInfo } = await root.send('SystemInfo.getProcessInfo');
  await root.detach();
  return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
}

async function heapBytes() {
  const { metrics } = await devtools.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? 0;
}

/** @param {string} step @param {number[]} args */
async function measure(step, ...args) {
  await devtools.send('HeapProfiler.collectGarbage');
  const before = await heapBytes();
  let [heap, resident] = [0, 0];
  const sampled = new AbortController();
  const sampling = (async () => {
    while (!sampled.signal.aborted) {
      heap = Math.max(heap, await heapBytes());
      resident = Math.max(resident, await residentBytes());
      await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
    }
  })();
  const start = performance.now();
  const { bytes } = await page.evaluate(
    ([step, args]) => /** @type {any} */ (window).steps[step](...args),
    /** @type {const} */ ([step, args]),
  );
  const seconds = (performance.now() - start) / 1000;
  sampled.abort();
  await sampling;
  const row = [
    step,
    `${seconds.toFixed(1)} s`,
    `${(bytes / MB).toFixed(1)} MB`,
    `${((heap - before) / MB).toFixed(0)} MB`,
    `${(resident / MB).toFixed(0)} MB`,
  ];
  console.log(`| ${row.join(' | ')} |`);
  return seconds;
}

console.log(
  `${sessions} sessions of ${turns} turns, Chromium ${browser.browser()?.version() ?? ''}, load ${loadavg()[0]?.toFixed(1)}\n`,
);
console.log(
  '| step | time | file | heap above before, peak | process, peak |\n| --- | --- | --- | --- | --- |',
);
await measure('fill', sessions, turns);
const exported = await measure('export');
const imported = await measure('import');
const dumped = await measure('plain JSON, rows');
const put = await measure('plain JSON, rows put');
await measure('plain JSON, latest states');
await measure('plain JSON, read and saved');
await measure('plain JSON, all states (size only)');
console.log(
  `\nexport ${(exported / dumped).toFixed(2)} × the rows as plain JSON, import ${(imported / put).toFixed(2)} ×; goal: at most 1.5 ×`,
);
await browser.close();
await server.close();
