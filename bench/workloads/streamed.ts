import type { Message } from 'offshoot';
import type { Turn } from '../variants/variant.js';
import type { Chat } from './chat.js';
import { prose } from './text.js';

const PARTS = 200;
const PART_BYTES = 20;

/** A turn whose answer grows: 200 times as it is so far, and once as it is at the end. */
export function* streamed(chat: Chat): Iterable<Turn> {
  const turn = chat.next();
  const before = turn.state.messages.slice(0, -turn.added.length);
  const prompt = turn.added[0]!;
  const answer = prose(PARTS * PART_BYTES, turn.order);
  for (let part = 1; part <= PARTS; part++) yield as(answer.slice(0, part * PART_BYTES), true);
  const whole = as(answer, false);
  chat.place!.messages = whole.state.messages;
  yield whole;

  function as(text: string, pending: boolean): Turn {
    const added: Message[] = [prompt, { role: 'model', content: [{ text }] }];
    const state = { ...turn.state, messages: [...before, ...added] };
    return { ...turn, ...(pending && { pending }), added, state };
  }
}
