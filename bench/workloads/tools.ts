import type { Message } from 'offshoot';
import { Chat, type ChatOptions } from './chat.js';
import { SESSION } from './session.js';
import { prose, random } from './text.js';
import type { Turn } from '../variants/variant.js';

export const toolCalls: ChatOptions = { write: toolTurn };

/** A chat of an agent that calls a tool in each turn: small texts in many objects. */
export function* tools(turns: number): Iterable<Turn> {
  const chat = new Chat(SESSION, toolCalls);
  for (let turn = 0; turn < turns; turn++) yield chat.next();
}

/** 3 messages of about 1.4 kB and 90 values together. */
function toolTurn(order: number, seed: number): Message[] {
  const next = random(seed);
  const number = () => Math.floor(next() * 1e6);
  const ref = `call-${order}`;
  const rows = Array.from({ length: 6 }, (_, row) => ({
    id: number(),
    rank: row + 1,
    title: prose(20, seed + row),
    score: next(),
    tags: ['a', 'b'],
    isNew: row % 2 === 0,
  }));
  return [
    {
      role: 'user',
      content: [{ text: prose(120, seed) }],
      metadata: { at: number(), client: { tab: 1, locale: 'en' } },
    },
    {
      role: 'model',
      content: [
        { text: prose(60, seed + 1) },
        {
          toolRequest: {
            name: 'search',
            ref,
            input: { query: prose(30, seed + 2), limit: 6, filter: { lang: ['en'] } },
          },
        },
      ],
      metadata: { model: 'bench', usage: { input: number(), output: number() } },
    },
    {
      role: 'tool',
      content: [{ toolResponse: { name: 'search', ref, output: { took: number(), rows } } }],
      metadata: { ms: number() },
    },
  ] as Message[];
}
