import { NotOffered, type Variant } from '../variants/variant.js';
import { Chat } from '../workloads/chat.js';
import { chatOf } from './chat.js';
import type { Phase } from './phase.js';
import { median, quantile, timed, timedSave } from './timing.js';

const SESSIONS = 10;
const SNAPSHOTS = 3000;
const PAUSE_MS = 20;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function compactOf(variant: Variant): () => Promise<void> {
  if (!variant.compact) throw new NotOffered('has nothing to compact');
  return variant.compact;
}

/** Conversations in many small rows. */
export const fillForCompaction: Phase = async (load) => {
  const variant = await load();
  compactOf(variant);
  await variant.open();
  for (let session = 0; session < SESSIONS; session++) {
    const chat = new Chat(`session-${session}`);
    for (let turn = 0; turn < SNAPSHOTS / SESSIONS; turn++) await timedSave(chatOf(variant), chat.next());
  }
  await variant.close();
};

export const compact: Phase = async (load) => {
  const variant = await load();
  await variant.open();
  const { ms } = await timed(compactOf(variant));
  await variant.close();
  return ms;
};

let work: { variant: Variant; saves: number[]; stopped: boolean; ended: Promise<void> } | undefined;

/** Another tab, in which somebody chats. */
export const beginWork: Phase = async (load) => {
  const variant = await load();
  await variant.open();
  const chat = new Chat(`worker-${Math.random()}`);
  const begun = { variant, saves: [] as number[], stopped: false, ended: Promise.resolve() };
  const goOn = async () => {
    while (!begun.stopped) {
      begun.saves.push(await timedSave(chatOf(variant), chat.next()));
      await pause(PAUSE_MS);
    }
    await variant.close();
  };
  begun.ended = goOn();
  work = begun;
};

/** The same tab wants to compact as well. */
export const compactToo: Phase = async () => compactOf(work!.variant)();

/** How long saves took since this was asked last. */
export const workSoFar: Phase = async () => {
  const saves = work!.saves.splice(0);
  return { median: median(saves), p99: quantile(saves, 0.99), saves: saves.length };
};

export const endWork: Phase = async () => {
  work!.stopped = true;
  await work!.ended;
};
