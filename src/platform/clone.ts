import { SessionStoreError } from '../errors.js';
import { touched } from './browser.js';

/** The browser's own `structuredClone`. `UNAVAILABLE` where there is none, as in Jest's jsdom. */
export const structured = <T>(value: T): T => requireCloning()(value);

export function requireCloning(): typeof structuredClone {
  const clone = touched(() => structuredClone);
  if (clone) return clone;
  throw new SessionStoreError(
    'UNAVAILABLE',
    'there is no structuredClone here. The browser is too old, or a test environment (jsdom) hides it: set the global',
  );
}
