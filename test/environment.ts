// What a test of `*.both.test.ts` has to know about where it runs.
import { beforeEach } from 'vitest';

/** In Chromium, or else in Node. */
export const inChromium = 'document' in globalThis;

/** A new, empty IndexedDB for each test in Node. In Chromium there is only one: tests choose new names. */
export function renewIndexedDB(): void {
  if (inChromium) return;
  beforeEach(() => {
    globalThis.indexedDB = new IDBFactory();
  });
}
