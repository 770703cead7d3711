import { ALONE, SESSIONS, afterLargeSteps, inLargeSteps, sessionIds } from '../workloads/many.js';
import { chatOf } from './chat.js';
import type { Phase } from './phase.js';
import { median, timed, timedSave } from './timing.js';

const WARMING_ROUNDS = 1;
const ROUNDS = 6;

/** Ten long sessions, and one more. */
export const fillMany: Phase = async (load, { workload }) => {
  const variant = await load();
  const chat = chatOf(variant);
  await variant.open();
  for (const id of [...sessionIds(workload), ALONE]) {
    for (const turn of inLargeSteps(id, workload)) await timedSave(chat, turn);
  }
  await variant.settle?.();
  await variant.close();
};

/** One after the other is read and gets a turn, again and again; in between, the one that is used alone. */
export const useInTurns: Phase = async (load, { workload }) => {
  const variant = await load();
  const store = chatOf(variant);
  await variant.open();
  const chats = sessionIds(workload).map((id) => afterLargeSteps(id, workload));
  const alone = afterLargeSteps(ALONE, workload);
  const times = { saveInTurns: [] as number[], saveAlone: [] as number[], readInTurns: [] as number[] };
  for (let round = -WARMING_ROUNDS; round < ROUNDS; round++) {
    for (const chat of chats) {
      const save = await timedSave(store, chat.next());
      const { ms: read } = await timed(() => store.readLatest(chat.sessionId));
      if (round < 0) continue;
      times.saveInTurns.push(save);
      times.readInTurns.push(read);
    }
    for (let turn = 0; turn < SESSIONS; turn++) {
      const save = await timedSave(store, alone.next());
      if (round >= 0) times.saveAlone.push(save);
    }
  }
  await variant.close();
  const saveInTurns = median(times.saveInTurns);
  const saveAlone = median(times.saveAlone);
  return {
    saveInTurns,
    saveAlone,
    inTurnsToAlone: saveInTurns / saveAlone,
    readInTurns: median(times.readInTurns),
  };
};
