import { conversations } from '../workloads/index.js';
import { streamed } from '../workloads/streamed.js';
import type { ChatStore, Turn, Variant } from '../variants/variant.js';
import { chatOf } from './chat.js';
import { openLongAndShort, type LongAndShort } from './long-against-short.js';
import { longestTask } from './longest-task.js';
import type { Phase } from './phase.js';
import { median, sum, timedSave } from './timing.js';

// A whole chat in pieces, so that two pages can take turns with it.

const PIECES = 10;
const PAIRS = 6;
const PARTIAL_SAVES = 15;

let writing: { variant: Variant; chat: ChatStore; turns: Turn[]; piece: number } | undefined;

/** Makes the turns of a chat. How many pieces they are saved in. */
export const beginWriting: Phase = async (load, { workload }) => {
  const variant = await load();
  const chat = chatOf(variant);
  await variant.open();
  const turns = [...conversations[workload]!()];
  writing = { variant, chat, turns, piece: Math.ceil(turns.length / PIECES) };
  return Math.ceil(turns.length / writing.piece);
};

/** Saves the next turns. */
export const writeOn: Phase = async () => {
  const { chat, turns, piece } = writing!;
  const saves: number[] = [];
  const { longest } = await longestTask('loose', async () => {
    for (const turn of turns.splice(0, piece)) saves.push(await timedSave(chat, turn));
  });
  return { chatMs: sum(saves), longestSaving: longest };
};

export const endWriting: Phase = async () => {
  const { variant } = writing!;
  await variant.settle?.();
  await variant.close();
};

let both: LongAndShort | undefined;

/** Opens the long chat, and warms up. */
export const beginGoingOn: Phase = async (load, request) => {
  both = await openLongAndShort(load, request);
  await both.goOn(PAIRS);
};

export const goOn: Phase = async () => {
  const times = await both!.goOn(PAIRS);
  const saveLong = median(times.map((pair) => pair.long));
  const saveShort = median(times.map((pair) => pair.short));
  return { saveLast: saveLong, saveShort, longToShort: saveLong / saveShort };
};

let streaming: Turn[] | undefined;

/** Streams a turn of the long chat: the next partial saves. */
export const streamOn: Phase = async () => {
  const { store, long } = both!;
  streaming ??= [...streamed(long)];
  const saves: number[] = [];
  for (const turn of streaming.splice(0, PARTIAL_SAVES)) saves.push(await timedSave(store, turn));
  return { partialSave: median(saves) };
};

export const endGoingOn: Phase = async () => {
  await both!.close();
  return { requestsPerSave: both!.requests.length };
};
