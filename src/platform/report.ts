import { report } from './browser.js';

/** Runs an application's callback; its error goes to `reportError` and does not reach the caller. */
export function callSafely<T>(callback: (value: T) => void, value: T): void {
  try {
    callback(value);
  } catch (error) {
    report(error);
  }
}
