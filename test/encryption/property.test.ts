import fc from 'fast-check';
import { it } from 'vitest';
import { agreesWithModel } from '../property/model-property.js';
import { makeKey } from './keys.js';

const numRuns = Number(process.env['FC_RUNS'] ?? 100);
const timeout = 60_000 + numRuns * 1_000;

it(
  'Any sequence of calls leaves two encrypted stores over one database as the model is',
  { timeout },
  async () => {
    await fc.assert(agreesWithModel({ key: await makeKey() }), { numRuns });
  },
);
