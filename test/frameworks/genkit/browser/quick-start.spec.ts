import { join } from 'node:path';
import { expect, test as base, type Page } from '@playwright/test';
import { build, createServer, preview } from 'vite';
import { blockOf, createApp } from '../../app.js';

const icon = '<!doctype html><link rel="icon" href="data:," />';
const loading = (script: string) => `${icon}<script type="module" src="./${script}"></script>`;

const readme = {
  'package.json': '{ "type": "module" }',
  'vite.config.ts': blockOf('README.md', 'genkitInTheBrowser'),
  'main.ts': blockOf('README.md', 'defineAgent'),
  'index.html': loading('main.ts'),
  'worker.ts': "new Worker(new URL('./main.ts', import.meta.url), { type: 'module' });",
  'worker.html': loading('worker.ts'),
};
const docs = {
  'package.json': '{ "type": "module" }',
  'vite.config.ts': blockOf('docs/genkit.md', 'genkitInTheBrowser'),
  'main.ts': blockOf('docs/genkit.md', 'defineAgent'),
  'index.html': blockOf('docs/genkit.md', '<form>'),
};

const host = { host: '127.0.0.1', port: 0, strictPort: true };
/** A page may not compile text to code. */
const headers = { 'content-security-policy': "script-src 'self'" };

/** Serves the app in this folder. */
const ways = {
  async developed(root: string) {
    const server = await createServer({ root, logLevel: 'error', server: host });
    return server.listen();
  },
  async built(root: string, files: string[]) {
    const input = files.filter((name) => name.endsWith('.html')).map((name) => join(root, name));
    await build({
      root,
      logLevel: 'error',
      build: { rolldownOptions: { input } },
      worker: { format: 'es' },
    });
    return preview({ root, logLevel: 'error', preview: { ...host, headers } });
  },
};

const test = base.extend<{
  serve: (way: keyof typeof ways, files: Record<string, string>) => Promise<string>;
}>({
  serve: async ({}, use) => {
    const ends: (() => unknown)[] = [];
    await use(async (way, files) => {
      const { folder, remove } = createApp(files);
      const server = await ways[way](folder, Object.keys(files));
      ends.push(() => server.close(), remove);
      return server.resolvedUrls!.local[0]!;
    });
    for (const end of ends) await end();
  },
});

/** Opens a page and returns what it prints first, or the error with which it ends. */
async function printedBy(page: Page, url: string): Promise<unknown> {
  const printed: unknown[] = [];
  page.on('pageerror', (error) => printed.push(error));
  page.on('console', (message) => {
    if (message.type() === 'log')
      void message
        .args()[0]!
        .jsonValue()
        .then(
          (value) => printed.push(value),
          // What a page prints while it is left is told to nobody.
          () => {},
        );
  });
  await page.goto(url);
  await expect.poll(() => printed).not.toEqual([]);
  return printed[0];
}

const ids = (count: number) => Array.from({ length: count }, () => expect.any(String));

for (const way of ['developed', 'built'] as const) {
  test(`README’s quick start makes a branch when ${way}, in a page and in a worker`, async ({
    page,
    serve,
  }) => {
    const url = await serve(way, readme);
    expect(await printedBy(page, url)).toEqual(ids(2));
    // The second run resumes the first one's session, and makes one more branch.
    expect(await printedBy(page, `${url}worker.html`)).toEqual(ids(3));
  });

  test(`the app of docs/genkit.md keeps its conversation when ${way}`, async ({ page, context, serve }) => {
    const url = await serve(way, docs);
    const messages = page.getByRole('listitem');
    const send = async (text: string) => {
      await page.getByRole('textbox').fill(text);
      await page.keyboard.press('Enter');
    };
    await page.goto(url);
    await send('Where to in May?');
    await expect(messages).toHaveText(['Where to in May?', 'You wrote: Where to in May?']);

    await page.reload();
    await expect(messages).toHaveCount(2);
    const other = await context.newPage();
    await other.goto(url);
    await send('Further north?');
    await expect(messages.last()).toHaveText('You wrote: Further north?');
    await expect(other.getByRole('listitem')).toHaveCount(4);
  });
}
