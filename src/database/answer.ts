import { SessionStoreError } from '../errors.js';
import { within } from '../runtime/timeout.js';

/** How long WebCrypto and blobs may be silent, in ms. None takes so long for what one row or part has. */
const SILENCE_MS = 60_000;

/** What the browser is asked for outside of a transaction. Fails with `UNAVAILABLE` if it never answers. */
export const answerOf = <T>(asked: Promise<T>, what: string): Promise<T> =>
  within(
    asked,
    SILENCE_MS,
    () =>
      new SessionStoreError(
        'UNAVAILABLE',
        `${what} does not answer. Reload the page, or restart the browser`,
      ),
  );
