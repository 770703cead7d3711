import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { bundlers } from './bundlers.js';
import { everythingIn, everythingWorks, expect, nothingLoads, test } from './test.js';

for (const bundler of bundlers) {
  for (const isEncrypted of [false, true]) {
    const how = `${isEncrypted ? 'encrypted' : 'plain'}, made by ${bundler}`;

    test(`a service worker with offshoot/all has everything without a server: ${how}`, async ({
      page,
      open,
    }) => {
      const served = await open(bundler);
      await page.evaluate(() => window.register('/service-worker.js', 'module'));
      await served.close();
      expect(await page.evaluate((isEncrypted) => window.ask('chats', isEncrypted), isEncrypted)).toEqual({
        'an adapter': { timeline: ['Where to?'], problems: [] },
        ...everythingWorks(isEncrypted),
      });
    });

    test(`a service worker without it says what it lacks: ${how}`, async ({ page, open }) => {
      await open(bundler);
      await page.evaluate(() => window.register('/service-worker-on-demand.js', 'module'));
      expect(await page.evaluate((isEncrypted) => window.ask('chats', isEncrypted), isEncrypted)).toEqual(
        nothingLoads(isEncrypted),
      );
      // What it could not do left the database to those who can.
      expect(await everythingIn(page, isEncrypted)).toEqual(everythingWorks(isEncrypted));
    });
  }
}

for (const isEncrypted of [false, true]) {
  const how = isEncrypted ? 'encrypted' : 'plain';

  test(`a service worker of one classic script needs no offshoot/all: ${how}`, async ({
    page,
    open,
    folderOf,
  }) => {
    const served = await open('Vite');
    await esbuild.build({
      entryPoints: [join(import.meta.dirname, 'app/service-worker-on-demand.ts')],
      outfile: join(await folderOf('Vite'), 'classic.js'),
      ...{ bundle: true, format: 'iife', minify: true, tsconfigRaw: '{}' },
    });
    await page.evaluate(() => window.register('/classic.js', 'classic'));
    await served.close();
    expect(await page.evaluate((isEncrypted) => window.ask('chats', isEncrypted), isEncrypted)).toEqual(
      everythingWorks(isEncrypted),
    );
  });
}
