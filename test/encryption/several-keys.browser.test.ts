import fc from 'fast-check';
import { it } from 'vitest';
import { keepsEverySave } from './several-keys.js';

// Real transactions are slower than simulated ones; the many runs are in Node.
const numRuns = 15;

it(
  'Tabs that have the same keys and want different ones first lose nothing',
  { timeout: 180_000 },
  async () => {
    await fc.assert(keepsEverySave(), { numRuns });
  },
);
