import type { Turn } from '../variants/variant.js';
import { Chat } from '../workloads/chat.js';
import { chatAtEnd, optionsOf } from '../workloads/index.js';
import { SESSION } from '../workloads/session.js';
import { streamed } from '../workloads/streamed.js';
import { chatOf } from './chat.js';
import { longestTask } from './longest-task.js';
import type { Phase } from './phase.js';
import { noteRequests, noteWrites } from './requests.js';
import { median, quantile, timedSave } from './timing.js';

const WARMING_TURNS = 3;

/** Goes on with a long chat by a turn that is saved again and again while it grows. */
export const streamTurn: Phase = async (load, { workload }) => {
  const variant = await load();
  const chat = chatOf(variant);
  await variant.open();
  const long = chatAtEnd(workload);
  for (let turn = 0; turn < WARMING_TURNS; turn++) await timedSave(chat, long.next());
  const turns = [...streamed(long)];
  const saves: number[] = [];
  const { longest } = await longestTask('loose', async () => {
    for (const turn of turns) saves.push(await timedSave(chat, turn));
  });
  await variant.settle?.();
  await variant.close();
  // The first begins the turn and the last ends it.
  const partial = saves.slice(1, -1);
  return { partialSave: median(partial), partialP99: quantile(partial, 0.99), longestStreaming: longest };
};

/** The same once more, for what cannot be observed beside a measurement of time. */
export const streamProfile: Phase = async (load, { workload }) => {
  const made = noteRequests();
  const written = noteWrites();
  const variant = await load();
  const chat = chatOf(variant);
  await variant.open();
  const long = chatAtEnd(workload);
  // What was saved before is passed over.
  for (let turn = 0; turn < WARMING_TURNS; turn++) long.next();
  Array.from(streamed(long));
  await timedSave(chat, long.next());
  const turns = [...streamed(long)];
  const last = turns.pop()!;
  await timedSave(chat, turns.shift()!);
  made.length = 0;
  written.bytes = 0;
  for (const turn of turns) await timedSave(chat, turn);
  const requestsPerPartial = made.length / turns.length;
  const partialRequests = made.slice(-Math.round(requestsPerPartial)).join(' ');
  // Who makes no requests writes elsewhere.
  const bytesPerPartial = made.length > 0 ? written.bytes / turns.length : undefined;
  await timedSave(chat, last);
  await variant.close();
  return { requestsPerPartial, partialRequests, bytesPerPartial };
};

const aloneIn =
  (turnsOf: (chat: Chat) => Iterable<Turn>): Phase =>
  async (load, { workload }) => {
    const variant = await load();
    await variant.open();
    const chat = new Chat(SESSION, optionsOf(workload));
    for (const turn of turnsOf(chat)) await timedSave(chatOf(variant), turn);
    await variant.settle?.();
    await variant.close();
  };

/** A streamed turn in an empty database. */
export const streamAlone = aloneIn(streamed);

/** The same turn saved once. */
export const saveAlone = aloneIn((chat) => [[...streamed(chat)].at(-1)!]);
