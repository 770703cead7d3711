import type { Turn } from '../variants/variant.js';
import { Chat, type Place } from './chat.js';
import { SESSION } from './session.js';

/** Branches that begin in the middle of an earlier one: of the first, of the first, of the second, of the second, … */
export function* tree(branches: number, turns: number): Iterable<Turn> {
  const chat = new Chat(SESSION);
  const middles: (Place | undefined)[] = [];
  for (let branch = 0; branch < branches; branch++) {
    chat.place = middles[(branch - 1) >> 1];
    for (let turn = 0; turn < turns; turn++) {
      yield chat.next();
      if (turn === turns >> 1) middles[branch] = chat.place;
    }
  }
}
