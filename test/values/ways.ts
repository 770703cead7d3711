import type { DamagedPart, IndexedDBSessionStore, SessionStoreError } from '../../src/index.js';
import { freshName, openStore } from '../stores/open-store.js';
import { dumpDatabase, settled, withRaw } from '../database/raw-database.js';
import { makeKey } from '../encryption/keys.js';
import { exported, streamOf } from '../transfer/files.js';
import { kinds, type Fate } from './kinds.js';
import { places, type Place } from './places.js';
import { told } from './told.js';

type Store = IndexedDBSessionStore<any>;

/** What became of every kind in every place, by the names of both. */
export type Outcomes = Record<string, unknown>;

export const SAME = 'comes back';
export const REFUSED = 'is refused with its path';
export const LEFT_OUT = 'is left out of the export, which says so with its path';

const plainly = { compaction: false };

/** What a value may go through. Each resolves to what became of all of them. */
export const ways: Record<string, () => Promise<Outcomes>> = {
  'read by another store': async () => {
    const name = freshName();
    const outcomes = await saveAll(openStore({ name, ...plainly }));
    return readAll(openStore({ name, ...plainly }), outcomes);
  },
  'read by the same store, and saved again': async () => {
    const store = openStore(plainly);
    const outcomes = await readAll(store, await saveAll(store));
    return { ...outcomes, ...(await readAll(store, await saveAll(store))) };
  },
  'gathered into large rows': async () => {
    const name = freshName();
    const outcomes = await saveAll(openStore({ name, ...plainly }), 'x'.repeat(70_000));
    await openStore({ name, ...plainly }).compact();
    return readAll(openStore({ name, ...plainly }), outcomes);
  },
  'kept in memory': async () => {
    const { indexedDB } = globalThis;
    Object.defineProperty(globalThis, 'indexedDB', { value: undefined, configurable: true, writable: true });
    try {
      const store = openStore({ fallback: 'memory', ...plainly });
      return await readAll(store, await saveAll(store));
    } finally {
      Object.defineProperty(globalThis, 'indexedDB', {
        value: indexedDB,
        configurable: true,
        writable: true,
      });
    }
  },
  'beside what is repaired': async () => {
    const name = freshName();
    const outcomes = await saveAll(openStore({ name, ...plainly }));
    await spoil(name, 'a symbol in metadata');
    await openStore({ name, ...plainly }).check({ repair: true });
    return readAll(openStore({ name, ...plainly }), outcomes);
  },
  'put aside by a repair': async () => {
    const name = freshName();
    const outcomes = await saveAll(openStore({ name, ...plainly }));
    const before = new Map((await dumpDatabase(name))!['snapshots'] as [string, any][]);
    await spoil(name, ...before.keys());
    await openStore({ name, ...plainly }).check({ repair: true });
    const { quarantine } = (await dumpDatabase(name))!;
    for (const [, { store, key, row }] of quarantine as [number, any][]) {
      if (store !== 'snapshots') continue;
      const [is, was] = await Promise.all([told(withoutTime(row)), told(withoutTime(before.get(key)))]);
      outcomes[key] ??= is === was ? SAME : `${is} was put aside instead of ${was}`;
    }
    return outcomes;
  },
  'exported and imported': async () => {
    const from = openStore(plainly);
    const outcomes = await saveAll(from);
    const { file, left } = await exportOf(from);
    const to = openStore(plainly);
    await to.importSessions(streamOf(file, 60_000));
    return readAll(to, { ...outcomes, ...left });
  },
  'imported in place of what is there': async () => {
    const store = openStore(plainly);
    const outcomes = await saveAll(store);
    const { file, left } = await exportOf(store);
    const report = await store.importSessions(streamOf(file, 60_000), { onConflict: 'replace' });
    if (report.totals.failed > 0)
      throw new Error(JSON.stringify(report.sessions.filter(({ outcome }) => outcome === 'failed')));
    return readAll(store, { ...outcomes, ...left });
  },
  encrypted: async () => {
    const [name, key] = [freshName(), await makeKey()];
    const outcomes = await saveAll(openStore({ name, encryption: { key }, ...plainly }));
    return readAll(openStore({ name, encryption: { key }, ...plainly }), outcomes);
  },
  'gathered into large rows, encrypted': async () => {
    const [name, key] = [freshName(), await makeKey()];
    const outcomes = await saveAll(openStore({ name, encryption: { key }, ...plainly }), 'x'.repeat(70_000));
    await openStore({ name, encryption: { key }, ...plainly }).compact();
    return readAll(openStore({ name, encryption: { key }, ...plainly }), outcomes);
  },
  'exported and imported, encrypted': async () => {
    const [one, other] = [await makeKey(), await makeKey()];
    const from = openStore({ encryption: { key: one }, ...plainly });
    const outcomes = await saveAll(from);
    const { file, left } = await exportOf(from);
    const name = freshName();
    await openStore({ name, encryption: { key: other }, ...plainly }).importSessions(streamOf(file, 60_000));
    return readAll(openStore({ name, encryption: { key: other }, ...plainly }), { ...outcomes, ...left });
  },
};

