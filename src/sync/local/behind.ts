import type { Known } from './known.js';

/** Notes that the server has more of a session; `isWhole`: what is here may lack something, so all is pulled again. */
export async function markBehind(
  known: Known,
  incarnation: string,
  seq: number,
  isWhole = false,
): Promise<void> {
  const session = await known.get('session', incarnation);
  if (!session || session.deleted) return;
  const behind = Math.max(session.behind, seq);
  await known.put('session', incarnation, { ...session, behind, ...(isWhole && { whole: true as const }) });
}
