import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { onServer } from './on-server.js';

test('offshoot/playwright says what is missing if the package is not whole', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'offshoot-package-'));
  try {
    await cp('dist', join(folder, 'dist'), { recursive: true });
    await cp('package.json', join(folder, 'package.json'));
    await symlink(resolve('node_modules'), join(folder, 'node_modules'));
    await rm(join(folder, 'dist/playwright/page.js'));
    const told = await onServer(`
      const { HelperTab } = await import(${JSON.stringify(pathToFileURL(join(folder, 'dist/playwright/helper-tab.js')))});
      const title = async () => 'Offshoot: the helper tab of a test';
      const nothing = async () => {};
      const page = { title, route: nothing, goto: nothing, close: nothing };
      const context = { pages: () => [], newPage: async () => page, newCDPSession: () => Promise.reject() };
      const error = await HelperTab.open(context, 'http://localhost', {}).catch((error) => error);
      console.log(JSON.stringify([error.status, error.message, error.cause.code]));
    `);
    expect(told).toEqual([
      'UNAVAILABLE',
      expect.stringMatching(/helper tab cannot be loaded.*Install offshoot again/),
      'ERR_MODULE_NOT_FOUND',
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
