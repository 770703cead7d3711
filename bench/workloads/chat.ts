import type { Message } from 'offshoot';
import type { Turn } from '../variants/variant.js';
import { prose } from './text.js';

const START = Date.UTC(2026, 0, 1);
const PROMPT_BYTES = 200;
const ANSWER_BYTES = 1500;

export interface ChatOptions {
  /** How many messages a state keeps; older ones are dropped at the front. */
  window?: number;
  /** What else a user sends in a turn. */
  attach?: (order: number) => Message['content'];
  /** Makes the messages of a turn; a prompt and an answer, if it is not given. */
  write?: (order: number, seed: number) => Message[];
}

/** Where a turn left the conversation. */
export interface Place {
  snapshotId: string;
  depth: number;
  messages: Message[];
}

/** A conversation being held: makes one turn after the other, the same ones every time. */
export class Chat {
  order = 0;
  place: Place | undefined;

  constructor(
    readonly sessionId: string,
    readonly options: ChatOptions = {},
  ) {}

  /** Goes on from `place`: another turn than the last makes a branch. */
  next(): Turn {
    const { sessionId, order, place: parent, options } = this;
    const seed = order * 2 + hash(sessionId);
    const added: Message[] = options.write?.(order, seed) ?? [
      { role: 'user', content: [{ text: prose(PROMPT_BYTES, seed) }, ...(options.attach?.(order) ?? [])] },
      { role: 'model', content: [{ text: prose(ANSWER_BYTES, seed + 1) }] },
    ];
    const snapshotId = `${sessionId}-${order}`;
    const messages = [...(parent?.messages ?? []), ...added].slice(-(options.window ?? Infinity));
    const depth = parent ? parent.depth + 1 : 0;
    this.place = { snapshotId, depth, messages };
    this.order++;
    return {
      sessionId,
      snapshotId,
      parentId: parent?.snapshotId,
      order,
      depth,
      createdAt: new Date(START + order * 1000).toISOString(),
      added,
      state: { sessionId, messages },
    };
  }
}

function hash(text: string): number {
  let value = 0;
  for (const character of text) value = (Math.imul(value, 31) + character.charCodeAt(0)) | 0;
  return value;
}
