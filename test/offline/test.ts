import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect, type Page } from '@playwright/test';
import { bundle, type Bundler } from './bundlers.js';
import type { Outcomes } from './app/everything.js';
import { serveFolders, type StaticServer } from './static-server.js';

export { expect };

type Serve = (folders: Record<string, string>) => Promise<StaticServer>;

/** A folder of one's own, until `work` is done. */
async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'offshoot-offline-'));
  await work(folder);
  await rm(folder, { recursive: true });
}

/** Tests of one app as bundlers make it, served by a server that can lose files. */
export const test = base.extend<
  { folder: string; serve: Serve; open: (bundler: Bundler) => Promise<StaticServer> },
  { folderOf: (bundler: Bundler) => Promise<string> }
>({
  folderOf: [
    async ({}, use) => {
      await inFolder(async (folder) => {
        const bundled = new Map<Bundler, Promise<void>>();
        await use(async (bundler) => {
          const own = join(folder, bundler);
          if (!bundled.has(bundler)) bundled.set(bundler, bundle(bundler, own));
          await bundled.get(bundler);
          return own;
        });
      });
    },
    { scope: 'worker' },
  ],
  folder: ({}, use) => inFolder(use),
  serve: async ({}, use) => {
    const open: StaticServer[] = [];
    await use(async (folders) => {
      const served = await serveFolders(folders);
      open.push(served);
      return served;
    });
    for (const served of open) await served.close();
  },
  open: async ({ folderOf, serve, page }, use) => {
    await use(async (bundler) => {
      const served = await serve({ '/': await folderOf(bundler) });
      await page.goto(served.url);
      return served;
    });
  },
});

export const everythingIn = (page: Page, isEncrypted: boolean): Promise<Outcomes> =>
  page.evaluate((isEncrypted) => window.everything('chats', isEncrypted), isEncrypted);

/** What every attempt comes to where all that it needs can be had. */
export const everythingWorks = (isEncrypted: boolean) => ({
  save: 'a',
  read: 5,
  append: 1,
  'check()': [],
  'storage()': 1,
  'searchText()': 1,
  'duplicate()': 1,
  'compact()': 'done',
  'retain()': [],
  exports: true,
  imports: 1,
  Genkit: 1,
  'rekey()': isEncrypted ? 'done' : expect.objectContaining({ status: 'FAILED_PRECONDITION' }),
  argon2id: 'AES-GCM',
  'a database to mend': 'a',
  'without IndexedDB': 5,
});

/** What a part that cannot be loaded fails with. */
export const unavailable = (part: string) => ({
  status: 'UNAVAILABLE',
  message: expect.stringMatching(
    new RegExp(`the code for ${part} cannot be loaded .*precache it, or import from offshoot/all`),
  ),
  // What Vite wraps around an import looks for the document.
  cause: expect.stringMatching(/^(?:TypeError|ReferenceError)$/),
});

/** What every attempt comes to where nothing can be loaded any more. */
export const nothingLoads = (isEncrypted: boolean) => {
  const encryption = isEncrypted && unavailable('encryption');
  return {
    save: encryption || 'a',
    read: encryption || 5,
    append: encryption || 1,
    'check()': unavailable('rare operations'),
    'storage()': unavailable('rare operations'),
    'searchText()': unavailable('rare operations'),
    'duplicate()': unavailable('rare operations'),
    'compact()': unavailable('compaction'),
    'retain()': unavailable('rare operations'),
    exports: unavailable('rare operations'),
    imports: unavailable('rare operations'),
    Genkit: unavailable('rare operations'),
    'rekey()': unavailable('rare operations'),
    argon2id: unavailable('argon2id'),
    'a database to mend': encryption || unavailable('mending a database'),
    'without IndexedDB': encryption || unavailable('the fallback'),
  };
};
