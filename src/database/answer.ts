import { SessionStoreError } from '../errors.js';
import { within } from '../runtime/timeout.js';

/** How long WebCrypto and blobs may take to answer, in ms. Nothing takes this long for one row or part. */
const SILENCE_MS = 60_000;

/** Waits, outside of any transaction, for an answer of the browser. Fails with `UNAVAILABLE` if none comes. */
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
