import fc from 'fast-check';
import { expect, test } from 'vitest';
import { at, message } from '../../../src/testing/sample-snapshots.js';
import { openLocalSync } from '../../../src/sync/local/index.js';
import { openStore } from '../../stores/open-store.js';

const numRuns = Number(process.env['FC_RUNS'] ?? 60);

const step = fc.record({
  what: fc.constantFrom(
    'append',
    'append',
    'append',
    'rewrite',
    'rewrite',
    'name',
    'name',
    'delete',
    'compact',
  ),
  one: fc.nat(50),
  status: fc.constantFrom('completed', 'completed', 'pending'),
});

test('no place that was named ever holds another entry', { timeout: 300_000 }, () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 40, size: 'max' }),
      fc.constantFrom(undefined, 2),
      async (steps, maxPersistedChainLength) => {
        const store = openStore({ maxPersistedChainLength });
        const { local } = await openLocalSync(store);
        await local.begin();
        const named = new Map<string, string>();
        let count = 0;
        for (const { what, one, status } of steps) {
          const { snapshots } = await store.listSnapshots({ sessionId: 's', limit: 1000 });
          const chosen = snapshots[one % Math.max(1, snapshots.length)];
          const id = what === 'rewrite' && chosen ? chosen.snapshotId : `${++count}`;
          const parentId = what === 'rewrite' ? chosen?.parentId : chosen?.snapshotId;
          if (what === 'append' || what === 'rewrite') {
            const parent = parentId && (await store.getSnapshot({ snapshotId: parentId }));
            const before = ((parent && parent.state?.messages) ?? []) as object[];
            const texts = Array.from({ length: 1 + (one % 3) }, (_, n) =>
              message(`${count} ${one} ${Math.random()} ${n}`.padEnd(one % 2 === 0 ? 300 : 9000, '.')),
            );
            await store.saveSnapshot(id, () => ({
              sessionId: 's',
              createdAt: at(count),
              status,
              ...(parentId !== undefined && { parentId }),
              state: { messages: [...before, ...texts] as never },
            }));
          } else if (what === 'compact') await store.compact();
          else if (what === 'delete' && chosen)
            await store.deleteSnapshot(chosen.snapshotId, { subtree: true });
          else if (what === 'name') {
            const { lines, token } = await local.collect({ rows: 1 + one, bytes: 1e7 });
            for (const line of lines) {
              if (line.op !== 'entries') continue;
              for (const [index, digest] of line.digests.entries()) {
                const place = `${line.incarnation} ${line.log} ${line.at + index}`;
                expect(named.get(place) ?? digest, place).toBe(digest);
                named.set(place, digest);
              }
            }
            // Some answers come, others do not.
            if (one % 2 === 0)
              await local.accept(
                token,
                lines.map((_, line) => ({ line, seq: 1 })),
              );
          }
        }
        expect((await store.check()).problems).toEqual([]);
      },
    ),
    { numRuns },
  ),
);
