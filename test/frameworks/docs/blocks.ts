import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../../..');

/** A block of code as it is printed, as a file that a compiler takes. */
export interface Block {
  page: string;
  name: string;
  language: string;
  code: string;
}

export const LANGUAGES = ['ts', 'tsx', 'js', 'jsx', 'vue', 'svelte', 'html'];

/** Whether a block goes on where the one before it of its language ended: it imports nothing, and is no config. */
const goesOn = ({ language, code }: Pick<Block, 'language' | 'code'>) =>
  /^[jt]sx?$/.test(language) && !/^(?:import|export default) /m.test(code);

function blocksOf(page: string): Block[] {
  const before = new Map<string, string>();
  const printed = readFileSync(join(root, page), 'utf8').matchAll(/^( *)```(\w+)\n([^]*?)^\1```$/gm);
  return [...printed].flatMap(([, indent = '', language = '', text = ''], index) => {
    if (!LANGUAGES.includes(language)) return [];
    const own = text.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
    const code = goesOn({ language, code: own }) ? `${before.get(language) ?? ''}\n${own}` : own;
    before.set(language, code);
    return [{ page, language, name: `${page.replace(/\W/g, '-')}-${index + 1}`, code }];
  });
}

const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));

/** All of README and of docs/. */
export const blocks = ['README.md', ...docs.map((name) => `docs/${name}`)].flatMap(blocksOf);

/** The files for a compiler of some languages. */
export const filesOf = (...languages: string[]): [name: string, text: string][] =>
  blocks
    .filter(({ language }) => languages.includes(language))
    .map(({ name, language, code }) => [
      `${name}.${language}`,
      /^[jt]sx?$/.test(language) ? `${code}\nexport {};\n` : code,
    ]);

/** The scripts in pages of HTML, which are modules of JavaScript; the bundle is there by its address. */
export const scriptFiles = (): [name: string, text: string][] =>
  blocks
    .filter(({ language }) => language === 'html')
    .flatMap(({ name, code }) =>
      [...code.matchAll(/<script type="module">([^]*?)<\/script>/g)].map(
        ([, script = ''], index): [string, string] => [
          `${name}-script-${index + 1}.js`,
          `${script.replaceAll(/'[^']*\/bundle\.js'/g, "'offshoot/bundle'")}\nexport {};\n`,
        ],
      ),
    );

/** The maps of imports in pages of HTML. */
export const importMaps = (): string[] =>
  blocks.flatMap(({ code, language }) =>
    language === 'html'
      ? Array.from(code.matchAll(/<script type="importmap">([^]*?)<\/script>/g), ([, map = '']) => map)
      : [],
  );
