import { spawn, type ChildProcess } from 'node:child_process';
import { on, once } from 'node:events';
import { expect, chromium, type Browser, type Page } from '@playwright/test';
import { findChromium, launchOptions, withoutFeatures } from '../../scripts/chromium.mjs';
import { withProfile } from '../engines/test.js';
import { test as base } from '../tabs/tabs.js';
import { recordLifecycle } from './lifecycle.js';

/**
 * Chromium as its users start it. In one that Playwright starts, every tab takes itself for the one in front, so that
 * none can be frozen, and no page is kept in the back/forward cache.
 */
export class BareChromium {
  readonly #errors: Error[] = [];
  #running: { child: ChildProcess; browser: Browser } | undefined;

  constructor(
    readonly profile: string,
    readonly url: string,
  ) {}

  async start(): Promise<void> {
    const child = spawn(
      findChromium() ?? chromium.executablePath(),
      [
        ...launchOptions.args,
        withoutFeatures(),
        '--headless',
        '--remote-debugging-port=0',
        `--user-data-dir=${this.profile}`,
      ],
      // At the head of a group of its own, so that all its processes can be killed at once.
      { stdio: ['ignore', 'ignore', 'pipe'], detached: true },
    );
    const browser = await connected(await debuggingUrl(child));
    this.#running = { child, browser };
  }

  /** A new tab, in front of the others. */
  async openPage(): Promise<Page> {
    const page = await this.#running!.browser.contexts()[0]!.newPage();
    page.on('pageerror', (error) => this.#errors.push(error));
    await recordLifecycle(page);
    await page.goto(this.url);
    return page;
  }

  /** Leaves it no time to put anything in order. */
  async kill(): Promise<void> {
    const { child, browser } = this.#running!;
    process.kill(-child.pid!, 'SIGKILL');
    await once(child, 'exit');
    await browser.close();
  }

  expectNoErrors(): void {
    expect(this.#errors).toEqual([]);
  }
}

/** Chromium says on its standard error where it can be reached. */
async function debuggingUrl({ stderr }: ChildProcess): Promise<string> {
  let said = '';
  for await (const [chunk] of on(stderr!, 'data', { close: ['end'] })) {
    said += chunk;
    const [url] = /ws:\/\/\S+/.exec(said) ?? [];
    if (!url) continue;
    stderr!.resume();
    return url;
  }
  throw new Error(`Chromium cannot be reached. It said: ${said}`);
}

/** Tests whose tabs live and die as their users' do. */
export const test = base.extend<{ bare: BareChromium }>({
  bare: async ({ url }, use) => {
    await withProfile(async (profile) => {
      const bare = new BareChromium(profile, url);
      await bare.start();
      try {
        await use(bare);
      } finally {
        await bare.kill();
      }
      bare.expectNoErrors();
    });
  },
});

/** A browser that has only just begun may not answer the first time. */
async function connected(url: string): Promise<Browser> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await chromium.connectOverCDP(url, { noDefaults: true, timeout: 20_000 });
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
}