const idOf = (kind: string, place: string) => `${kind} in ${place}`;

/** All cases, by id. */
export function cases(): [id: string, kind: (typeof kinds)[string], place: Place][] {
  return Object.entries(kinds).flatMap(([kind, made]) =>
    Object.entries(places).map(([name, place]): [string, typeof made, Place] => [
      idOf(kind, name),
      made,
      place,
    ]),
  );
}

/** Saves every kind in every place, each in a session of its own. Resolves to what was refused. */
async function saveAll(store: Store, padding = ''): Promise<Outcomes> {
  const outcomes: Outcomes = {};
  const saved = cases().map(async ([id, { make }, { save: saveAt, path }]) => {
    const { value } = await make();
    await saveAt(store, id, value, padding).catch((error: SessionStoreError) => {
      outcomes[id] = refusalOf(error, path);
    });
  });
  await Promise.all(saved);
  return outcomes;
}

const isIn = (path: string | undefined, expected: string) =>
  path === expected || !!path?.startsWith(`${expected}.`);

function refusalOf({ status, path, message }: SessionStoreError, expected: string): string {
  return status === 'INVALID_ARGUMENT' && isIn(path, expected) ? REFUSED : `${status} at ${path}: ${message}`;
}

/** What a store reads, compared with what structured clone makes of the value. */
async function readAll(store: Store, before: Outcomes): Promise<Outcomes> {
  const outcomes = { ...before };
  const read = cases().map(async ([id, { make }, { read }]) => {
    if (id in outcomes) return;
    try {
      const [{ value }, found] = await Promise.all([make(), read(store, id)]);
      const [is, was] = await Promise.all([told(found), told(structuredClone(value))]);
      outcomes[id] = is === was ? SAME : `${is} instead of ${was}`;
    } catch (error) {
      outcomes[id] = `cannot be read: ${String(error)}`;
    }
  });
  await Promise.all(read);
  return outcomes;
}

/** The file, and what it lacks. */
async function exportOf(store: Store): Promise<{ file: string; left: Outcomes }> {
  const damaged: DamagedPart[] = [];
  const file = await exported(store, { onDamaged: (part) => damaged.push(part) });
  const wanted = new Map(cases().map(([id, , { path }]) => [id, path]));
  const left: Outcomes = {};
  for (const part of damaged) {
    const expected = wanted.get(part.sessionId!)!.replace(/^patch\./, '');
    const isTold = part.reason && isIn(part.path, expected);
    left[part.sessionId!] = isTold ? LEFT_OUT : JSON.stringify(part);
  }
  return { file, left };
}

const withoutTime = ({ createdMs: _, ...row }: any) => row;

/** Changes rows of snapshots so that they cannot be read, and keeps what is in them. */
const spoil = (name: string, ...ids: string[]): Promise<void> =>
  withRaw(name, async (transaction) => {
    const rows = transaction.objectStore('snapshots');
    for (const id of ids) rows.put({ ...(await settled(rows.get(id))), createdMs: Infinity });
  });

/** What should become of a value on a way. */
export function wantedOf(fate: Fate, way: string): string {
  if (fate === 'refused' || (fate === 'kept where it is' && way.includes('encrypted'))) return REFUSED;
  return fate === 'kept where it is' && way.includes('import') ? LEFT_OUT : SAME;
}
