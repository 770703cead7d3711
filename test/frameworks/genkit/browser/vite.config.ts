import { join } from 'node:path';
import { defineConfig } from 'vite';

const standIn = (name: string) => join(import.meta.dirname, 'node', name);

/** Genkit is written for Node; this is what it takes to run it in a page. None of it concerns the store. */
export default defineConfig({
  define: { global: 'globalThis' },
  resolve: {
    alias: {
      express: standIn('express.ts'),
      'node:perf_hooks': standIn('perf-hooks.ts'),
      '@genkit-ai/core/node': standIn('features.ts'),
    },
  },
  build: {
    // zone.js follows only the promises that it replaced, and native async functions never use those.
    target: 'es2016',
    minify: false,
  },
});
