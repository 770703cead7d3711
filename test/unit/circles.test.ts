import { readdirSync, readFileSync } from 'node:fs';
import { dirname, extname, posix } from 'node:path';
import { expect, test } from 'vitest';

const SOURCE = /^\.(?:ts|tsx|mjs|js)$/;
/** Types, what is loaded later and what is passed on count as well. */
const IMPORT = /\b(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"?]+)/g;

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => posix.join(folder, path))
    .filter((path) => SOURCE.test(extname(path)) && !/\/(?:dist|node_modules)\//.test(path));

function importsOf(files: readonly string[]): Map<string, string[]> {
  const known = new Set(files);
  const resolved = (importer: string, specifier: string) => {
    const path = posix.join(dirname(importer), specifier);
    const bare = path.replace(/\.m?js$/, '');
    return [path, `${bare}.ts`, `${bare}.tsx`].find((candidate) => known.has(candidate));
  };
  return new Map(
    files.map((file) => {
      const code = readFileSync(file, 'utf8').replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '');
      const found = [...code.matchAll(IMPORT)].map(([, specifier]) => resolved(file, specifier!));
      return [file, found.filter((path) => path !== undefined)];
    }),
  );
}

/** The first way from a file back to itself, if there is one. */
function circleIn(imports: ReadonlyMap<string, string[]>): string[] | undefined {
  const done = new Set<string>();
  const walk = (file: string, way: string[]): string[] | undefined => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const next of imports.get(file) ?? []) {
      const circle = walk(next, [...way, file]);
      if (circle) return circle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of imports.keys()) {
    const circle = walk(file, []);
    if (circle) return circle;
  }
  return undefined;
}

test.each(['src', 'demo', 'bench', 'scripts'])('nothing in %s imports itself, by whatever way', (folder) => {
  const imports = importsOf(filesIn(folder));
  expect(imports.size).toBeGreaterThan(0);
  expect(circleIn(imports)).toBeUndefined();
});

test('a circle is found', () => {
  const imports = new Map([
    ['a', ['b']],
    ['b', ['c']],
    ['c', ['b']],
  ]);
  expect(circleIn(imports)).toEqual(['b', 'c', 'b']);
});
