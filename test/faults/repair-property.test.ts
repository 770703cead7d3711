import { IDBFactory } from 'fake-indexeddb';
import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { IndexedDBSessionStore, type CheckProblem, type QuarantinedRow } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { dumpDatabase, withRaw } from '../database/raw-database.js';
import { said } from '../logs/chat.js';

const NAME = 'damaged';
const SESSIONS = ['s', 't', 'u'];

type Dump = NonNullable<Awaited<ReturnType<typeof dumpDatabase>>>;
type Row = Record<string, any>;

/** A turn: which session, which of its snapshots it continues, what of that one's messages it keeps and adds. */
interface Turn {
  session: number;
  parent: number;
  keep: number;
  add: number;
  image: boolean;
}

const aTurn: fc.Arbitrary<Turn> = fc.record({
  session: fc.nat(SESSIONS.length - 1),
  parent: fc.nat(9),
  keep: fc.nat(6),
  add: fc.nat(3),
  image: fc.boolean(),
});

/** What happens to a row: the one at `row`, modulo their number, of one of the stores. */
interface Damage {
  store: string;
  row: number;
  part: number;
  how: 'deleted' | 'replaced' | 'part lost' | 'part replaced' | 'part cut';
  by: unknown;
}

const damage: fc.Arbitrary<Damage> = fc.record({
  store: fc.constantFrom('snapshots', 'snapshots', 'sessions', 'logs', 'logs', 'meta'),
  row: fc.nat(50),
  part: fc.nat(20),
  how: fc.constantFrom('deleted', 'replaced', 'part lost', 'part replaced', 'part cut'),
  by: fc.constantFrom<unknown>('garbage', null, 1, -1, 1.5, NaN, true, {}, [], [7], [[0, 'x']], new Date(0)),
});

const open = () => new IndexedDBSessionStore<any>({ name: NAME, compaction: false });

