import fc from 'fast-check';
import { it } from 'vitest';
import { inChromium } from '../environment.js';
import { keepsEverySave } from './several-keys.js';

// Real transactions are slower than simulated ones; the many runs are in Node.
const numRuns = inChromium ? 15 : Number(process.env['FC_RUNS'] ?? 60);
const timeout = 60_000 + numRuns * 8_000;

it('Tabs that have the same keys and want different ones first lose nothing', { timeout }, async () => {
  await fc.assert(keepsEverySave(), { numRuns });
});
