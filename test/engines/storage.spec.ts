import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { counted, hostIn, test } from '../tabs/tabs.js';
import { loadEngine } from './index.mjs';
import { inBrowser, withProfile } from './test.js';

/** Whether a file begins as all of SQLite's do. */
async function isSqlite(path: string): Promise<boolean> {
  const file = await open(path);
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(15) });
  await file.close();
  return buffer.toString('latin1', 0, bytesRead) === 'SQLite format 3';
}

/** What the files in a folder are, as far as it matters. */
async function backendsIn(folder: string): Promise<Set<string>> {
  const backends = new Set<string>();
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.name.endsWith('.leveldb')) backends.add('LevelDB');
    else if (entry.isFile() && (await isSqlite(path))) backends.add('SQLite');
  }
  return backends;
}

test('what was saved is there after the browser was closed, and on the disk in its way', async ({
  engine: name,
  url,
}) => {
  const engine = await loadEngine(name);
  await withProfile(async (profile) => {
    await inBrowser(engine, profile, async (browser) => {
      await hostIn(await browser.open(url)).save('a', counted(1));
    });
    expect([...(await backendsIn(engine.databases(profile)))]).toEqual([engine.backend]);

    await inBrowser(engine, profile, async (browser) => {
      const host = hostIn(await browser.open(url));
      expect(await host.call('getSnapshot', { sessionId: 's' })).toMatchObject({ state: { custom: 1 } });
    });
  });
});
