import fc from 'fast-check';
import { it } from 'vitest';
import { inChromium } from '../environment.js';
import { agreesWithModel } from '../property/model-property.js';
import { makeKey } from './keys.js';

// Real transactions are slower than simulated ones; the many runs are in Node.
const numRuns = inChromium ? 20 : Number(process.env['FC_RUNS'] ?? 100);
const timeout = 60_000 + numRuns * 1_000;
// A test that runs out of time while it looks for a shorter counterexample would hide the one it has.
const interruptAfterTimeLimit = timeout - 30_000;

it(
  'Any sequence of calls leaves two encrypted stores over one database as the model is',
  { timeout },
  async () => {
    await fc.assert(agreesWithModel({ key: await makeKey() }), { numRuns, interruptAfterTimeLimit });
  },
);
