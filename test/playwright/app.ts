import { test as base, expect, type Page } from '@playwright/test';
import { sessionStoreFixtures, type SessionStoreFixtures } from 'offshoot/playwright';
import { join } from 'node:path';
import { serveBuilt } from '../sites/build-site.js';
import { PATIENT } from './patient.js';

/** Tests of a small app that knows nothing of them, by somebody who uses `offshoot/playwright`. */
export const test = base
  .extend<object, { site: string }>({
    site: [
      async ({}, use) => {
        const { url, close } = await serveBuilt(join(import.meta.dirname, 'page'), false);
        await use(url);
        await close();
      },
      { scope: 'worker' },
    ],
    baseURL: async ({ site }, use) => use(site),
    page: async ({ page }, use) => {
      const errors: Error[] = [];
      page.on('pageerror', (error) => errors.push(error));
      await use(page);
      expect(errors).toEqual([]);
    },
  })
  .extend<SessionStoreFixtures>(sessionStoreFixtures)
  .extend<object>({ sessionStoreOptions: PATIENT });

export const chats = (page: Page) => page.getByRole('list', { name: 'Chats' }).getByRole('listitem');
export const messages = (page: Page) =>
  page.getByRole('list', { name: 'Conversation' }).getByRole('listitem');

export async function send(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
}

export const textOf = (message: { content: { text?: string | undefined }[] } | undefined) =>
  message?.content[0]?.text;
