import fc from 'fast-check';
import { afterAll, beforeAll, test } from 'vitest';
import { action, type Action, actionOrDisaster } from './model/actions.js';
import { openHandler, type TestHandler } from './model/handler.js';
import { World } from './model/world.js';

/** How many sequences are tried; a few in the suite, thousands by hand: `SYNC_RUNS=2000 npx vitest run test/sync/model.test.ts`. */
const RUNS = Number(process.env['SYNC_RUNS'] ?? 8);
/** The suite tries the same ones each time; with SYNC_RUNS others each time. SYNC_SEED and SYNC_PATH repeat what failed. */
const SEED = process.env['SYNC_SEED'] ?? (process.env['SYNC_RUNS'] === undefined ? '1' : undefined);
const PATH = process.env['SYNC_PATH'];
const LENGTH = Number(process.env['SYNC_LENGTH'] ?? 25);

let server: TestHandler;
beforeAll(async () => void (server = await openHandler()), 120_000);
afterAll(() => server.close());

const converges = (actions: fc.Arbitrary<Action>) =>
  fc.assert(
    fc.asyncProperty(fc.array(actions, { minLength: 1, maxLength: LENGTH, size: 'max' }), async (all) => {
      const world = await World.open(server, `tenant-${crypto.randomUUID()}`);
      try {
        for (const each of all) await world.perform(each);
        await world.settle();
      } finally {
        await world.close();
      }
    }),
    {
      numRuns: RUNS,
      ...(SEED !== undefined && { seed: Number(SEED) }),
      ...(PATH !== undefined && { path: PATH }),
    },
  );

test('whatever three devices and their networks do, in the end all show the same: nothing is lost, doubled or back', async () => {
  await converges(action);
}, 3_600_000);

test('the same when devices and the server are set back, and profiles copied', async () => {
  await converges(actionOrDisaster);
}, 3_600_000);
