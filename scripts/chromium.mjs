// Which Chromium the tests use, and how they start it.
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from '@playwright/test';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** CHROMIUM_PATH, or one on the PATH, or the one that Playwright installed; `undefined` if there is none. */
export function findChromium() {
  if (process.env['CHROMIUM_PATH']) return process.env['CHROMIUM_PATH'];
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const candidates = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return candidates.find(isExecutable) ?? [chromium.executablePath()].find(existsSync);
}

const executablePath = findChromium();

/** For Playwright, and for Vitest's browser mode, which passes them on. */
export const launchOptions = {
  ...(executablePath && { executablePath }),
  args: [
    // Containers and root have no sandbox.
    '--no-sandbox',
    '--disable-gpu',
    // Nothing that goes out to the network by itself.
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};
