import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from '@playwright/test';
import { preview } from 'vite';
import { launchOptions } from '../../scripts/chromium.mjs';
import { buildSite } from '../sites/build-site.js';
import { answered, button, expect, message, send, test as base, turn } from './fixture.js';

const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** A site of its own for each test, which can be changed and taken away. */
interface Deployed {
  url: string;
  /** Puts another version in place, as a deployment would: another page, and a service worker that lists it. */
  deploy: () => Promise<void>;
  takeAway: () => Promise<void>;
}

const test = base.extend<{ site: Deployed }>({
  site: async ({}, use) => {
    const outDir = await mkdtemp(join(tmpdir(), 'offshoot-pwa-'));
    const [root, configFile] = [fromRoot('demo'), fromRoot('vite.config.ts')];
    const { folder } = await buildSite(root, configFile);
    await cp(folder, outDir, { recursive: true });
    const server = await preview({
      root,
      configFile,
      logLevel: 'error',
      build: { outDir },
      preview: { host: '127.0.0.1', port: 0 },
    });
    let isServed = true;
    const takeAway = async () => {
      if (isServed) await server.close();
      isServed = false;
    };
    await use({
      url: server.resolvedUrls!.local[0]!,
      async deploy() {
        const change = async (file: string, pattern: RegExp, by: string) => {
          const path = join(outDir, file);
          const before = await readFile(path, 'utf8');
          const after = before.replace(pattern, by);
          expect(after).not.toBe(before);
          await writeFile(path, after);
        };
        await change('index.html', /<html lang="en"/, '<html lang="en" data-version="2"');
        await change('sw.js', /(url:"index\.html",revision:")\w+/, '$1another');
      },
      takeAway,
    });
    await takeAway();
    await rm(outDir, { recursive: true });
  },
});

/** Everything is precached, and the page is served by the service worker from now on. */
async function controlled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (navigator.serviceWorker.controller) return;
    await new Promise((resolve) => {
      navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true });
    });
  });
}

/** A locator waits for a page that is being reloaded. */
const isSecond = (page: Page) => page.locator('html[data-version="2"]');

test('it can be installed', async ({ page, site }) => {
  await page.goto(site.url);
  await controlled(page);
  const devtools = await page.context().newCDPSession(page);
  const { errors, data } = await devtools.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  const manifest = JSON.parse(data ?? '') as {
    name: string;
    icons: { src: string; sizes: string; purpose?: string }[];
  };
  expect(manifest).toMatchObject({ name: 'Offshoot', display: 'standalone' });
  for (const { src, sizes } of manifest.icons) {
    const size = await page.evaluate(async (src) => {
      const image = new Image();
      image.src = src;
      await image.decode();
      return image.naturalWidth;
    }, src);
    if (sizes !== 'any') expect(`${size}x${size}`).toBe(sizes);
  }
  expect(manifest.icons.filter(({ purpose }) => purpose === 'maskable')).toHaveLength(2);
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
  // Test runs have no profile that outlives them.
  expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([]);
});

test('it opens from a cold start without a network, with every part of it', async ({ site }) => {
  const profile = await mkdtemp(join(tmpdir(), 'offshoot-profile-'));
  const first = await chromium.launchPersistentContext(profile, launchOptions);
  const online = await first.newPage();
  await online.goto(site.url);
  await controlled(online);
  await send(online, 'Keep this', 1);
  const address = online.url();
  await first.close();
  await site.takeAway();

  const second = await chromium.launchPersistentContext(profile, launchOptions);
  const errors: string[] = [];
  const offline = await second.newPage();
  offline.on('pageerror', (error) => errors.push(String(error)));
  await offline.goto(address);
  await answered(offline, 1);
  await expect(turn(offline, 1).locator('strong')).toHaveText('no opinion');
  await send(offline, 'And this', 2);
  for (const name of [/^Model: /, 'Your data']) {
    await button(offline, name).click();
    await expect(offline.getByRole('dialog')).toBeVisible();
    await offline.keyboard.press('Escape');
  }
  await offline.reload();
  await expect(turn(offline, 2)).toContainText('And this');
  expect(errors).toEqual([]);
  await second.close();
  await rm(profile, { recursive: true, maxRetries: 5 });
});

test('a new version waits until somebody says so, tab by tab, and no draft is lost', async ({
  context,
  site,
}) => {
  const page = await context.newPage();
  await page.goto(site.url);
  await controlled(page);
  const other = await context.newPage();
  await other.goto(site.url);
  await message(page).fill('A draft here');
  await message(other).fill('Another one there');
  await expect(page.getByText('There is a new version')).toHaveCount(0);

  await site.deploy();
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  for (const tab of [page, other]) {
    await expect(tab.getByText('There is a new version')).toBeVisible();
    await expect(isSecond(tab)).toHaveCount(0);
  }
  // Without a word, a reload changes nothing.
  await other.reload();
  await expect(isSecond(other)).toHaveCount(0);
  await expect(message(other)).toHaveValue('Another one there');

  await page.bringToFront();
  await button(page, 'Reload').click();
  await expect(isSecond(page)).toHaveCount(1);
  await expect(message(page)).toHaveValue('A draft here');
  await expect(page.getByText('There is a new version')).toHaveCount(0);

  await expect(isSecond(other)).toHaveCount(0);
  await expect(message(other)).toHaveValue('Another one there');
  await other.bringToFront();
  await button(other, 'Reload').click();
  await expect(isSecond(other)).toHaveCount(1);
  await expect(message(other)).toHaveValue('Another one there');
});
