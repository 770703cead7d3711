import { join } from 'node:path';
import type { PluginOption, UserConfig } from 'vite';
import { printedIn } from '../run-example.js';

const root = join(import.meta.dirname, '../../..');

/** A page that shows the example of a page of docs/ as it is printed, as `./example.<extension>`. */
export function pageOf(page: string, extension: string, plugins: PluginOption[]): UserConfig {
  const file = join(import.meta.dirname, page, `example.${extension}`);
  return {
    resolve: {
      alias: [
        { find: /^offshoot$/, replacement: join(root, 'dist/index.js') },
        { find: /^offshoot\/(\w+)$/, replacement: join(root, 'dist/$1/index.js') },
        { find: './model.js', replacement: join(import.meta.dirname, 'model.ts') },
      ],
    },
    plugins: [
      {
        name: 'printed',
        enforce: 'pre',
        resolveId: (id) => (id === `./example.${extension}` ? file : undefined),
        load: (id) => (id === file ? printedIn(page) : undefined),
      },
      ...plugins,
    ],
  };
}
