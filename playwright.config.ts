import { defineConfig } from '@playwright/test';
import { launchOptions } from './scripts/chromium.mjs';

/** Tests that need whole tabs: several of them, reloads, crashes. They bring their own servers. */
export default defineConfig({
  testDir: 'test',
  testMatch: '**/*.spec.ts',
  outputDir: '.reports/playwright',
  forbidOnly: true,
  // A test that passes at the second attempt found something.
  retries: 0,
  fullyParallel: true,
  workers: process.env['CI'] ? 1 : 2,
  reporter: [['list'], ['json', { outputFile: '.reports/e2e.json' }]],
  use: { headless: true, launchOptions },
});
