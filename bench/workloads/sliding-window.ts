import type { Turn } from '../variants/variant.js';
import { Chat } from './chat.js';
import { SESSION } from './session.js';

/** A chat whose framework keeps the last `window` messages in the state and drops the rest. */
export function* slidingWindow(turns: number, window: number): Iterable<Turn> {
  const chat = new Chat(SESSION, { window });
  for (let turn = 0; turn < turns; turn++) yield chat.next();
}
