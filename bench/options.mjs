import { parseArgs } from 'node:util';
import { engineNames } from './engines/index.mjs';
import { variants } from './plan/variants.mjs';
import { workloads } from './plan/workloads.mjs';

const USAGE = `npm run bench -- [options]

  --quick              one round, fewer workloads, no slow variants
  --goals              what the table of goals needs, and no more
  --against=commit     Offshoot alone, in turns with that of a commit; --quick takes three minutes
  --only=a,b           workloads: ${workloads.map(({ name }) => name).join(', ')}
  --variants=a,b       variants: ${variants.map(({ name }) => name).join(', ')}
  --rounds=n           how often Offshoot, the floors and JSON Patch are measured
  --peer-rounds=n      how often the other libraries are
  --engine=name        ${engineNames.join(', ')}; but for the first without peers
  --help`;

/**
 * @template {{ name: string }} T
 * @param {T[]} all @param {string | undefined} names @param {string} flag @returns {T[] | undefined}
 */
function named(all, names, flag) {
  return names?.split(',').map((name) => {
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
      goals: { type: 'boolean', default: false },
      against: { type: 'string' },
      only: { type: 'string' },
      variants: { type: 'string' },
      rounds: { type: 'string' },
      'peer-rounds': { type: 'string' },
      engine: { type: 'string', default: 'chromium' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return undefined;
  }
  const { quick, goals, against, engine } = values;
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  /** @param {import('./plan/workloads.mjs').Set} set @param {{ sets?: typeof set[] }} one */
  const isIn = (set, { sets = [] }) => sets.includes(set);
  /** @param {import('./plan/workloads.mjs').WorkloadPlan} one */
  const asked = (one) => {
    if (against !== undefined) return !quick || isIn('against', one);
    return (!quick || isIn('quick', one)) && (!goals || isIn('goals', one));
  };
  /** @param {import('./plan/variants.mjs').VariantPlan} one */
  const taken = (one) => {
    if (against !== undefined) return isIn('against', one) && (!quick || isIn('quick', one));
    return asked(/** @type {any} */ (one)) && (engine === 'chromium' || one.packages.length === 0);
  };
  return {
    quick,
    /** Whether the goals are measured, all of them. */
    goals: goals && !values.only && !values.variants,
    engine,
    against,
    rounds,
    /** @param {import('./plan/workloads.mjs').WorkloadPlan} workload */
    roundsOf: (workload) => {
      const asked = workload.once && !values.only ? undefined : rounds;
      return asked ?? (quick ? 1 : workload.rounds);
    },
    peerRounds: Number(values['peer-rounds'] ?? 1),
    workloads: named(workloads, values.only, '--only') ?? workloads.filter(asked),
    variants: named(variants, values.variants, '--variants') ?? variants.filter(taken),
  };
}
