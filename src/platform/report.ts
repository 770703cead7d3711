import { report } from './browser.js';

/** Runs an application's callback so that its error reaches the console and nobody else. */
export function callSafely<T>(callback: (value: T) => void, value: T): void {
  try {
    callback(value);
  } catch (error) {
    report(error);
  }
}
