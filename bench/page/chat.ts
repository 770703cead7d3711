import { NotOffered, type ChatStore, type Turn, type Variant } from '../variants/variant.js';
import { conversations, isHuge } from '../workloads/index.js';
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
  const conversation = conversations[workload]!();
  // All made before the first is saved, if memory allows: making them takes time as well.
  const turns = isHuge(workload) ? conversation : [...conversation];
  if (isHuge(workload) && chat.savesWhole) return saveLastOnly(variant, turns);
  const saves: number[] = [];
  let transcriptBytes = 0;
  let last: Turn | undefined;
  const { longest } = await longestTask('loose', async () => {
    for (const turn of turns) {
      saves.push(await timedSave(chat, turn));
      last = turn;
    }
  });
  const settling = await timed(async () => variant.settle?.());
  await variant.close();
  for (const { added } of conversations[workload]!()) transcriptBytes += sizeOf(added);
  const tail = Math.min(20, saves.length / 2);
  return {
    turns: saves.length,
    saveLast: median(saves.slice(-tail)),
    saveP99: quantile(saves, 0.99),
    // By then everything is warm.
    saveAtHundred: median(saves.slice(90, 110)),
    chatMs: sum(saves),
    settleMs: settling.ms,
    longestSaving: longest,
    transcriptBytes,
    digest: digest(last?.state),
  };
};

/** Where a save writes the whole state, nobody could wait for all of them: there is a last one to be read, and no more. */
async function saveLastOnly(variant: Variant, turns: Iterable<Turn>): Promise<{ digest: string }> {
  let last: Turn | undefined;
  for (const turn of turns) last = turn;
  await chatOf(variant).save(last!);
  await variant.close();
  return { digest: digest(last?.state) };
}

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
