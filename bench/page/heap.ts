import { inLargeSteps } from '../workloads/many.js';
import { digest } from './digest.js';
import { chatOf } from './chat.js';
import type { Phase } from './phase.js';
import { timedSave } from './timing.js';

const LONG = 'long';
const TURNS_OF = { 'heap-text-10000': 10_000 } as Record<string, number>;

const turnsOf = (workload: string) => inLargeSteps(LONG, workload, TURNS_OF[workload]);

/** What a page has in its heap as long as it is open. */
const held: unknown[] = [];

export const fillLong: Phase = async (load, { workload }) => {
  const variant = await load();
  await variant.open();
  for (const turn of turnsOf(workload)) await timedSave(chatOf(variant), turn);
  await variant.settle?.();
  await variant.close();
};

/** The state as a copy of its own, and nothing else: the least that a page holds that shows it. */
export const makeState: Phase = async (_, { workload }) => {
  let last;
  for (const { state } of turnsOf(workload)) last = state;
  held.push(structuredClone(last));
};

/** The state that a store has read, and the store. */
export const showState: Phase = async (load) => {
  const variant = await load();
  await variant.open();
  held.push(variant, await chatOf(variant).readLatest(LONG));
  // What a page shows, it has looked at.
  return digest(held[1] as Parameters<typeof digest>[0]);
};
