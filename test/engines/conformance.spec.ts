import { join } from 'node:path';
import { describeSessionStore } from '../../src/testing/index.js';
import { serveBuilt } from '../sites/build-site.js';
import type { Tab } from './engine.d.ts';
import { test as base } from './test.js';

const test = base.extend<object, { suite: Tab }>({
  suite: [
    async ({ running }, use) => {
      const site = await serveBuilt(join(import.meta.dirname, 'page'), false);
      const tab = await running.open(site.url);
      await use(tab);
      await tab.close();
      await site.close();
    },
    { scope: 'worker' },
  ],
});

// Here the suite only says which cases there are; they run in the page, which has the same suite.
describeSessionStore(
  'IndexedDBSessionStore',
  () => {
    throw new Error('there is no IndexedDB in Node');
  },
  {
    describe: test.describe,
    it: (title) => test(title, async ({ suite }) => suite.evaluate((title) => window.runCase(title), title)),
  },
);
