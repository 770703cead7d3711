import fc from 'fast-check';
import { describe, it } from 'vitest';
import { inChromium } from '../environment.js';
import { agreesWithModel } from './model-property.js';

// Real transactions are slower than simulated ones; the many runs are in Node.
const numRuns = inChromium ? 50 : Number(process.env['FC_RUNS'] ?? 300);
// Far beyond what the runs take.
const timeout = 60_000 + numRuns * 1_200;
// A test that runs out of time while it looks for a shorter counterexample would hide the one it has.
const interruptAfterTimeLimit = timeout - 30_000;

describe('Any sequence of calls', () => {
  it('leaves two stores over one database as the model is', { timeout }, () =>
    fc.assert(agreesWithModel(), { numRuns, interruptAfterTimeLimit }),
  );
});
