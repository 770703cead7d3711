import type { Turn } from '../variants/variant.js';
import { Chat } from './chat.js';
import { SESSION } from './session.js';

/** A chat that only grows. */
export function* appendOnly(turns: number): Iterable<Turn> {
  const chat = new Chat(SESSION);
  for (let turn = 0; turn < turns; turn++) yield chat.next();
}
