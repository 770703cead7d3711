import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base } from '@playwright/test';
import type { Browser, Engine } from './engine.d.ts';
import { loadEngine, type EngineName } from './index.mjs';

/** What a project of playwright.config.ts chooses. */
export interface EngineOptions {
  engine: EngineName;
}

export async function withProfile<T>(work: (profile: string) => Promise<T>): Promise<T> {
  const profile = await mkdtemp(join(tmpdir(), 'offshoot-profile-'));
  try {
    return await work(profile);
  } finally {
    // A browser may still be writing while it goes.
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

export async function inBrowser<T>(
  engine: Engine,
  profile: string,
  work: (browser: Browser) => Promise<T>,
): Promise<T> {
  const browser = await engine.start(profile);
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
}

/**
 * Tests that run in every engine. A worker starts its browser once; a test that wants a storage of its own takes an
 * origin of its own.
 */
export const test = base.extend<object, EngineOptions & { running: Browser }>({
  engine: ['chromium', { option: true, scope: 'worker' }],
  running: [
    async ({ engine: name }, use) => {
      const engine = await loadEngine(name);
      await withProfile((profile) => inBrowser(engine, profile, use));
    },
    { scope: 'worker', timeout: 60_000 },
  ],
});
