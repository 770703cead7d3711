import { fileURLToPath } from 'node:url';
import { expect } from '@playwright/test';
import { serveBuilt } from '../sites/build-site.js';
import type { Tab } from './engine.d.ts';
import { test } from './test.js';

const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Waits until the page shows this text. */
async function shows(tab: Tab, text: string): Promise<void> {
  await expect
    .poll(() => tab.evaluate(() => document.querySelector('main')?.textContent ?? '', undefined))
    .toContain(text);
}

async function send(tab: Tab, text: string): Promise<void> {
  await tab.evaluate((text) => {
    const message = document.querySelector<HTMLTextAreaElement>('#message')!;
    // React looks at the setter of the element's class, not at the element.
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')!.set!.call(message, text);
    message.dispatchEvent(new Event('input', { bubbles: true }));
  }, text);
  await expect
    .poll(() =>
      tab.evaluate(() => {
        const button = document.querySelector('button.send[type=submit]');
        if (button?.getAttribute('aria-disabled') !== 'false') return false;
        (button as HTMLButtonElement).click();
        return true;
      }, undefined),
    )
    .toBe(true);
}

const press = (tab: Tab, selector: string) =>
  tab.evaluate((selector) => document.querySelector<HTMLElement>(selector)!.click(), selector);

test('chat, branch, reload, second tab', async ({ running }) => {
  const site = await serveBuilt(fromRoot('demo'), fromRoot('vite.config.ts'));
  try {
    const first = await running.open(site.url);
    await shows(first, 'Ask something.');
    await send(first, 'hello');
    await shows(first, 'You wrote “hello”');
    await shows(first, 'Regenerate');

    await press(first, 'article .tools button.quiet:not([aria-label])');
    await shows(first, 'A second take on “hello”');
    await shows(first, '2 / 2');
    // As long as it is answered, there is Stop in its place.
    await shows(first, 'Send');

    await first.reload();
    await shows(first, 'A second take on “hello”');
    await press(first, '[aria-label="Previous branch"]');
    await shows(first, '1 / 2');
    await shows(first, 'You wrote “hello”');

    const address = await first.evaluate(() => location.href, undefined);
    const second = await running.open(address);
    await shows(second, 'You wrote “hello”');
    await send(second, 'and now');
    await shows(second, 'You wrote “and now”');
    await shows(first, 'You wrote “and now”');
    await second.close();
    await first.close();
  } finally {
    await site.close();
  }
});
