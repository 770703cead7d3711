import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const source = (path: string) => fileURLToPath(new URL(`src/${path}`, import.meta.url));

/** The demo. It imports `offshoot` by name, as its readers would, and gets the sources. */
export default defineConfig({
  root: 'demo',
  resolve: {
    alias: [
      { find: /^offshoot$/, replacement: source('index.ts') },
      { find: /^offshoot\/testing$/, replacement: source('testing/index.ts') },
    ],
  },
  build: { outDir: 'dist', emptyOutDir: true },
});
