import type { Turn } from '../variants/variant.js';
import { Chat } from './chat.js';
import { SESSION } from './session.js';

const TRUNK = 20;

/** Every turn after the first 20 is another answer to the same prompt, as if somebody regenerated it all day. */
export function* branches(count: number): Iterable<Turn> {
  const chat = new Chat(SESSION);
  for (let turn = 0; turn < TRUNK; turn++) yield chat.next();
  const fork = chat.place;
  for (let branch = 0; branch < count; branch++) {
    chat.place = fork;
    yield chat.next();
  }
}
