import fc from 'fast-check';
import { it } from 'vitest';
import { keepsEverySave } from './several-keys.js';

const numRuns = Number(process.env['FC_RUNS'] ?? 60);
const timeout = 60_000 + numRuns * 2_000;

it('Tabs that have the same keys and want different ones first lose nothing', { timeout }, async () => {
  await fc.assert(keepsEverySave(), { numRuns });
});
