// What the demo costs: bytes of a first load, time until it can be used, and how smoothly it streams into a long chat.
// `npm run measure:demo`, after `npm run build`.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { chromium } from '@playwright/test';
import { PageSessionStore } from 'offshoot/playwright';
import { build, preview } from 'vite';
import { launchOptions } from './chromium.mjs';

const TURNS = 1000;
const root = fileURLToPath(new URL('../demo', import.meta.url));
const configFile = fileURLToPath(new URL('../vite.config.ts', import.meta.url));

const outDir = await mkdtemp(join(tmpdir(), 'offshoot-demo-'));
const config = { root, configFile, logLevel: /** @type {const} */ ('error'), build: { outDir } };
await build(config);
const server = await preview({ ...config, preview: { host: '127.0.0.1', port: 0, strictPort: true } });
const url = server.resolvedUrls?.local[0] ?? '';
const browser = await chromium.launch(launchOptions);

try {
  console.table([await firstLoad(1), await firstLoad(4)]);
  console.table([await streaming(1), await streaming(4)]);
} finally {
  await browser.close();
  await server.close();
  await rm(outDir, { recursive: true });
}

/** @param {number} throttling how many times slower the CPU seems */
async function firstLoad(throttling) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const bodies = /** @type {Promise<Buffer>[]} */ ([]);
  page.on('response', (response) => bodies.push(response.body().catch(() => Buffer.alloc(0))));
  const session = await context.newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: throttling });
  await page.addInitScript(observeTasks);
  await page.goto(url);
  await page.getByText('Ask something.').waitFor();
  const usable = await page.evaluate(() => performance.now());
  const loaded = [...bodies];
  // Long enough for a task that comes late.
  await page.waitForTimeout(3000);
  const { paint, tasks } = await page.evaluate(() => ({
    paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
    tasks: /** @type {any} */ (window).tasks,
  }));
  const ends = tasks.map((/** @type {{ at: number, ms: number }} */ { at, ms }) => at + ms);
  const sizes = (await Promise.all(loaded)).map((body) => gzipSync(body).length);
  await context.close();
  return {
    'CPU throttled': `${throttling} ×`,
    requests: sizes.length,
    'kB, gzip': +(sizes.reduce((sum, size) => sum + size, 0) / 1000).toFixed(1),
    'first contentful paint, ms': Math.round(paint),
    'usable, ms': Math.round(usable),
    'interactive, ms': Math.round(Math.max(usable, ...ends)),
    'longest task, ms': Math.round(Math.max(0, ...tasks.map((/** @type {{ ms: number }} */ { ms }) => ms))),
  };
}

/** @param {number} throttling */
async function streaming(throttling) {
  const context = await browser.newContext();
  const sessions = new PageSessionStore(context, { url, name: 'offshoot-demo', timeout: 60_000 });
  const text = 'It goes on for a while, as answers do. '.repeat(38);
  const turns = Array.from({ length: TURNS }, (_, i) => ({ user: `Question ${i + 1}`, model: text }));
  await sessions.seed({ sessionId: 'long', turns });
  await sessions.close();
  const page = await context.newPage();
  await page.addInitScript(observeTasks);
  await page.goto(`${url}#chat=long`);
  await page.getByRole('article', { name: `Turn ${TURNS}`, exact: true }).waitFor();
  await page.waitForTimeout(3000);
  const session = await context.newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: throttling });
  await page.evaluate(observeFrames);
  await page.getByRole('textbox', { name: 'Message', exact: true }).fill('/long');
  await page.getByRole('button', { name: 'Send' }).click();
  await page
    .getByRole('article', { name: `Turn ${TURNS + 1}`, exact: true })
    .getByText('Part 12')
    .waitFor();
  const { frames, tasks } = await page.evaluate(() => {
    const { frames, tasks, streamedFrom } = /** @type {any} */ (window);
    return {
      frames: /** @type {number[]} */ (frames),
      tasks: tasks.filter((/** @type {{ at: number }} */ { at }) => at > streamedFrom),
    };
  });
  await context.close();
  const sorted = frames.toSorted((a, b) => a - b);
  const at = (/** @type {number} */ part) => +(sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(1);
  return {
    'CPU throttled': `${throttling} ×`,
    'frames a second': +(frames.length / (frames.reduce((sum, ms) => sum + ms, 0) / 1000)).toFixed(1),
    'frame, median ms': at(0.5),
    '95 of 100, ms': at(0.95),
    'longest, ms': at(0.9999),
    'frames over 20 ms': frames.filter((ms) => ms > 20).length,
    frames: frames.length,
    'tasks over 50 ms': tasks.length,
    'longest task, ms': Math.round(Math.max(0, ...tasks.map((/** @type {{ ms: number }} */ { ms }) => ms))),
  };
}

/** In the page. */
function observeTasks() {
  const tasks = /** @type {{ at: number, ms: number }[]} */ ([]);
  Object.assign(window, { tasks });
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) tasks.push({ at: startTime, ms: duration });
  }).observe({ type: 'longtask', buffered: true });
}

/** In the page. */
function observeFrames() {
  const frames = /** @type {number[]} */ ([]);
  Object.assign(window, { frames, streamedFrom: performance.now() });
  let last = performance.now();
  const frame = () => {
    const now = performance.now();
    frames.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}
