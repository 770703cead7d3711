// Which Firefox the tests use.
import { findOnPath } from './executables.mjs';

export const packages = ['firefox-esr'];

/** FIREFOX_PATH, or one on the PATH; `undefined` if there is none. */
export function findFirefox() {
  return process.env['FIREFOX_PATH'] || findOnPath('firefox-esr', 'firefox');
}
