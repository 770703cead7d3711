import { NotOffered, type SessionList, type SessionSeed, type Variant } from '../variants/variant.js';
import type { Phase } from './phase.js';
import { median, sum, timed } from './timing.js';

const PAGE = 50;
const PAGES = 20;
const countOf = (workload: string) => (workload === 'sessions-100000' ? 100_000 : 10_000);
const START = Date.UTC(2026, 0, 1);

function sessionsOf(variant: Variant): SessionList {
  if (!variant.sessions) throw new NotOffered('has no way to list sessions');
  return variant.sessions;
}

function seed(at: number): SessionSeed {
  const id = `session-${String(at).padStart(6, '0')}`;
  return { id, title: `Conversation number ${at}`, updatedAt: new Date(START + at * 60_000).toISOString() };
}

export const fillSessions: Phase = async (load, { workload }) => {
  const variant = await load();
  const sessions = sessionsOf(variant);
  await variant.open();
  const filling = await timed(() =>
    sessions.fill(Array.from({ length: countOf(workload) }, (_, at) => seed(at))),
  );
  await variant.settle?.();
  await variant.close();
  return { fillMs: filling.ms };
};

/** Opens the store in this fresh page and goes through the first pages, latest first. */
export const listSessions: Phase = async (load, { workload }) => {
  const variant = await load();
  const sessions = sessionsOf(variant);
  const times: number[] = [];
  let cursor: unknown;
  for (let page = 0; page < PAGES && (page < 3 || sum(times) < 2000); page++) {
    const { ms, value } = await timed(async () => {
      if (page === 0) await variant.open();
      return sessions.page(PAGE, cursor);
    });
    const newest = countOf(workload) - 1 - page * PAGE;
    const expected = Array.from({ length: PAGE }, (_, at) => seed(newest - at).id);
    if (value.ids.join() !== expected.join()) throw new Error(`page ${page} is not what was filled in`);
    times.push(ms);
    cursor = value.cursor;
  }
  await variant.close();
  return { firstPage: times[0], laterPages: median(times.slice(1)) };
};
