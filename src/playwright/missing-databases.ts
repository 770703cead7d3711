import type { BrowserContext } from '@playwright/test';
import { requireValid } from '../values/arguments.js';
import { satisfying } from '../values/schema.js';

const contextLike = satisfying(
  (value) => typeof value?.storageState === 'function' && typeof value.addInitScript === 'function',
  "one of Playwright's browser contexts",
);

/**
 * Makes pages of a context forget what Offshoot's stores noted in `localStorage` about databases that do not exist,
 * because the context was created from a `storageState` without IndexedDB. With such a note, a store would report that
 * its database was `wiped`. Call it before a page is opened.
 */
export async function forgetMissingDatabases(context: BrowserContext): Promise<void> {
  requireValid(contextLike, context, 'context');
  const { origins } = await context.storageState({ indexedDB: true });
  const stale = origins.flatMap(({ origin, localStorage, ...rest }) => {
    const { indexedDB = [] } = rest as { indexedDB?: { name: string }[] };
    const databases = new Set(indexedDB.map(({ name }) => `offshoot:${name}`));
    return localStorage
      .filter(
        ({ name, value }) => name.startsWith('offshoot:') && !databases.has(name) && /^\d+ \d+$/.test(value),
      )
      .map(({ name, value }) => ({ origin, name, value }));
  });
  if (stale.length === 0) return;
  await context.addInitScript((stale) => {
    for (const { origin, name, value } of stale) {
      // A note that a store has written since differs.
      if (location.origin === origin && localStorage.getItem(name) === value) localStorage.removeItem(name);
    }
  }, stale);
}
