import fc from 'fast-check';
import { describe, it } from 'vitest';
import { agreesWithModel } from './model-property.js';

// Real transactions are slower than simulated ones; the many runs are in Node.
const numRuns = 50;

describe('Any sequence of calls', () => {
  it('leaves two stores over one database as the model is', { timeout: 120_000 }, () =>
    fc.assert(agreesWithModel(), { numRuns }),
  );
});
