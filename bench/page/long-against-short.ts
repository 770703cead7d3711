import { conversations } from '../workloads/index.js';
import { Chat } from '../workloads/chat.js';
import { SESSION } from '../workloads/session.js';
import type { Turn } from '../variants/variant.js';
import { chatOf } from './chat.js';
import type { Phase } from './phase.js';
import { noteRequests } from './requests.js';
import { median, timed } from './timing.js';

const SHORT_CHATS = 8;
const WARMING_TURNS = 8;
const PAIRS_PER_CHAT = 3;

/**
 * Goes on with the long chat and, in turns, with short ones that are at about turn 10: in one warm page, so that
 * nothing but the length differs. The first short chat warms up and does not count.
 */
export const longAgainstShort: Phase = async (load, { workload }) => {
  const made = noteRequests();
  const variant = await load();
  const chat = chatOf(variant);
  await variant.open();
  const long = atEndOf(conversations[workload]!());
  const times: { long: number; short: number }[] = [];
  let saveRequests: string[] = [];
  for (let session = 0; session < SHORT_CHATS; session++) {
    const short = new Chat(`short-${session}`);
    for (let turn = 0; turn < WARMING_TURNS; turn++) await chat.save(short.next());
    for (let pair = 0; pair < PAIRS_PER_CHAT; pair++) {
      made.length = 0;
      const ofLong = await timed(() => chat.save(long.next()));
      saveRequests = [...made];
      const ofShort = await timed(() => chat.save(short.next()));
      if (session > 0) times.push({ long: ofLong.ms, short: ofShort.ms });
    }
  }
  await variant.close();
  const saveLong = median(times.map((pair) => pair.long));
  const saveShort = median(times.map((pair) => pair.short));
  return {
    saveLong,
    saveShort,
    longToShort: saveLong / saveShort,
    requestsPerSave: saveRequests.length,
    saveRequests: saveRequests.join(' '),
  };
};

function atEndOf(turns: Iterable<Turn>): Chat {
  const chat = new Chat(SESSION);
  for (const { snapshotId, depth, order, state } of turns) {
    chat.place = { snapshotId, depth, messages: state.messages };
    chat.order = order + 1;
  }
  return chat;
}
