import type { Database } from '../database/driver.js';
import type { Watch } from './watch.js';

/** So that nobody in between takes the connection for a dead one, and a dead one is noticed. */
const BREATH_MS = 20_000;
export const AUTHORIZE_AGAIN_MS = 5 * 60_000;

/** Events that say that there is something, and nothing of what. */
export function stream(
  watch: Watch,
  database: Database,
  tenant: string,
  known: number,
  /** Where the counter stands. */
  seq: number,
  signal: AbortSignal,
  isStillAllowed: () => Promise<boolean>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let last = known;
  let end = () => {};
  return new ReadableStream({
    start(controller) {
      const send = (text: string) => controller.enqueue(encoder.encode(text));
      const tell = (seq: number) => {
        if (seq === last) return;
        last = seq;
        send(`event: changed\ndata: ${seq}\n\n`);
      };
      const stop = watch.listen(database, tenant, tell);
      const breath = setInterval(() => send(':\n\n'), BREATH_MS);
      const check = setInterval(async () => {
        if (!(await isStillAllowed())) close();
      }, AUTHORIZE_AGAIN_MS);
      let isOpen = true;
      end = () => {
        isOpen = false;
        stop();
        clearInterval(breath);
        clearInterval(check);
        signal.removeEventListener('abort', close);
      };
      const close = () => {
        if (!isOpen) return;
        end();
        controller.close();
      };
      signal.addEventListener('abort', close);
      // Begins the answer, so that proxies pass it on.
      send(':\n\n');
      tell(seq);
      if (signal.aborted) close();
    },
    cancel: () => end(),
  });
}
