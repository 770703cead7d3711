import { parseArgs } from 'node:util';
import { engineNames } from './engines/index.mjs';
import { variants } from './plan/variants.mjs';
import { workloads } from './plan/workloads.mjs';

const USAGE = `npm run bench -- [options]

  --quick              one round, fewer workloads, no slow variants
  --against=commit     Offshoot alone, in turns with that of a commit; --quick takes three minutes
  --only=a,b           workloads: ${workloads.map(({ name }) => name).join(', ')}
  --variants=a,b       variants: ${variants.map(({ name }) => name).join(', ')}
  --rounds=n           how often Offshoot, the floors and JSON Patch are measured
  --peer-rounds=n      how often the other libraries are
  --engine=name        ${engineNames.join(', ')}; but for the first without peers
  --help`;

/**
 * @template {{ name: string }} T
 * @param {T[]} all @param {string | undefined} names @param {string} flag @returns {T[]}
 */
function named(all, names, flag) {
  if (names === undefined) return all;
  return names.split(',').map((name) => {
    const found = all.find((one) => one.name === name);
    if (!found) throw new Error(`${flag}: there is no "${name}"\n\n${USAGE}`);
    return found;
  });
}

/** What was asked for on the command line; `undefined` for help. */
export function readOptions() {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      variants: { type: 'string' },
      rounds: { type: 'string' },
      'peer-rounds': { type: 'string' },
      against: { type: 'string' },
      engine: { type: 'string', default: 'chromium' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return undefined;
  }
  const { quick, engine, against } = values;
  const peers = engine === 'chromium';
  /** @param {{ quick?: boolean, againstQuick?: boolean }} one */
  const asked = (one) => !quick || (against === undefined ? one.quick : one.againstQuick);
  return {
    quick,
    engine,
    against,
    rounds: values.rounds === undefined ? undefined : Number(values.rounds),
    /** @param {import('./plan/workloads.mjs').WorkloadPlan} workload */
    roundsOf: (workload) => Number(values.rounds ?? (quick ? 1 : workload.rounds)),
    peerRounds: Number(values['peer-rounds'] ?? 1),
    workloads: values.only ? named(workloads, values.only, '--only') : workloads.filter(asked),
    variants: values.variants
      ? named(variants, values.variants, '--variants')
      : variants.filter((one) =>
          against === undefined ? (one.quick || !quick) && (peers || one.packages.length === 0) : one.ours,
        ),
  };
}
