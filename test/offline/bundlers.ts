import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import * as esbuild from 'esbuild';
import { rollup, type Plugin } from 'rollup';
import * as vite from 'vite';

const app = join(import.meta.dirname, 'app');
const ENTRIES = ['page', 'service-worker', 'service-worker-on-demand'];

const input = Object.fromEntries(ENTRIES.map((name) => [name, join(app, `${name}.ts`)]));

/** Rollup itself knows no TypeScript. */
const typescript: Plugin = {
  name: 'typescript',
  resolveId: (source, importer) =>
    importer?.endsWith('.ts') && source.startsWith('.')
      ? join(importer, '..', source.replace(/\.js$/, '.ts'))
      : null,
  transform: async (code, id) =>
    id.endsWith('.ts') ? (await esbuild.transform(code, { loader: 'ts' })).code : null,
};

/** Each makes a page and two service workers of the app, with chunks for what is loaded on demand. */
const BUNDLERS = {
  'esbuild --splitting': async (outdir: string) => {
    const options = { bundle: true, splitting: true, format: 'esm', minify: true } as const;
    // Without the paths of this project's own configuration, so that `offshoot` is what was built.
    await esbuild.build({ ...options, entryPoints: Object.values(input), outdir, tsconfigRaw: '{}' });
  },
  Vite: async (outDir: string) => {
    await vite.build({
      root: app,
      configFile: false,
      logLevel: 'error',
      build: { outDir, rolldownOptions: { input, output: { entryFileNames: '[name].js' } } },
    });
  },
  Rollup: async (dir: string) => {
    const bundle = await rollup({ input, plugins: [typescript, nodeResolve({ browser: true })] });
    await bundle.write({ dir, format: 'es', entryFileNames: '[name].js' });
    await bundle.close();
  },
};

export type Bundler = keyof typeof BUNDLERS;
export const bundlers = Object.keys(BUNDLERS) as Bundler[];

/** Bundles the app into a folder. */
export async function bundle(bundler: Bundler, folder: string): Promise<void> {
  await BUNDLERS[bundler](folder);
  await writeFile(
    join(folder, 'index.html'),
    '<!doctype html><title>offline</title><script type="module" src="/page.js"></script>',
  );
}
