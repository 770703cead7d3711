// Which Chromium the tests use, and how they start it.
import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { findOnPath } from './executables.mjs';

/** CHROMIUM_PATH, or one on the PATH, or the one that Playwright installed; `undefined` if there is none. */
export function findChromium() {
  if (process.env['CHROMIUM_PATH']) return process.env['CHROMIUM_PATH'];
  return (
    findOnPath('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable') ??
    [chromium.executablePath()].find(existsSync)
  );
}

const executablePath = findChromium();

/** Pages of the address bar, which nobody sees: they cost each window three quarters of a second of computing. */
const addressBar = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup'];

/** Chromium takes the last of such switches alone. @param {string[]} features */
export const withoutFeatures = (...features) =>
  `--disable-features=${[...addressBar, ...features].join(',')}`;

/** What Playwright switches off, whose switch ours replaces. */
const offInPlaywright = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
];

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
    withoutFeatures(...offInPlaywright),
  ],
};
