import type { SessionInfo } from 'offshoot';

export const titleOf = (session: SessionInfo | undefined) => session?.title ?? 'New chat';

export function countOf(count: number, noun: 'chat' | 'snapshot' | 'branch'): string {
  if (count === 1) return `1 ${noun}`;
  return `${count} ${noun}${noun === 'branch' ? 'es' : 's'}`;
}
