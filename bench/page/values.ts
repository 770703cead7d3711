import { NotOffered, type ValueStore, type Variant } from '../variants/variant.js';
import { kinds, TIMES_LARGER } from '../workloads/values.js';
import type { Phase } from './phase.js';
import { median, sum, timed } from './timing.js';

const SAVES = 3;
/** What takes so long need not be repeated to tell. */
const SLOW_MS = 2000;

function valuesOf(variant: Variant): ValueStore {
  if (!variant.values) throw new NotOffered('not measured here');
  return variant.values;
}

const sizesOf = (workload: string) => {
  const { parts } = kinds[workload]!;
  return { small: parts, large: parts * TIMES_LARGER };
};

/** Saves a value and, as a next turn, the same with one thing more; the large one's times over the small one's. */
export const saveValues: Phase = async (load, { workload }) => {
  const variant = await load();
  const store = valuesOf(variant);
  await variant.open();
  const { small, large } = sizesOf(workload);
  const measure = async (parts: number) => {
    const [first, next]: [number[], number[]] = [[], []];
    for (let save = 0; save < SAVES; save++) {
      const id = `${parts}-${save}`;
      const value = kinds[workload]!.make(parts);
      first.push((await timed(() => store.save(id, value))).ms);
      next.push((await timed(() => store.save(id, { ...value, more: save }))).ms);
      if (sum([...first, ...next]) > SLOW_MS) break;
    }
    return { first: median(first), next: median(next) };
  };
  const ofSmall = await measure(small);
  const ofLarge = await measure(large);
  await variant.close();
  return {
    valueSave: ofLarge.first,
    valueSaveGrowth: ofLarge.first / ofSmall.first,
    valueNext: ofLarge.next,
    valueNextGrowth: ofLarge.next / ofSmall.next,
  };
};

/** Reads them for the first time in this page. */
export const readValues: Phase = async (load, { workload }) => {
  const variant = await load();
  const store = valuesOf(variant);
  await variant.open();
  const { small, large } = sizesOf(workload);
  const measure = async (parts: number) => {
    const reads: number[] = [];
    for (let save = 0; save < SAVES; save++) {
      const { ms, value } = await timed(() => store.read(`${parts}-${save}`));
      // Those that took too long were not saved.
      if (value === undefined && save > 0) break;
      if (value?.['more'] !== save) throw new Error('does not read back what was saved');
      reads.push(ms);
    }
    return median(reads);
  };
  const ofSmall = await measure(small);
  const ofLarge = await measure(large);
  await variant.close();
  return { valueRead: ofLarge, valueReadGrowth: ofLarge / ofSmall };
};
