import { NotOffered } from '../variants/variant.js';
import type { Phase } from './phase.js';
import { median, timed } from './timing.js';

const AT_ONCE = 16;
const ROUNDS = 25;
const WARMING_ROUNDS = 5;

/** 16 read-modify-writes: one at a time, all at once on one snapshot, all at once on 16. Not one may be lost. */
export const concurrentSaves: Phase = async (load) => {
  const variant = await load();
  const { counters } = variant;
  if (!counters) throw new NotOffered('not measured here');
  await variant.open();
  const ids = Array.from({ length: AT_ONCE }, (_, at) => `snapshot-${at}`);
  const same = ids.map(() => 'one');
  await counters.create(['one', ...ids]);
  const together = async (ids: string[]) => {
    if (counters.addAll) await counters.addAll(ids);
    else await Promise.all(ids.map((id) => counters.add(id)));
  };
  const inTurn = async (ids: string[]) => {
    for (const id of ids) await counters.add(id);
  };

  const times = { oneAtATime: [] as number[], ofOne: [] as number[], ofMany: [] as number[] };
  for (let round = -WARMING_ROUNDS; round < ROUNDS; round++) {
    const oneAtATime = await timed(() => inTurn(ids));
    const ofOne = await timed(() => together(same));
    const ofMany = await timed(() => together(ids));
    if (round < 0) continue;
    times.oneAtATime.push(oneAtATime.ms);
    times.ofOne.push(ofOne.ms);
    times.ofMany.push(ofMany.ms);
  }

  const rounds = ROUNDS + WARMING_ROUNDS;
  const kept = { one: await counters.count('one'), many: await counters.count(ids[0]!) };
  await variant.close();
  return {
    oneAtATime: median(times.oneAtATime) / AT_ONCE,
    ofOne: median(times.ofOne) / AT_ONCE,
    ofMany: median(times.ofMany) / AT_ONCE,
    lostOfOne: 1 - kept.one / (rounds * AT_ONCE),
    lostOfMany: 1 - kept.many / (rounds * 2),
  };
};
