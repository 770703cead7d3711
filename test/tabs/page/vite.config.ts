import { join } from 'node:path';
import { defineConfig } from 'vite';

const root = import.meta.dirname;

export default defineConfig({
  worker: { format: 'es' },
  build: {
    // Vite bundles the workers that a page constructs; a service worker is registered by its address.
    rolldownOptions: {
      input: { index: join(root, 'index.html'), 'service-worker': join(root, 'service-worker.ts') },
      output: { entryFileNames: '[name].js' },
    },
  },
});
