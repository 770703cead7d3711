import { Chat } from '../workloads/chat.js';
import { chatAtEnd, optionsOf } from '../workloads/index.js';
import type { ChatStore, Variant } from '../variants/variant.js';
import { chatOf } from './chat.js';
import type { Phase, Request } from './phase.js';
import { noteRequests } from './requests.js';
import { median, timedSave } from './timing.js';

const SHORT_CHATS = 8;
const WARMING_TURNS = 8;
const PAIRS_PER_CHAT = 3;

export interface LongAndShort {
  store: ChatStore;
  long: Chat;
  /** Begins a short chat and saves turns of both, one after the other. */
  goOn(pairs: number): Promise<{ long: number; short: number }[]>;
  close(): Promise<void>;
  /** The requests of the last save of the long chat. */
  requests: string[];
}

/**
 * Goes on with the long chat and, in turns, with short ones that are at about turn 10: in one warm page, so that
 * nothing but the length differs.
 */
export async function openLongAndShort(
  load: () => Promise<Variant>,
  { workload }: Request,
): Promise<LongAndShort> {
  const made = noteRequests();
  const variant = await load();
  const chat = chatOf(variant);
  await variant.open();
  const long = chatAtEnd(workload);
  let session = 0;
  const opened: LongAndShort = {
    store: chat,
    long,
    requests: [],
    async goOn(pairs) {
      const short = new Chat(`short-${session++}`, optionsOf(workload));
      for (let turn = 0; turn < WARMING_TURNS; turn++) await timedSave(chat, short.next());
      const times: { long: number; short: number }[] = [];
      for (let pair = 0; pair < pairs; pair++) {
        made.length = 0;
        const ofLong = await timedSave(chat, long.next());
        opened.requests = [...made];
        times.push({ long: ofLong, short: await timedSave(chat, short.next()) });
      }
      return times;
    },
    close: () => variant.close(),
  };
  return opened;
}

export const longAgainstShort: Phase = async (load, request) => {
  const both = await openLongAndShort(load, request);
  // The first short chat warms up and does not count.
  await both.goOn(PAIRS_PER_CHAT);
  const times: { long: number; short: number }[] = [];
  for (let session = 1; session < SHORT_CHATS; session++) times.push(...(await both.goOn(PAIRS_PER_CHAT)));
  await both.close();
  const saveLong = median(times.map((pair) => pair.long));
  const saveShort = median(times.map((pair) => pair.short));
  return {
    saveLong,
    saveShort,
    longToShort: saveLong / saveShort,
    requestsPerSave: both.requests.length,
    saveRequests: both.requests.join(' '),
  };
};
