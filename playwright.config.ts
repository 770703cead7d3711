import { defineConfig } from '@playwright/test';
import { launchOptions } from './scripts/chromium.mjs';
import { findFirefox } from './scripts/firefox.mjs';
import { findWebKit } from './scripts/webkit.mjs';
import type { EngineOptions } from './test/engines/test.js';

const everywhere = ['tabs/**/*.spec.ts', 'engines/**/*.spec.ts'];
/** Engines that are not there are no projects, unless all are asked for: then their tests fail. */
const required = process.env['OFFSHOOT_ENGINES'] === 'all';

/** Tests that need whole tabs: several of them, reloads, crashes. They bring their own servers. */
export default defineConfig<object, EngineOptions>({
  testDir: 'test',
  testMatch: '**/*.spec.ts',
  // Without paths, so that `offshoot/playwright` is what was built, as users have it.
  tsconfig: 'tsconfig.build.json',
  globalSetup: './test/sites/sites-of-run.ts',
  outputDir: '.reports/playwright',
  forbidOnly: true,
  // Nothing here is about speed, and machines are busy.
  timeout: 120_000,
  expect: { timeout: 30_000, toPass: { timeout: 60_000 } },
  // A test that passes at the second attempt found something.
  retries: 0,
  fullyParallel: true,
  // They wait more than they compute: three on two processors.
  workers: '150%',
  reporter: [['list'], ['json', { outputFile: '.reports/e2e.json' }]],
  use: { headless: true, launchOptions },
  projects: [
    // The folders beside test/frameworks hold copies for other versions, whose tests in Node are run.
    { name: 'chromium', testIgnore: ['firefox/**', '**/frameworks-*/**'], use: { engine: 'chromium' } },
    {
      name: 'chromium-sqlite',
      testMatch: [...everywhere, 'faults/**/*.spec.ts'],
      use: { engine: 'chromium-sqlite' },
    },
    ...(required || findFirefox()
      ? [
          {
            name: 'firefox',
            testMatch: [...everywhere, 'firefox/**/*.spec.ts'],
            use: { engine: 'firefox' as const },
          },
        ]
      : []),
    ...(required || findWebKit()
      ? [{ name: 'webkit', testMatch: everywhere, use: { engine: 'webkit' as const } }]
      : []),
  ],
});
