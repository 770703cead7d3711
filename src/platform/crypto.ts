import { SessionStoreError } from '../errors.js';
import { touched } from './browser.js';

export const randomBytes = (length: number): Uint8Array<ArrayBuffer> =>
  crypto.getRandomValues(new Uint8Array(length));

/** WebCrypto. `UNAVAILABLE` where there is none: in insecure pages, and in jsdom. */
export function subtleCrypto(): SubtleCrypto {
  const subtle = touched(() => crypto.subtle);
  if (subtle) return subtle;
  throw new SessionStoreError(
    'UNAVAILABLE',
    'there is no WebCrypto here, which encryption needs. Serve the page over https, or from localhost',
  );
}
