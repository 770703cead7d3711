import { SessionStoreError } from '../errors.js';
import { touched } from './browser.js';

/** The browser's own `structuredClone`. `UNAVAILABLE` where there is none, as in Jest's jsdom. */
export const structured = <T>(value: T): T => requireCloning()(value);

export function requireCloning(): typeof structuredClone {
  const clone = touched(() => structuredClone);
  if (clone) return clone;
  throw new SessionStoreError(
    'UNAVAILABLE',
    'there is no structuredClone here: the browser is too old, or jsdom hides it. Set the global',
  );
}
