import type { Session } from '../database/driver.js';
import { Statement } from '../database/statement.js';
import { mediaOf } from './read-state.js';
import { Ranges } from './ranges.js';
import { pairOf, type PushState } from './state.js';

/** What no snapshot reaches any more, and what only that needed. */
export interface Freed {
  /** By incarnation. */
  places: Map<string, Ranges>;
  /** Uses of media, by incarnation and place. */
  uses: Map<string, { incarnation: string; place: string }>;
  media: string[];
}

export const placeOfEntry = (log: string, at: number): string => `e:${log}:${at}`;
export const placeOfSnapshot = (key: string): string => `s:${key}`;

/** Uses of media that a push makes. */
export function newUses(state: PushState): { incarnation: string; place: string; digest: string }[] {
  const uses = [
    ...[...state.entries.values()].flatMap(({ incarnation, log, at, fresh }) =>
      (fresh?.media ?? []).map(([digest]) => ({ incarnation, place: placeOfEntry(log, at), digest })),
    ),
    ...[...state.snapshots.values()].flatMap(({ incarnation, key, media, isChanged }) =>
      (isChanged ? media : []).map(([digest]) => ({ incarnation, place: placeOfSnapshot(key), digest })),
    ),
  ];
  return [...new Map(uses.map((use) => [`${use.incarnation} ${use.place} ${use.digest}`, use])).values()];
}

/** Finds what is to be freed, and takes it off the counts of bytes. */
export async function findFreed(session: Session, state: PushState): Promise<Freed> {
  const freed: Freed = { places: new Map(), uses: new Map(), media: [] };
  for (const { bytes } of state.deletedSessions.values()) state.added -= bytes;
  for (const [incarnation, released] of state.released) {
    const reaches = state.reaches.get(incarnation);
    if (!reaches) continue;
    const reached = new Ranges();
    for (const spans of reaches.values()) reached.addSpans(spans);
    const places = released.without(reached);
    if (!places.isEmpty) freed.places.set(incarnation, places);
  }
  forgetFresh(state, freed);
  await countEntries(session, state, freed);
  for (const { incarnation, key, media } of replaced(state)) {
    if (media.length > 0) addUse(freed, incarnation, placeOfSnapshot(key));
  }
  await findMedia(session, state, freed);
  return freed;
}

const addUse = ({ uses }: Freed, incarnation: string, place: string) =>
  uses.set(pairOf(incarnation, place), { incarnation, place });

/** Snapshots that were there and are deleted or changed. */
const replaced = (state: PushState) =>
  [...state.found.values()].filter(
    ({ key, incarnation }) =>
      !state.deletedSessions.has(incarnation) && state.snapshots.get(key)?.isChanged !== false,
  );

/** What this push brought and let go of again is never written. */
function forgetFresh(state: PushState, { places }: Freed): void {
  for (const [place, { incarnation, log, at, fresh }] of state.entries) {
    if (!fresh || !places.get(incarnation)?.has(log, at)) continue;
    state.entries.delete(place);
    state.added -= fresh.bytes;
    state.sessions.get(incarnation)!.bytes -= fresh.bytes;
  }
}

export const placesOf = ({
  places,
}: Freed): [incarnation: string, log: string, lower: number, upper: number][] =>
  [...places].flatMap(([incarnation, ranges]) =>
    [...ranges].map(([log, from, to]): [string, string, number, number] => [incarnation, log, from, to]),
  );

async function countEntries(session: Session, state: PushState, freed: Freed): Promise<void> {
  const places = placesOf(freed);
  for (let first = 0; first < places.length; first += 5_000) {
    const statement = new Statement();
    const rows = await session.query(
      `SELECT e.incarnation, e.log, e.at, e.bytes, e.media
       FROM ${statement.values({ incarnation: 'text', log: 'text', lower: 'bigint', upper: 'bigint' }, places.slice(first, first + 5_000))}
       JOIN offshoot_entries e ON e.tenant = ${statement.add(state.tenant.id, 'text')}
         AND e.incarnation = v.incarnation AND e.log = v.log AND e.at >= v.lower AND e.at < v.upper`,
      statement.parameters,
    );
    for (const row of rows) {
      const incarnation = row['incarnation'] as string;
      state.added -= Number(row['bytes']);
      state.sessions.get(incarnation)!.bytes -= Number(row['bytes']);
      if (mediaOf(row['media']).length === 0) continue;
      addUse(freed, incarnation, placeOfEntry(row['log'] as string, Number(row['at'])));
    }
  }
}

/** Media whose last use goes. */
async function findMedia(session: Session, state: PushState, freed: Freed): Promise<void> {
  const deleted = [...state.deletedSessions.keys()];
  if (freed.uses.size + deleted.length === 0) return;
  const statement = new Statement();
  const tenant = statement.add(state.tenant.id, 'text');
  const incarnations = new Set([
    ...deleted,
    ...[...freed.uses.values()].map(({ incarnation }) => incarnation),
  ]);
  const rows = await session.query(
    `SELECT incarnation, place, digest FROM offshoot_media_uses WHERE tenant = ${tenant} AND digest IN (
       SELECT digest FROM offshoot_media_uses
       WHERE tenant = ${tenant} AND incarnation IN ${statement.list([...incarnations], 'text')})`,
    statement.parameters,
  );
  const used = new Set(newUses(state).map(({ digest }) => digest));
  const candidates = new Set<string>();
  for (const row of rows) {
    const incarnation = row['incarnation'] as string;
    const isFreed =
      state.deletedSessions.has(incarnation) || freed.uses.has(pairOf(incarnation, row['place'] as string));
    if (isFreed) candidates.add(row['digest'] as string);
    else used.add(row['digest'] as string);
  }
  freed.media = [...candidates].filter((digest) => !used.has(digest));
  if (freed.media.length === 0) return;
  const sum = new Statement();
  const [row] = await session.query(
    `SELECT sum(bytes) AS bytes FROM offshoot_media
     WHERE tenant = ${sum.add(state.tenant.id, 'text')} AND digest IN ${sum.list(freed.media, 'text')}`,
    sum.parameters,
  );
  state.added -= Number(row?.['bytes'] ?? 0);
}
