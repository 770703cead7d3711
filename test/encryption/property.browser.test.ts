import fc from 'fast-check';
import { it } from 'vitest';
import { agreesWithModel } from '../property/model-property.js';
import { makeKey } from './keys.js';

// Real transactions are slower than simulated ones; the many runs are in Node.
const numRuns = 20;

it(
  'Any sequence of calls leaves two encrypted stores over one database as the model is',
  { timeout: 120_000 },
  async () => {
    await fc.assert(agreesWithModel({ key: await makeKey() }), { numRuns });
  },
);
