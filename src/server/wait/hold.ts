import { LONGEST_WAIT, type ChangesPage } from '../../sync/protocol/index.js';
import type { Database } from '../database/driver.js';
import { cursorOf } from '../pull/cursor.js';
import type { Watch } from './watch.js';

/** Holds an answer that has nothing in it until there is something, or the time is over, or nobody listens any more. */
export async function hold(
  watch: Watch,
  database: Database,
  tenant: string,
  seconds: number,
  signal: AbortSignal,
  read: () => Promise<ChangesPage>,
): Promise<ChangesPage> {
  let seen: number | undefined;
  let wake = () => {};
  // From before the first read: what is pushed while it runs is not missed.
  const end = watch.listen(database, tenant, (seq) => {
    seen = seq;
    wake();
  });
  try {
    const page = await read();
    if (page.sessions.length > 0 || page.more || page.reset || !page.cursor) return page;
    const { seq: known } = cursorOf(page.cursor);
    const isOver = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(true), Math.min(seconds, LONGEST_WAIT) * 1_000);
      const settle = (isOver: boolean) => {
        clearTimeout(timer);
        resolve(isOver);
      };
      wake = () => {
        if (seen !== undefined && seen !== known) settle(false);
      };
      wake();
      if (signal.aborted) settle(true);
      signal.addEventListener('abort', () => settle(true), { once: true });
    });
    return isOver ? page : await read();
  } finally {
    end();
  }
}
