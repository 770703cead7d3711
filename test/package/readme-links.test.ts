import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { withLinks } from '../../scripts/absolute-links.mjs';

const readme = readFileSync('README.md', 'utf8');

/** As GitHub and npm make them of headings. */
const anchorsOf = (page: string) =>
  [...page.replace(/^```[^]*?^```$/gm, '').matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );

function linksOf(page: string): { path: string; isImage: boolean }[] {
  const links: { path: string; isImage: boolean }[] = [];
  withLinks(page, (path, isImage) => {
    links.push({ path, isImage });
    return path;
  });
  return links;
}

test('README links to files and headings that are there', () => {
  const links = linksOf(readme);
  expect(links.length).toBeGreaterThan(30);
  expect(links.some(({ isImage }) => isImage)).toBe(true);
  for (const { path } of links) {
    const [file = '', anchor] = path.split('#');
    expect(existsSync(file), path).toBe(true);
    if (anchor !== undefined) expect(anchorsOf(readFileSync(file, 'utf8')), path).toContain(anchor);
  }
  for (const [, anchor] of readme.matchAll(/\]\(#([^)]+)\)/g)) expect(anchorsOf(readme)).toContain(anchor);
});

test('what is published has absolute links, to the files of its own version', () => {
  const folder = mkdtempSync(join(tmpdir(), 'readme-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  copyFileSync('README.md', join(folder, 'README.md'));
  const repository = 'https://example.com/owner/name';
  const script = join(import.meta.dirname, '../../scripts/absolute-links.mjs');
  execFileSync(process.execPath, [script, repository, 'v1.2.3'], { cwd: folder });
  const published = readFileSync(join(folder, 'README.md'), 'utf8');
  expect(linksOf(published)).toEqual([]);
  const addresses = [...published.matchAll(/https:\/\/example\.com\/[^)"\s]+/g)].map(([address]) => address);
  expect(addresses).toEqual(
    linksOf(readme).map(({ path, isImage }) => `${repository}/${isImage ? 'raw' : 'blob'}/v1.2.3/${path}`),
  );
  expect(published.replaceAll(new RegExp(`${repository}/\\w+/v1\\.2\\.3/`, 'g'), '')).toBe(readme);
});

test('an address or a tag that is missing rewrites nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'readme-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  copyFileSync('README.md', join(folder, 'README.md'));
  const script = join(import.meta.dirname, '../../scripts/absolute-links.mjs');
  for (const args of [[], ['/owner/name', 'v1'], ['https://example.com/owner/name', '']])
    expect(() => execFileSync(process.execPath, [script, ...args], { cwd: folder, stdio: 'pipe' })).toThrow();
  expect(readFileSync(join(folder, 'README.md'), 'utf8')).toBe(readme);
});
