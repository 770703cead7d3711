import { execFile } from 'node:child_process';
import { cp, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import * as esbuild from 'esbuild';
import { everythingIn, everythingWorks, expect, test } from './test.js';
import { exampleWith } from './examples.js';

test('the example of a service worker saves and checks', async ({ page, folder, serve }) => {
  await writeFile(join(folder, 'index.html'), '<!doctype html>');
  await esbuild.build({
    stdin: { contents: exampleWith('// service-worker.js'), resolveDir: import.meta.dirname },
    outfile: join(folder, 'service-worker.js'),
    ...{ bundle: true, splitting: false, format: 'esm', tsconfigRaw: '{}' },
  });
  const served = await serve({ '/': folder });
  await page.goto(served.url);
  await page.evaluate(async () => {
    await navigator.serviceWorker.register('/service-worker.js', { type: 'module' });
    await navigator.serviceWorker.ready;
  });
  await served.close();
  const answer = await page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready;
    const { port1, port2 } = new MessageChannel();
    active!.postMessage({ sessionId: 'trip', messages: [{ role: 'user', content: [{ text: 'hello' }] }] }, [
      port2,
    ]);
    return new Promise((resolve) => {
      port1.addEventListener('message', ({ data }) => resolve(data));
      port1.start();
    });
  });
  expect(answer).toEqual({ snapshotId: expect.any(String), problems: [] });
});

for (const isEncrypted of [false, true]) {
  test(`a page whose scripts were precached as in the example has everything offline: ${isEncrypted ? 'encrypted' : 'plain'}`, async ({
    page,
    context,
    folder,
    folderOf,
    serve,
  }) => {
    await cp(await folderOf('Vite'), join(folder, 'dist'), { recursive: true });
    await symlink(resolve('node_modules'), join(folder, 'node_modules'));
    await writeFile(join(folder, 'precache.mjs'), exampleWith('// precache.mjs'));
    await promisify(execFile)(process.execPath, ['precache.mjs'], { cwd: folder });
    const served = await serve({ '/': join(folder, 'dist') });
    await page.goto(served.url);
    await page.evaluate(() => window.register('/sw.js', 'classic'));
    await served.close();
    await context.setOffline(true);
    await page.reload();
    expect(await everythingIn(page, isEncrypted)).toEqual(everythingWorks(isEncrypted));
  });
}
