import { NotOffered, type Turn } from './variant.js';

/** For variants that keep one state per session: where the chat branches, an earlier branch would be lost. */
export function onePath({ order, depth }: Turn): void {
  if (order !== depth) throw new NotOffered('keeps one state per session: an earlier branch would be lost');
}
