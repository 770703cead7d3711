// `npm run bench -- --against=<commit>`: the working tree's Offshoot and a commit's take turns in one browser.
import { loadavg } from 'node:os';
import { measure } from '../drive/index.mjs';
import { isMeasured, variants } from '../plan/variants.mjs';
import { serve } from '../serve.mjs';
import { write } from '../results.mjs';
import { compareChats } from './chat.mjs';
import { checkOut } from './commit.mjs';
import { inTurns } from './in-turns.mjs';
import { renderAgainst } from './report.mjs';

const USUAL = { reads: 15, profiles: 7, goOn: 80 };
const QUICK = { reads: 9, profiles: 1, goOn: 48 };

/**
 * @param {NonNullable<ReturnType<typeof import('../options.mjs').readOptions>>} options
 * @param {import('../engines/engine.d.ts').Engine} engine @param {string} browser its name and version
 */
export async function runAgainst(options, engine, browser) {
  const start = performance.now();
  const load = loadavg()[0] ?? 0;
  const commit = await checkOut(options.against ?? 'HEAD');
  // Nothing but Offshoot is measured, so the other libraries need not be there.
  const missing = variants.flatMap(({ packages }) => packages);
  const [now, before] = await Promise.all([serve({ missing }), serve({ missing, project: commit.folder })]);
  const urls = { now: now.url, before: before.url };
  const rounds = options.quick ? QUICK : USUAL;
  /** @type {import('./report.mjs').Compared[]} */
  const compared = [];

  for (const workload of options.workloads) {
    for (const variant of options.variants.filter((variant) => isMeasured(variant, workload))) {
      const began = performance.now();
      const request = { variant: variant.name, workload: workload.name };
      /** @param {import('./in-turns.mjs').Side} side */
      const alone = async (side) => {
        const { values, failed, notOffered } = await measure({ engine, url: urls[side], request }, workload);
        if (!values) throw new Error(`${side}: ${failed ?? notOffered}`);
        return values;
      };
      const pieces =
        options.rounds === undefined
          ? rounds
          : { reads: options.rounds, profiles: options.rounds, goOn: options.rounds };
      const work =
        workload.kind === 'chat' || workload.kind === 'opening'
          ? compareChats({ engine, urls, request }, workload, pieces)
          : inTurns(options.rounds ?? 6, alone);
      const outcome = await work.then(
        (rounds) => ({ rounds }),
        (error) => ({ rounds: [], failed: String(error.message).split('\n')[0] ?? '' }),
      );
      compared.push({ workload, variant, ...outcome });
      const seconds = (performance.now() - began) / 1000;
      const trouble = 'failed' in outcome ? `failed: ${outcome.failed}` : '';
      console.log(`${workload.name} · ${variant.name} · ${seconds.toFixed(1)} s ${trouble}`);
    }
  }

  await Promise.all([now.close(), before.close()]);
  const minutes = ((performance.now() - start) / 60_000).toFixed(1);
  const heading = `${browser}, load ${load.toFixed(1)} before, ${loadavg()[0]?.toFixed(1)} after, ${minutes} minutes.`;
  const told = await write('against', renderAgainst({ heading, commit: commit.name, compared }), compared);
  console.log(`\n${told}\nWritten to bench/results/against.md and against.json.`);
  if (compared.some(({ failed }) => failed !== undefined)) process.exitCode = 1;
}
