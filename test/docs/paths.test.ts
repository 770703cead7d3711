import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';

const text = (path: string) => readFileSync(path, 'utf8');

/** What documents tell of; other folders are made and deleted while tests run. */
const FOLDERS = ['src', 'test', 'scripts', 'demo', 'bench', 'docs', '.github'];

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (!entry.isDirectory()) return [path];
    const isSource =
      folder === '.' ? FOLDERS.includes(entry.name) : !['node_modules', 'dist'].includes(entry.name);
    return isSource ? walk(path) : [];
  });
}

const files = walk('.');
/** Folders and files, and files by their ends: where the folder is plain, a document leaves it out. */
const isFile = (path: string) => files.some((file) => `/${file}`.endsWith(`/${path.replace(/^\.\//, '')}`));
const isPlace = (path: string) => files.some((file) => `${file}/`.startsWith(`${path.replace(/\/$/, '')}/`));
const isTest = (name: string) =>
  isPlace(`test/${name}`) || files.some((file) => file.startsWith(`test/${name}.`));

/** What stands in backticks and in drawings, but not what has a placeholder. */
const code = (document: string) =>
  [...document.matchAll(/```[^]*?```|`[^`\n]+`/g)]
    .map(([part]) => part.replace(/[\w./-]*<\w+>[\w./-]*/g, ''))
    .join('\n');

const PLACES = /(?<![\w./@-])(?:src|test|scripts|demo|bench|docs)\/[\w./-]*/g;
const FILES = /(?<![\w./*-])[\w./-]*\w\.(?:tsx?|mjs)\b/g;

const section = (document: string, title: string) =>
  document.split(/^## /m).find((part) => part.startsWith(title)) ?? '';

const PAGES = [
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'llms.txt',
  ...files.filter((file) => file.startsWith('docs/decisions/')),
];

describe.each(PAGES)('%s names only', (page) => {
  const named = code(text(page));

  test('files and folders that exist', () => {
    const missing = [
      ...(named.match(PLACES) ?? []).filter((path) => !isPlace(path)),
      ...(named.match(FILES) ?? []).filter((path) => !isFile(path)),
    ];
    expect(missing).toEqual([]);
  });

  test('pages that exist', () => {
    const links = [...text(page).matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g)].map(([, link]) => link ?? '');
    expect(links.filter((link) => !isPlace(posix.join(posix.dirname(page), link)))).toEqual([]);
  });
});

describe('ARCHITECTURE.md', () => {
  const document = text('ARCHITECTURE.md');

  test('has a row for each layer that oxlint.config.mjs has', () => {
    const layers = /const layers = \{([^]*?)\n\};/.exec(text('oxlint.config.mjs'))?.[1] ?? '';
    const folders = [...layers.matchAll(/^ {2}'?([\w/-]+)'?:/gm)].map(([, folder = '']) =>
      folder.replace(/^adapters\/(?!shared).*/, 'adapters/<framework>'),
    );
    const rows = [...section(document, 'What imports what').matchAll(/^\| `([^`]+)`/gm)].map(
      ([, folder]) => folder,
    );
    expect(new Set(rows)).toEqual(new Set([...folders, 'errors.ts', 'index.ts', 'all.ts']));
  });

  test('names only classes and functions that exist', () => {
    const sources = files
      .filter((file) => file.startsWith('src/'))
      .map(text)
      .join('\n');
    const words =
      code(document)
        .replace(FILES, '')
        .match(/\b[A-Z]\w+\.\w+|[A-Za-z]*[a-z][A-Z]\w*/g) ?? [];
    const names = words.flatMap((word) => word.split('.'));
    const unknown = names.filter((name) => !new RegExp(String.raw`\b${name}\b`).test(sources));
    expect(unknown).toEqual([]);
  });

  test('names only tests that exist beside what is waited for', () => {
    const cells = section(text('docs/decisions/0013-every-wait-has-a-limit.md'), 'What is waited for')
      .split('\n')
      .map((line) => line.split('|')[3] ?? '');
    const names = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !isTest(name))).toEqual([]);
  });
});
