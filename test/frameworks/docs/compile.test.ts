import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');

interface Block {
  page: string;
  name: string;
  code: string;
}

/** The TypeScript of a page as it is printed; what imports nothing goes on where the block before it ended. */
function blocksOf(page: string): Block[] {
  let before = '';
  const printed = [...readFileSync(join(root, page), 'utf8').matchAll(/^```(tsx?)\n([^]*?)^```$/gm)];
  return printed.map(([, extension, code = ''], index) => {
    before = /^import /m.test(code) ? code : `${before}\n${code}`;
    const name = `${page.replace(/\W/g, '-')}-${index + 1}.${extension}`;
    return { page, name, code: `${before}\nexport {};\n` };
  });
}

const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
const blocks = ['README.md', ...docs.map((name) => `docs/${name}`)].flatMap(blocksOf);

/** What the reader has. */
const modules = {
  'model.d.ts': `import type { Message } from 'offshoot';
    export declare function stream(messages: readonly Message[], signal: AbortSignal): AsyncIterable<string>;`,
  'my-store.d.ts': `import type { SessionStore } from 'offshoot';
    export declare const MyStore: new () => SessionStore;`,
};

const tsconfig = {
  compilerOptions: {
    strict: true,
    noEmit: true,
    target: 'ES2022',
    lib: ['ES2023', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'],
    module: 'ESNext',
    moduleResolution: 'bundler',
    jsx: 'react-jsx',
    // Those of frameworks are not for us to check.
    skipLibCheck: true,
    types: [],
  },
};

test('pages have TypeScript to compile, README first', () => {
  expect(blocks.length).toBeGreaterThan(10);
  expect(blocks[0]?.page).toBe('README.md');
});

test('each block of TypeScript compiles under strict as it is printed, with the built package', async () => {
  const folder = mkdtempSync(join(root, 'test/frameworks/.app-'));
  try {
    const files = Object.entries(modules);
    for (const { name, code } of blocks) files.push([name, code]);
    files.push(['tsconfig.json', JSON.stringify(tsconfig)]);
    for (const [name, text] of files) writeFileSync(join(folder, name), text);
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const compile = promisify(execFile)(process.execPath, [tsc, '--pretty', 'false', '-p', folder]);
    const output = await compile.then(
      () => '',
      ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr,
    );
    expect(output.split('\n').filter((line) => line !== '')).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
