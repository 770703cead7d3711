import { SessionStoreError } from '../errors.js';
import { touched } from './browser.js';

/** The browser's own `structuredClone`. `UNAVAILABLE` where there is none, as in Jest's jsdom. */
export function structured<T>(value: T): T {
  const copy = requireCloning()(value);
  // Chromium cannot read back a DOMException that contains a lone surrogate, though it serializes it.
  if (copy === null && value !== null) throw new DOMException('', 'DataCloneError');
  return copy;
}

export function requireCloning(): typeof structuredClone {
  const clone = touched(() => structuredClone);
  if (clone) return clone;
  throw new SessionStoreError(
    'UNAVAILABLE',
    'there is no structuredClone here: the browser is too old, or jsdom hides it. Set the global structuredClone',
  );
}
