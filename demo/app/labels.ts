import type { SessionInfo } from 'offshoot';
import { beginningOf } from './cut.js';

export const titleOf = (session: SessionInfo | undefined) => session?.title ?? 'New chat';

export function countOf(count: number, noun: 'chat' | 'turn' | 'message' | 'branch' | 'snapshot'): string {
  if (count === 1) return `1 ${noun}`;
  return `${count.toLocaleString('en')} ${noun}${noun === 'branch' ? 'es' : 's'}`;
}

/** A title for a chat that begins with this. */
export function titleFor(prompt: string): string {
  const line = prompt.replaceAll(/\s+/g, ' ').trim();
  if (line === '') return 'Image';
  return line.length > 48 ? `${beginningOf(line, 48).trimEnd()}…` : line;
}
