import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { everythingWorks, expect, test } from './test.js';
import { exampleWith } from './examples.js';

const NEED = { '/offshoot/': 'dist', '/node_modules/offshoot/': '.', '/node_modules/': 'node_modules' };

test('the example with offshoot/bundle makes two requests, and everything works with no more', async ({
  page,
  folder,
  serve,
}) => {
  await writeFile(join(folder, 'index.html'), exampleWith("from '/offshoot/bundle.js'"));
  const served = await serve({ '/': folder, ...NEED });
  await page.goto(served.url);
  await expect(page.getByRole('list')).toHaveText('trip');
  expect(served.requests).toEqual(['/', '/offshoot/bundle.js']);

  const entry = join(import.meta.dirname, 'app/everything.ts');
  const outfile = join(folder, 'everything.js');
  await esbuild.build({ entryPoints: [entry], format: 'esm', outfile, tsconfigRaw: '{}' });
  served.requests = [];
  for (const isEncrypted of [false, true]) {
    const outcomes = await page.evaluate(
      async ([isEncrypted]) => {
        // Addresses of the server, which no compiler follows.
        const [tried, bundle] = ['/everything.js', '/offshoot/bundle.js'];
        const { everything } = await import(tried);
        return everything(await import(bundle), `chats ${isEncrypted}`, isEncrypted);
      },
      [isEncrypted] as const,
    );
    expect(outcomes).toEqual(everythingWorks(isEncrypted));
  }
  expect(served.requests).toEqual(['/everything.js']);
});

test('the example with an import map of the bundle is encrypted and loads nothing later', async ({
  page,
  folder,
  serve,
}) => {
  await writeFile(join(folder, 'index.html'), exampleWith('"offshoot/encryption": "/offshoot/bundle.js"'));
  const served = await serve({ '/': folder, ...NEED });
  await page.goto(served.url);
  await expect(page.getByText('0 problems')).toBeVisible();
  expect(served.requests).toEqual(['/', '/offshoot/bundle.js']);
});

test("the example with an import map of the package's own files has an adapter", async ({
  page,
  folder,
  serve,
}) => {
  await writeFile(join(folder, 'index.html'), exampleWith('"/node_modules/offshoot/dist/index.js"'));
  await page.goto((await serve({ '/': folder, ...NEED })).url);
  await expect(page.getByText('Where to?')).toBeVisible();
});
