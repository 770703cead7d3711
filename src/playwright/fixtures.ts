import type {
  Fixtures,
  PlaywrightTestArgs,
  PlaywrightTestOptions,
  PlaywrightWorkerArgs,
  PlaywrightWorkerOptions,
} from '@playwright/test';
import type { PageSessionStoreOptions } from './arguments.js';
import { forgetMissingDatabases } from './missing-databases.js';
import { PageSessionStore } from './page-session-store.js';

export interface SessionStoreFixtures {
  /** The store of the app under test. Its helper tab is closed after the test. */
  sessions: PageSessionStore;
  /** For `test.use({ sessionStoreOptions: … })`, or `use` in the config. Default: the store's defaults at `baseURL`. */
  sessionStoreOptions: PageSessionStoreOptions;
}

/** For `test.extend(sessionStoreFixtures)`. */
export const sessionStoreFixtures: Fixtures<
  SessionStoreFixtures,
  object,
  PlaywrightTestArgs & PlaywrightTestOptions,
  PlaywrightWorkerArgs & PlaywrightWorkerOptions
> = {
  sessionStoreOptions: [{}, { option: true }],
  context: async ({ context, storageState }, use) => {
    if (storageState) await forgetMissingDatabases(context);
    await use(context);
  },
  sessions: async ({ context, baseURL, sessionStoreOptions }, use) => {
    const { url = baseURL, ...options } = sessionStoreOptions;
    const sessions = new PageSessionStore(context, { url, ...options });
    await use(sessions);
    await sessions.close();
  },
};
