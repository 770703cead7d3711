import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from 'vite';
import { expect, test } from 'vitest';

/**
 * Arguments that are spread lie on the stack, and more than some 100,000 of them do not fit: a session, a file or a
 * page with so many would fail whatever spreads them. These are of a size that the source decides.
 */
const CONSTANT = [
  'src/database/faults.ts: new SessionStoreError(...UNREADABLE',
  'src/encryption/row-batches.ts: requestAll(...STORES_OF_ROWS',
  'src/playwright/tab/index.ts: (host![method] as (...args: unknown[]) => unknown)(...args',
  'src/adapters/strands/errors.ts: super(...about',
  'src/session/arguments.ts: requireValid(message, value, ...(isList ? [path, String(index)]',
  'src/snapshots/preview.ts: find(...last[index]!',
  'src/snapshots/save/draft.ts: requireNone({ message, path: known }, ...prefix',
  'src/store/indexeddb-session-store.ts: (upkeep[name] as (...all: unknown[]) => any)(at, call, ...more',
  'src/vite/page/async-context.ts: ',
  'src/values/arguments.ts: requireNone(schema(value), ...prefix',
  'src/values/clone.ts: unstorable(value, cause, ...prefix',
];

interface Tree {
  type?: string;
  start: number;
  end: number;
  [key: string]: unknown;
}

function* nodesIn(part: unknown): Generator<Tree> {
  if (typeof part !== 'object' || part === null) return;
  if (typeof (part as Tree).type === 'string') yield part as Tree;
  for (const child of Object.values(part)) yield* nodesIn(child);
}

function* spreadsIn(file: string): Generator<string> {
  const source = readFileSync(file, 'utf8');
  for (const node of nodesIn(parseSync(file, source).program)) {
    if (node.type !== 'CallExpression' && node.type !== 'NewExpression') continue;
    const spread = (node['arguments'] as Tree[]).find(({ type }) => type === 'SpreadElement');
    const callee = source.slice((node['callee'] as Tree).start, (node['callee'] as Tree).end);
    const hasList = callee.endsWith('.apply') && (node['arguments'] as Tree[]).length > 1;
    if (!spread && !(hasList && callee !== 'value.apply')) continue;
    const text = source.slice(node.start, spread?.end ?? node.end);
    yield `${file}: ${text.replaceAll(/\s+/g, ' ').replace('( ', '(')}`;
  }
}

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory() && entry.name !== 'dist') yield* sources(path.posix.join(folder, entry.name));
    else if (/\.tsx?$/.test(entry.name)) yield path.posix.join(folder, entry.name);
  }
}

test('no list whose length data decides is spread into arguments', () => {
  const found = ['src', 'demo'].flatMap((folder) =>
    [...sources(folder)].flatMap((file) => [...spreadsIn(file)]),
  );
  expect(found.filter((call) => !CONSTANT.some((known) => call.startsWith(known)))).toEqual([]);
});
