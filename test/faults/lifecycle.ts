import { expect, type Page } from '@playwright/test';

declare global {
  interface Window {
    isFrozen: boolean;
    /** How often this page was shown again after it had been left. */
    timesRestored: number;
  }
}

/** To be called before the page loads. */
export async function recordLifecycle(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.isFrozen = false;
    window.timesRestored = 0;
    document.addEventListener('freeze', () => (window.isFrozen = true));
    document.addEventListener('resume', () => (window.isFrozen = false));
    window.addEventListener('pageshow', ({ persisted }) => persisted && window.timesRestored++);
  });
}

const isFrozen = (page: Page) => page.evaluate(() => window.isFrozen);

/** Stops tabs, as the browser does to save power. It spares the one in front, so another must be there. */
export async function freeze(...pages: Page[]): Promise<void> {
  for (const page of pages) {
    await setState(page, 'frozen');
    await expect.poll(() => isFrozen(page)).toBe(true);
  }
}

export async function thaw(...pages: Page[]): Promise<void> {
  for (const page of pages) {
    await setState(page, 'active');
    await expect.poll(() => isFrozen(page)).toBe(false);
  }
}

async function setState(page: Page, state: 'frozen' | 'active'): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Page.setWebLifecycleState', { state });
  await session.detach();
}

/** Goes to another page of the same application, in the same tab. */
export async function leave(page: Page): Promise<void> {
  await page.goto(new URL('?elsewhere', page.url()).href);
}

/** Goes back to the page that was left; resolves to whether that had been kept, as it was, all the time. */
export async function goBack(page: Page): Promise<boolean> {
  await page.goBack({ waitUntil: 'commit' });
  return page.evaluate(async () => {
    // One that was not kept is loaded anew.
    if (document.readyState !== 'complete')
      await new Promise((resolve) => window.addEventListener('load', resolve));
    return window.timesRestored > 0;
  });
}

/** Ends the process of a tab. */
export async function crash(page: Page): Promise<void> {
  const crashed = page.waitForEvent('crash');
  const session = await page.context().newCDPSession(page);
  // A tab that is gone does not answer.
  session.send('Page.crash').catch(() => {});
  await crashed;
}
