import fc from 'fast-check';
import { InMemorySessionStore } from 'genkit/beta';
import { it } from 'vitest';
import { agreesWithGenkit } from './agrees-with-genkit.js';

const numRuns = Number(process.env['FC_RUNS'] ?? 300);
// Far beyond what the runs take: a timeout would hide the counterexample.
const timeout = 60_000 + numRuns * 1_000;

it(
  'Any sequence of calls shows what Genkit’s own store shows, wherever the two agree by design',
  { timeout },
  () =>
    fc.assert(
      agreesWithGenkit((options) => new InMemorySessionStore(options)),
      { numRuns },
    ),
);
