// Builds the page as a user's bundler would and serves it.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, preview } from 'vite';
import { temporaryFolder } from './temporary.mjs';

const folder = fileURLToPath(new URL('.', import.meta.url));
const workingTree = join(folder, '..');

// Isolated pages get a clock of 5 µs instead of 100.
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/**
 * @param {object} [what]
 * @param {string[]} [what.missing] packages that are not installed: their variants fail to load, and only they
 * @param {string} [what.root] the page's folder
 * @param {string} [what.project] whose Offshoot it is
 */
export async function serve({ missing = [], root = 'page', project = workingTree } = {}) {
  const outDir = await temporaryFolder('page');
  const external = (/** @type {string} */ id) =>
    missing.some((name) => id === name || id.startsWith(`${name}/`));
  /** @satisfies {import('vite').InlineConfig} */
  const config = {
    root: join(folder, root),
    configFile: false,
    logLevel: 'error',
    resolve: {
      alias: [
        { find: /^offshoot$/, replacement: join(project, 'src/index.ts') },
        { find: /^offshoot\/encryption$/, replacement: join(project, 'src/encryption/index.ts') },
      ],
    },
    worker: { format: 'es', rolldownOptions: { external } },
    build: {
      outDir,
      emptyOutDir: false,
      chunkSizeWarningLimit: 2000,
      rolldownOptions: { external },
    },
    preview: { host: '127.0.0.1', port: 0, strictPort: true, headers },
  };
  await build(config);
  const server = await preview(config);
  const url = server.resolvedUrls?.local[0];
  if (!url) throw new Error('Vite serves the page at no local address.');
  return { url, close: () => server.close() };
}
