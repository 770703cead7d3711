import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { blocks, filesOf, LANGUAGES, importMaps, root, scriptFiles } from './blocks.js';

/** What the reader has. */
const given: [name: string, text: string][] = [
  [
    'model.d.ts',
    `import type { Message } from 'offshoot';
    export declare function stream(messages: readonly Message[], signal: AbortSignal): AsyncIterable<string>;
    export declare const model: import('@strands-agents/sdk').Model;`,
  ],
  [
    'my-store.d.ts',
    `import type { SessionStore } from 'offshoot';
    export declare const MyStore: new () => SessionStore;`,
  ],
  [
    'app.d.ts',
    `export declare function userIdOf(authorization: string | null): Promise<string>;
    export declare function accessToken(options: { refresh: boolean }): Promise<string>;
    export declare const userId: string;
    export declare function auth(): Promise<{ user?: { id?: string } } | null>;
    export declare const pool: import('pg').Pool;`,
  ],
  ['chats.d.ts', 'export declare function Chats(): import("react").ReactElement;'],
  // Where a page shows a part of a file only.
  [
    'given.d.ts',
    `declare const sessions: import('offshoot/playwright').PageSessionStore;
    declare const context: import('@playwright/test').BrowserContext;
    declare const test: import('@playwright/test').TestType<
      import('offshoot/playwright').SessionStoreFixtures & import('@playwright/test').PlaywrightTestArgs, {}>;
    declare const builder: import('@langchain/langgraph/web').StateGraph<any, any>;
    declare const useChat: typeof import('@ai-sdk/react').useChat;
    declare const useEffect: typeof import('react').useEffect;`,
  ],
  // The types of pages lack what a service worker's events have.
  ['worker.d.ts', 'interface MessageEvent<T = any> { waitUntil(work: Promise<unknown>): void; }'],
  ['svelte.config.js', 'export default {};'],
];

const strict = {
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
  // The package is a link there, and its types are to find the frameworks beside it.
  preserveSymlinks: true,
};
/** JavaScript cannot say of what type a parameter is, nor that something is not null. */
const ofJavaScript = {
  ...strict,
  allowJs: true,
  checkJs: true,
  noImplicitAny: false,
  strictNullChecks: false,
  useUnknownInCatchVariables: false,
};

/** A folder that finds the frameworks and the built package, as an application does. */
function appOf(files: [name: string, text: string][], compilerOptions: object): string {
  const folder = mkdtempSync(join(root, 'test/frameworks/.app-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const include = [...files, ...given].map(([name]) => name).filter((name) => name !== 'svelte.config.js');
  for (const [name, text] of [...files, ...given]) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include }));
  return folder;
}

/** What a compiler complains of. */
async function complaints(program: string, ...args: string[]): Promise<string[]> {
  const output = await promisify(execFile)(process.execPath, [join(root, program), ...args]).then(
    () => '',
    ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr,
  );
  return output.split('\n').filter((line) => line !== '');
}

const compile = (folder: string) =>
  complaints('node_modules/typescript/bin/tsc', '--pretty', 'false', '-p', folder);

test('pages have code of each language to compile, README first', () => {
  expect(blocks[0]?.page).toBe('README.md');
  const found = new Set(blocks.map(({ language }) => language));
  expect(found).toEqual(new Set(LANGUAGES));
  expect(filesOf('ts').length).toBeGreaterThan(10);
  expect(filesOf('js').length).toBeGreaterThan(10);
});

test('each block of TypeScript compiles under strict as it is printed, with the built package', async () => {
  expect(await compile(appOf(filesOf('ts', 'tsx'), strict))).toEqual([]);
});

test('each block of JavaScript, and each script in HTML, compiles with what can be known of its types', async () => {
  const scripts = scriptFiles();
  expect(scripts.length).toBeGreaterThan(1);
  expect(await compile(appOf([...filesOf('js', 'jsx'), ...scripts], ofJavaScript))).toEqual([]);
});

test('each component of Vue compiles under strict, its template included', async () => {
  const folder = appOf(filesOf('vue'), strict);
  expect(await complaints('test/frameworks/node_modules/vue-tsc/bin/vue-tsc.js', '-p', folder)).toEqual([]);
});

test('each component of Svelte compiles under strict, its markup included', async () => {
  const folder = appOf(filesOf('svelte'), strict);
  const check = 'test/frameworks/node_modules/svelte-check/bin/svelte-check';
  expect(await complaints(check, '--workspace', folder, '--tsconfig', 'tsconfig.json')).toEqual([]);
});

test('each import map is one, and maps what the scripts beside it import', () => {
  const maps = importMaps();
  expect(maps.length).toBeGreaterThan(0);
  for (const map of maps) expect(Object.keys(JSON.parse(map).imports)).toContain('offshoot');
});