async function use<T>(work: (store: IndexedDBSessionStore<any>) => Promise<T>): Promise<T> {
  const store = open();
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Saves the turns; resolves to the ids by session. */
function fill(turns: readonly Turn[]): Promise<Map<string, string[]>> {
  return use(async (store) => {
    const sessions = new Map<string, string[]>();
    const states = new Map<string, unknown[]>();
    for (const [n, { session, parent, keep, add, image }] of turns.entries()) {
      const sessionId = SESSIONS[session]!;
      const ids = sessions.get(sessionId) ?? [];
      sessions.set(sessionId, ids);
      const parentId = ids[parent];
      const kept = parentId === undefined ? [] : states.get(parentId)!.slice(0, keep);
      const images = image
        ? [{ content: ['A', 'B'].map((letter) => `data:image/png;base64,${letter.repeat(9000)}`) }]
        : [];
      const messages = [...kept, ...Array.from({ length: add }, (_, k) => said(`${n}.${k}`)), ...images];
      const fields = { sessionId, parentId, state: { messages, custom: { n } } };
      await save(store, `${n}`, turn(n, fields));
      states.set(`${n}`, messages);
      ids.push(`${n}`);
    }
    for (const id of sessions.keys()) await store.updateSession(id, { title: `Session ${id}` });
    await store.compact();
    return sessions;
  });
}

function spoiled(row: Row, { how, part, by }: Damage, keyPath: string | undefined): unknown {
  if (how === 'replaced') return keyPath ? { [keyPath]: row[keyPath] as unknown, junk: by } : by;
  if (typeof row !== 'object') return by;
  const keys = Object.keys(row).filter((key) => key !== keyPath);
  const key = keys[part % keys.length]!;
  const value: unknown = row[key];
  if (how === 'part lost') return Object.fromEntries(Object.entries(row).filter(([each]) => each !== key));
  if (how === 'part replaced' || typeof value !== 'object' || value === null) return { ...row, [key]: by };
  if (Array.isArray(value)) return { ...row, [key]: value.slice(0, -1) };
  return { ...row, [key]: Object.fromEntries(Object.entries(value).slice(0, -1)) };
}

function spoil(before: Dump, damages: readonly Damage[]): Promise<void> {
  return withRaw(NAME, (transaction) => {
    for (const each of damages) {
      const rows = before[each.store]!;
      if (rows.length === 0) continue;
      const [key, row] = rows[each.row % rows.length]!;
      const store = transaction.objectStore(each.store);
      if (each.how === 'deleted') store.delete(key);
      else if (store.keyPath) store.put(spoiled(row as Row, each, 'id'));
      else store.put(spoiled(row as Row, each, undefined), key);
    }
  });
}

/** What each snapshot reads as, to somebody who remembers nothing; those that cannot be read are not there. */
function readAll(ids: readonly string[]): Promise<Map<string, unknown>> {
  return use(async (store) => {
    const found = new Map<string, unknown>();
    for (const snapshotId of ids) {
      const snapshot = await store.getSnapshot({ snapshotId }).catch(() => undefined);
      if (snapshot) found.set(snapshotId, snapshot);
    }
    return found;
  });
}

const rowsOf = (dump: Dump, store: string) => new Map(dump[store]!.map(([key, row]) => [`${key}`, row]));

const same = (a: unknown, b: unknown, what: string) => {
  if (!isDeepStrictEqual(a, b)) expect(a, what).toStrictEqual(b);
};

/** Every row is where it was, or in the quarantine; what is computed, in a session's row or the clock, may differ. */
function expectNothingLost(damaged: Dump, repaired: Dump, problems: readonly CheckProblem[]): void {
  const kept = repaired['quarantine']!.map(([, row]) => row as QuarantinedRow);
  for (const store of ['snapshots', 'sessions', 'logs', 'meta']) {
    const after = rowsOf(repaired, store);
    for (const [key, row] of damaged[store]!) {
      const there = after.get(`${key}`);
      if (isDeepStrictEqual(there, row)) continue;
      const copy = kept.find((each) => each.store === store && `${each.key}` === `${key}`);
      if (copy) {
        same(copy.row, row, `${store} ${key} in the quarantine`);
        continue;
      }
      if (store === 'meta') {
        expect(problems.length, 'what the clock ticks for').toBeGreaterThan(0);
        expect(['clock', 'loose', 'receipt']).toContain(key);
        continue;
      }
      expect(store, `the store of ${key}, which is lost`).toBe('sessions');
      const computed = {
        snapshots: 0,
        leaves: 0,
        latest: 0,
        selected: 0,
        version: 0,
        written: 0,
        changes: 0,
      };
      same({ ...(there as Row), ...computed }, { ...(row as Row), ...computed }, `session ${key}`);
    }
  }
}

/** The sessions that have lost nothing: their rows, their snapshots and what those refer to are as they were. */
function untouched(original: Dump, damaged: Dump, sessions: ReadonlyMap<string, string[]>): string[] {
  const isAsBefore = (store: string, key: IDBValidKey) =>
    isDeepStrictEqual(rowsOf(original, store).get(`${key}`), rowsOf(damaged, store).get(`${key}`));
  const logsOf = (id: string) => {
    const { state } = rowsOf(original, 'snapshots').get(id) as Row;
    const spans = [...(state?.fields ?? []).map((field: unknown[]) => field[2]), state?.media ?? []];
    return spans.flatMap((each) =>
      Array.isArray(each) ? (each as number[]).filter((_, i) => i % 3 === 0) : [],
    );
  };
  return [...sessions].flatMap(([sessionId, ids]) => {
    const logs = new Set(ids.flatMap(logsOf));
    const logKeys = original['logs']!.map(([key]) => key as number[]).filter(([log]) => logs.has(log!));
    const isWhole =
      isAsBefore('sessions', sessionId) &&
      ids.every((id) => isAsBefore('snapshots', id)) &&
      logKeys.every((key) => isAsBefore('logs', key));
    return isWhole ? [sessionId] : [];
  });
}

const named = (problems: readonly CheckProblem[]): Set<string> =>
  new Set(
    problems.flatMap((problem) => {
      if (problem.kind === 'dangling') return problem.snapshotId;
      return problem.kind === 'damaged' && problem.store === 'snapshots' ? problem.id : [];
    }),
  );

test(
  'whatever was damaged, repairing leaves a database in order, and loses nothing',
  { timeout: 300_000 },
  () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(aTurn, { minLength: 1, maxLength: 12 }),
        fc.array(damage, { minLength: 1, maxLength: 4 }),
        async (turns, damages) => {
          globalThis.indexedDB = new IDBFactory();
          const sessions = await fill(turns);
          const ids = [...sessions.values()].flat();
          const original = (await dumpDatabase(NAME))!;
          await spoil(original, damages);
          const damaged = (await dumpDatabase(NAME))!;
          const readBefore = await readAll(ids);

          const report = await use((store) => store.check({ repair: true }));
          const repaired = (await dumpDatabase(NAME))!;
          expect(await use((store) => store.check())).toMatchObject({
            problems: [],
            quarantined: report.quarantined,
          });
          expectNothingLost(damaged, repaired, report.problems);

          // All that was not complained of reads as before, and all that is still there can be read.
          const readAfter = await readAll(ids);
          const broken = named(report.problems);
          const expected = new Map([...readBefore].filter(([id]) => !broken.has(id)));
          same(readAfter, expected, 'what can be read');
          const there = repaired['snapshots']!.map(([key]) => key as string);
          same([...readAfter.keys()].sort(), there.sort(), 'who can be read');
          for (const sessionId of untouched(original, damaged, sessions)) {
            same(
              rowsOf(repaired, 'sessions').get(sessionId),
              rowsOf(original, 'sessions').get(sessionId),
              `session ${sessionId}, which was not damaged`,
            );
          }

          await use((store) => store.check({ repair: true }));
          same(await dumpDatabase(NAME), repaired, 'repaired twice');
          await use(async (store) => {
            const listed = await store.listSessions();
            expect(listed.damaged).toEqual([]);
            for (const { sessionId } of listed.sessions) {
              const { snapshotId, state } = (await store.getSnapshot({ sessionId }))!;
              const messages = [...((state?.messages as unknown[] | undefined) ?? []), said('next')];
              const next = turn(99, { sessionId, parentId: snapshotId, state: { messages } });
              await save(store, `next in ${sessionId}`, next);
            }
            expect((await store.check()).problems).toEqual([]);
          });
        },
      ),
      { numRuns: Number(process.env['FC_RUNS'] ?? 60), seed: 5 },
    ),
);
