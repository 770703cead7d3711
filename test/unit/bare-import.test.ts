import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from 'vite';
import { expect, test } from 'vitest';
import { provided } from '../../src/runtime/load.js';

interface Tree {
  type?: string;
  start: number;
  end: number;
  [key: string]: unknown;
}

/** Calls of `import()` that stand in no argument of these. */
function* bareImports(part: unknown, source: string, wrappers: RegExp, isWrapped = false): Generator<string> {
  if (typeof part !== 'object' || part === null) return;
  const node = part as Tree;
  if (node.type === 'ImportExpression' && !isWrapped) yield source.slice(node.start, node.end);
  const callee = node['callee'] as Tree | undefined;
  const isWrapper = callee !== undefined && wrappers.test(source.slice(callee.start, callee.end));
  for (const child of Object.values(node))
    yield* bareImports(child, source, wrappers, isWrapped || isWrapper);
}

function* sources(folder: string): Generator<string> {
  // A plugin of a bundler runs in Node, beside that bundler.
  if (folder === 'src/vite') return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory() && entry.name !== 'dist') yield* sources(path.posix.join(folder, entry.name));
    else if (/\.tsx?$/.test(entry.name)) yield path.posix.join(folder, entry.name);
  }
}

const found = (folder: string, wrappers: RegExp) =>
  [...sources(folder)].flatMap((file) => {
    const source = readFileSync(file, 'utf8');
    return [...bareImports(parseSync(file, source).program, source, wrappers)].map(
      (call) => `${file}: ${call}`,
    );
  });

const all = (folder: string) => found(folder, /^$/);

// A file that is gone is UNAVAILABLE with a way out, or a message and another try; never the browser's own TypeError.
test('whatever the library loads later goes through what says how that failed', () => {
  expect(all('src').length).toBeGreaterThan(10);
  expect(found('src', /^(?:load|Part|this\.#part)$|\.catch$/)).toEqual([]);
});

// Specs show what comes of it in a browser; this names the part that was forgotten.
test('whatever the library loads later is in offshoot/all', async () => {
  const parts = [...sources('src')].flatMap((file) => {
    const loads = /(?:load|Part|#part)\(\s*('[^']+'|"[^"]+"),\s*\(\) =>\s*import\('([^']+)'\)/g;
    return [...readFileSync(file, 'utf8').matchAll(loads)].map(([, part, module]) => ({
      part: part!.slice(1, -1),
      module: path.posix.join('../..', path.dirname(file), module!),
    }));
  });
  // A test has its script from Node.
  expect(parts).toHaveLength(all('src').filter((call) => !call.startsWith('src/playwright/')).length);
  await import('../../src/all.js');
  for (const { part, module } of parts) {
    const loaded = await import(module);
    expect(provided.get(part), part).toBe(loaded);
  }
});

test('whatever the demo loads later goes through what offers another try', () => {
  expect(all('demo').length).toBeGreaterThan(4);
  expect(found('demo', /^loadedLater$|\.catch$/)).toEqual([]);
});
