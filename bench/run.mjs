// `npm run bench`: measures every variant at every workload in one browser and prints tables with ratios.
import { cpus, loadavg } from 'node:os';
import { runAgainst } from './against/run.mjs';
import { measure } from './drive/index.mjs';
import { withProfile } from './drive/browser.mjs';
import { median } from './drive/median.mjs';
import { loadEngine } from './engines/index.mjs';
import { keepGoals } from './goals/engines.mjs';
import { readOptions } from './options.mjs';
import { installPeers, isInstalled, versions } from './peers.mjs';
import { roundRobin } from './plan/round-robin.mjs';
import { isMeasured, variants } from './plan/variants.mjs';
import { render } from './report.mjs';
import { write } from './results.mjs';
import { serve } from './serve.mjs';

const options = readOptions();
if (options) await run(options);

/** @param {NonNullable<ReturnType<typeof readOptions>>} options */
async function run(options) {
  const start = performance.now();
  const loadBefore = loadavg()[0] ?? 0;
  const engine = await loadEngine(options.engine);
  const browser = `${engine.name} ${await browserVersion(engine)}`;
  if (options.against !== undefined) return runAgainst(options, engine, browser);
  const packages = [...new Set(options.variants.flatMap((variant) => variant.packages))];
  const reason = packages.length > 0 ? installPeers() : undefined;
  const missing = variants.flatMap((variant) => variant.packages).filter((name) => !isInstalled(name));
  const page = await serve({ missing });
  const constants = {
    browser,
    date: new Date().toISOString().slice(0, 10),
    command: ['npm run bench', ...process.argv.slice(2)].join(' '),
    versions: versions(packages),
  };
  /** @type {import('./drive/index.mjs').Result[]} */
  const results = [];
  let tables = '';

  for (const workload of options.workloads) {
    const able = options.variants.filter((variant) => isMeasured(variant, workload));
    for (const { variant, round } of roundRobin(able, options.roundsOf(workload), options.peerRounds)) {
      const request = { variant: variant.name, workload: workload.name };
      const began = performance.now();
      const uninstalled = variant.packages.find((name) => missing.includes(name));
      const outcome = uninstalled
        ? { failed: `${uninstalled} could not be installed: ${reason}` }
        : await measure({ engine, url: page.url, request }, workload);
      const seconds = (performance.now() - began) / 1000;
      const result = { ...request, round, seconds, load: loadavg()[0] ?? 0, ...outcome };
      results.push(result);
      console.log(progress(result));
    }
    // After every workload, so that a run that is stopped leaves what it has.
    const loadMeanwhile = median(results.map(({ load }) => load));
    const load = `load ${loadBefore.toFixed(1)} before, ${loadMeanwhile.toFixed(1)} meanwhile`;
    const run = {
      ...constants,
      machine: `${cpus().length} × ${cpus()[0]?.model.trim()}, ${load}`,
      seconds: (performance.now() - start) / 1000,
      workloads: options.workloads.filter(({ name }) => results.some((result) => result.workload === name)),
      results,
    };
    tables = await write('latest', render(run), run);
    if (options.goals) await keepGoals(options.engine, render(run), run);
  }

  await page.close();
  console.log(`\n${tables}\nWritten to bench/results/latest.md and latest.json.`);
  // The others may fail; that is a result.
  if (results.some(({ variant, failed }) => variant === 'offshoot' && failed)) process.exitCode = 1;
}

/** @param {import('./drive/index.mjs').Result} result */
function progress({ workload, variant, round, seconds, notOffered, failed }) {
  const trouble = failed ? `failed: ${failed}` : (notOffered ?? '');
  return `${workload} · ${variant} · round ${round + 1} · ${seconds.toFixed(1)} s ${trouble}`;
}

/** @param {import('./engines/engine.d.ts').Engine} engine */
function browserVersion(engine) {
  return withProfile(async (profile) => {
    const browser = await engine.start(profile);
    await browser.close();
    return browser.version;
  });
}
