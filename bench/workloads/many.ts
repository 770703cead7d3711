import type { Turn } from '../variants/variant.js';
import { Chat, type ChatOptions } from './chat.js';
import { optionsOf } from './index.js';

const TURNS = 1000;
const TURNS_PER_SAVE = 50;

export const SESSIONS = 10;
/** Beside the ten, which are used in turns, one that is used alone. */
export const ALONE = 'alone';

export const sessionIds = (workload: string) =>
  Array.from({ length: SESSIONS }, (_, at) => `${workload}-${at}`);

/** A long conversation in few saves: each brings 50 turns' messages. */
export function* inLargeSteps(sessionId: string, workload: string, turns = TURNS): Iterable<Turn> {
  const single = new Chat(sessionId, optionsOf(workload));
  const options: ChatOptions = {
    write: () => Array.from({ length: TURNS_PER_SAVE }, () => single.next().added).flat(),
  };
  const chat = new Chat(sessionId, options);
  for (let turn = 0; turn < turns / TURNS_PER_SAVE; turn++) yield chat.next();
}

/** The same conversation after those saves, to be gone on with turn by turn. */
export function afterLargeSteps(sessionId: string, workload: string): Chat {
  const chat = new Chat(sessionId, optionsOf(workload));
  for (const { snapshotId, depth, order, state } of inLargeSteps(sessionId, workload)) {
    chat.place = { snapshotId, depth, messages: state.messages };
    chat.order = order + 1;
  }
  return chat;
}
