import { describeSessionStore } from '../../../src/testing/index.js';
import { indexedDBStore, PATIENT } from '../../conformance/indexeddb-factory.js';

declare global {
  interface Window {
    /** Runs one case of the suite, which rejects if it fails. */
    runCase(title: string): Promise<void>;
  }
}

const cases = new Map<string, () => Promise<void>>();

describeSessionStore('IndexedDBSessionStore', indexedDBStore, {
  describe: (_name, body) => body(),
  it: (title, body) => cases.set(title, body),
  ...PATIENT,
});

window.runCase = async (title) => {
  const run = cases.get(title);
  if (!run) throw new Error(`the page has no case "${title}"`);
  await run();
};
