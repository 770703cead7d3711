import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { openStore } from '../stores/open-store.js';
import { action, Call } from '../property/actions.js';
import { expectSame, observe, outcome } from '../property/observation.js';
import { SESSION_IDS, SNAPSHOT_IDS, toSnapshot, type Write } from '../property/writes.js';
import type { IndexedDBSessionStore } from '../../src/index.js';
import { value } from './arbitrary-values.js';
import { exported, streamOf, undated } from './files.js';

const numRuns = Number(process.env['FC_RUNS'] ?? 50);
const timeout = 60_000 + numRuns * 1_000;

type Store = IndexedDBSessionStore<any>;

async function write(store: Store, { snapshotId, draft }: Write, revision: number): Promise<void> {
  const parent = draft.parentId && (await store.getSnapshot({ snapshotId: draft.parentId }));
  await outcome(() =>
    store.saveSnapshot(snapshotId, (current) =>
      toSnapshot(draft, current, parent ? parent.state : undefined, revision),
    ),
  );
}

/** What `from` holds, read from an empty store that has imported it. */
async function imported(from: Store): Promise<{ to: Store; file: string }> {
  const file = await exported(from);
  const to = openStore({ compaction: false });
  const report = await to.importSessions(streamOf(file));
  expect(report).toMatchObject({ complete: true, damaged: [], totals: { failed: 0, skipped: 0 } });
  expect((await to.check()).problems, 'what does not fit together').toEqual([]);
  expect(undated(await exported(to)), 'exported once more').toEqual(undated(file));
  return { to, file };
}

/** Vitest does not see that maps are equal whose keys contain themselves. */
function expectEqual(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect({ actual }).toStrictEqual({ actual: expected });
}

describe('Export to import is the identity', () => {
  it('whatever was done before', { timeout }, () =>
    fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 15, size: 'max' }), async (actions) => {
        const from = openStore({ compaction: false });
        let revision = 0;
        for (const each of actions) {
          for (const part of each.kind === 'saves' ? each.writes : each.parts) {
            if (part instanceof Call) await outcome(() => part.on(from));
            else await write(from, part, revision++);
          }
        }
        const { to } = await imported(from);
        const ids = new Set(SNAPSHOT_IDS);
        for (const sessionId of SESSION_IDS) {
          for (const id of (await from.getTree(sessionId)).nodes.keys()) ids.add(id);
        }
        const [was, is] = [await observe(from, ids, SESSION_IDS, 2), await observe(to, ids, SESSION_IDS, 2)];
        expectSame(is, was, 'imported');
        await from.close();
        await to.close();
      }),
      { numRuns },
    ),
  );

  it('whatever is in the states', { timeout }, () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ messages: fc.array(value, { maxLength: 4 }), custom: value, extra: value }), {
          minLength: 1,
          maxLength: 3,
        }),
        async (states) => {
          const from = openStore({ compaction: false });
          for (const [n, state] of states.entries()) {
            // The same again, so that there is something to share.
            const messages = [...states.slice(0, n).flatMap((each) => each.messages), ...state.messages];
            const fields = { parentId: `n${n - 1}`, seen: state.extra, state: { ...state, messages } };
            await save(from, `n${n}`, turn(n, fields));
          }
          await from.updateSession('s', { title: 'a', metadata: { any: states[0]!.custom } });
          const { to } = await imported(from);
          for (const n of states.keys()) {
            const [was, is] = await Promise.all(
              [from, to].map((store) => store.getSnapshot({ snapshotId: `n${n}` })),
            );
            expectEqual(is, was);
          }
          expectEqual(await to.getSession('s'), await from.getSession('s'));
          await from.close();
          await to.close();
        },
      ),
      { numRuns },
    ),
  );
});
