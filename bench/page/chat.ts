import { NotOffered, type ChatStore, type Variant } from '../variants/variant.js';
import { conversations } from '../workloads/index.js';
import { SESSION } from '../workloads/session.js';
import { digest } from './digest.js';
import { sizeOf } from './living-bytes.js';
import { longestTask } from './longest-task.js';
import type { Phase } from './phase.js';
import { noteRequests } from './requests.js';
import { median, quantile, sum, timed, timedSave } from './timing.js';

export function chatOf(variant: Variant): ChatStore {
  if (!variant.chat) throw new NotOffered('stores no conversations here');
  return variant.chat;
}

/** Saves a whole conversation, one turn after the other, and closes. */
export const writeChat: Phase = async (load, { workload }) => {
  const variant = await load();
  const chat = chatOf(variant);
  await variant.open();
  // All made before the first is saved: making them takes time as well.
  const turns = [...conversations[workload]!()];
  const saves: number[] = [];
  const { longest } = await longestTask('loose', async () => {
    for (const turn of turns) saves.push(await timedSave(chat, turn));
  });
  const settling = await timed(async () => variant.settle?.());
  await variant.close();
  const tail = Math.min(20, saves.length / 2);
  return {
    turns: saves.length,
    saveLast: median(saves.slice(-tail)),
    saveP99: quantile(saves, 0.99),
    chatMs: sum(saves),
    settleMs: settling.ms,
    longestSaving: longest,
    transcriptBytes: sum(turns.map(({ added }) => sizeOf(added))),
    digest: digest(turns.at(-1)?.state),
  };
};

/** Opens the store in this fresh page and reads the latest state; then, warm, again and again. */
export const firstRead: Phase = async (load) => {
  const variant = await load();
  const chat = chatOf(variant);
  const first = await timed(async () => {
    await variant.open();
    return chat.readLatest(SESSION);
  });
  const warm: number[] = [];
  while (warm.length < 9 && (warm.length === 0 || sum(warm) < 500)) {
    warm.push((await timed(() => chat.readLatest(SESSION))).ms);
  }
  await variant.close();
  return { firstRead: first.ms, warmRead: median(warm), digest: digest(first.value) };
};

/** The first read once more, for what cannot be observed beside a measurement of time. */
export const readProfile: Phase = async (load) => {
  const made = noteRequests();
  const variant = await load();
  const chat = chatOf(variant);
  const { longest } = await longestTask('tight', async () => {
    await variant.open();
    return chat.readLatest(SESSION);
  });
  const readRequests = [...made];
  await variant.close();
  return {
    longestReading: longest,
    requestsPerRead: readRequests.length,
    readRequests: readRequests.join(' '),
  };
};
