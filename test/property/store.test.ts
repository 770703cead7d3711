import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { agreesWithModel } from './model-property.js';

const numRuns = Number(process.env['FC_RUNS'] ?? 300);
// Far beyond what the runs take: a timeout would hide the counterexample.
const timeout = 60_000 + numRuns * 1_000;

describe('Any sequence of calls', () => {
  it('leaves two stores over one database as the model is', { timeout }, () =>
    fc.assert(agreesWithModel(), { numRuns }),
  );
});
