import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { IndexedDBSessionStoreOptions } from '../../src/index.js';
import { makeKey } from '../encryption/keys.js';
import { freshName, openStore } from '../stores/open-store.js';
import { ChatRun } from './chat-run.js';
import { does, perform, type Step } from './chat-steps.js';

// FC_RUNS makes it long; a failure prints its seed and the shortest steps that lead to it.
const numRuns = Number(process.env['FC_RUNS'] ?? 3);

const step: fc.Arbitrary<Step> = fc.record({
  does: fc.constantFrom(...does, 'append' as const, 'begin' as const, 'update' as const, 'end' as const),
  via: fc.nat(2),
  session: fc.nat(1),
  kind: fc.nat(100),
  at: fc.nat(100),
});

/** What all stores have, and what each has beside it. */
type Kind = [
  name: string,
  all: () => Promise<IndexedDBSessionStoreOptions>,
  each: IndexedDBSessionStoreOptions[],
];

const kinds: Kind[] = [
  ['plain', async () => ({}), [{}, {}]],
  ['frozen and not', async () => ({}), [{ frozen: true }, {}, { frozen: true }]],
  ['encrypted', async () => ({ encryption: { key: await makeKey() } }), [{}, { frozen: true }]],
  ['with short chains', async () => ({ maxPersistedChainLength: 3 }), [{}, {}]],
  ['with chains of one', async () => ({ maxPersistedChainLength: 1 }), [{}, {}]],
  ['in memory', async () => ({ fallback: 'memory' as const }), [{}]],
];

describe('Whatever a chat does through stores of one database, all show what a naive model shows', () => {
  test.each(kinds)('%s', { timeout: 60_000 + numRuns * 10_000 }, async (_, optionsOf, more) => {
    const options = await optionsOf();
    if (options.fallback) vi.stubGlobal('indexedDB', undefined);
    onTestFinished(() => void vi.unstubAllGlobals());
    const reported: unknown[] = [];
    vi.stubGlobal('reportError', (error: unknown) => reported.push(error));
    const steps = fc.array(step, { minLength: 1, maxLength: 20, size: 'max' });
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const name = freshName();
        const stores = more.map((own) => openStore({ name, ...options, ...own }));
        const run = new ChatRun(stores, options.maxPersistedChainLength);
        try {
          for (const each of all) {
            await perform(run, each);
            await run.compare();
            expect(reported).toEqual([]);
          }
          // Nothing is lost on the way to another database.
          stores.push(openStore(options));
          await stores.at(-1)!.importSessions(stores[0]!.exportSessions());
          await run.compare(stores.slice(-1));
        } finally {
          await run.end();
          for (const store of stores) await store.close();
        }
      }),
      { numRuns },
    );
  });
});
