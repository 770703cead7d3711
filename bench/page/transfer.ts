import type { Phase } from './phase.js';
import { timed } from './timing.js';

const SESSIONS = 200;
const TURNS = 100;

/** Many sessions out and in again, beside all rows of the same database as plain JSON. */
export const transfer: Phase = async () => {
  // Not before: what is measured elsewhere must not find Offshoot loaded.
  const { steps } = await import('../transfer/steps.js');
  await steps.fill(SESSIONS, TURNS);
  const exported = await timed(() => steps.export());
  const imported = await timed(() => steps.import());
  const dumped = await timed(() => steps['plain JSON, rows']());
  const put = await timed(() => steps['plain JSON, rows put']());
  return {
    exportMs: exported.ms,
    exportToDump: exported.ms / dumped.ms,
    importMs: imported.ms,
    importToPut: imported.ms / put.ms,
  };
};
