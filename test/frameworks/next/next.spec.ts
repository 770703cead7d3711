import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { blockOf, createApp } from '../app.js';

const next = join(import.meta.dirname, '../node_modules/next/dist/bin/next');
const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1' };

/** A page of docs/next.md as it is printed, with these settings of Next. */
const app = (settings: object) => ({
  'package.json': '{ "type": "module" }',
  // Otherwise it is that of the tests, for which `offshoot` is the sources.
  'jsconfig.json': '{ "compilerOptions": {} }',
  // Packages lie above the app here.
  'next.config.js': `export default { turbopack: { root: ${JSON.stringify(join(import.meta.dirname, '../../..'))} }, ...${JSON.stringify(settings)} };`,
  'app/layout.jsx':
    'export default ({ children }) => <html lang="en"><head><link rel="icon" href="data:," /></head><body>{children}</body></html>;',
  'app/page.jsx': blockOf('docs/next.md', 'Page()'),
  'app/chats.jsx': blockOf('docs/next.md', 'Chats()'),
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

// A build takes over a minute where others have the processors.
test.setTimeout(600_000);

for (const settings of [{}, { cacheComponents: true, partialPrefetching: true }]) {
  test(`Next builds a static page with suspended sessions: ${JSON.stringify(settings)}`, async ({ page }) => {
    const { folder, remove } = createApp(app(settings));
    const built = await promisify(execFile)(process.execPath, [next, 'build'], { cwd: folder, env });
    expect(readFileSync(join(folder, '.next/server/app/index.html'), 'utf8')).toContain('Loading…');

    const port = await freePort();
    const server = spawn(process.execPath, [next, 'start', '-p', `${port}`, '-H', '127.0.0.1'], {
      cwd: folder,
      env,
    });
    const said = [built.stdout, built.stderr];
    for (const stream of [server.stdout, server.stderr]) stream.on('data', (data) => said.push(`${data}`));
    const complaints: string[] = [];
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    try {
      await expect.poll(() => said.join('')).toContain('Ready');
      await page.goto(`http://127.0.0.1:${port}/`);
      await page.getByRole('button', { name: '0 chats' }).click();
      await expect(page.getByRole('button', { name: '1 chats' })).toBeVisible();
      await page.reload();
      await expect(page.getByRole('button', { name: '1 chats' })).toBeVisible();
    } finally {
      server.kill();
      await once(server, 'exit');
      remove();
    }
    expect(complaints).toEqual([]);
    expect(said.join('')).not.toContain('stored in the browser');
  });
}
