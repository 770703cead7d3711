import type { Turn } from '../variants/variant.js';
import { appendOnly } from './append-only.js';
import { branches } from './branches.js';
import { images } from './images.js';
import { toolCalls, tools } from './tools.js';
import { tree } from './tree.js';
import { slidingWindow } from './sliding-window.js';
import { Chat, type ChatOptions } from './chat.js';
import { SESSION } from './session.js';

/** Turns to be saved one after the other, by the name that the driver asks for. */
export const conversations: Record<string, () => Iterable<Turn>> = {
  'one-turn': () => appendOnly(1),
  'chat-100': () => appendOnly(100),
  'chat-500': () => appendOnly(500),
  'chat-1000': () => appendOnly(1000),
  'chat-10000': () => appendOnly(10_000),
  'tools-1000': () => tools(1000),
  'stream-text': () => appendOnly(1000),
  'stream-tools': () => tools(1000),
  window: () => slidingWindow(1000, 40),
  tree: () => tree(20, 50),
  branches: () => branches(5000),
  'images-url': () => images('url'),
  'images-blob': () => images('blob'),
};

/** Too many turns to hold the state after each of them. */
export const isHuge = (workload: string) => workload === 'chat-10000';

/** What its turns are made of. */
export const optionsOf = (workload: string): ChatOptions => (workload.includes('tools') ? toolCalls : {});

/** A conversation as it was after its last turn, to be gone on with. */
export function chatAtEnd(workload: string): Chat {
  const chat = new Chat(SESSION, optionsOf(workload));
  for (const { snapshotId, depth, order, state } of conversations[workload]!()) {
    chat.place = { snapshotId, depth, messages: state.messages };
    chat.order = order + 1;
  }
  return chat;
}
