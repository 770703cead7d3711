import { expect as hurried } from '@playwright/test';

/** Playwright's, but it waits as long as a tab behind nineteen others may take. */
export const expect = hurried.configure({ timeout: 30_000 });
