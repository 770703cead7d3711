import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { contentSecurityPolicy } from './demo/pwa/content-security-policy.js';
import { pwaOptions } from './demo/pwa/manifest.js';

const source = (path: string) => fileURLToPath(new URL(`src/${path}`, import.meta.url));

/** The demo. It imports `offshoot` by name, as its readers would, and gets the sources. */
export default defineConfig({
  root: 'demo',
  plugins: [react(), contentSecurityPolicy(), VitePWA(pwaOptions)],
  resolve: {
    alias: [
      { find: /^offshoot$/, replacement: source('index.ts') },
      { find: /^offshoot\/(encryption|react|testing)$/, replacement: source('$1/index.ts') },
    ],
  },
  build: { outDir: 'dist', emptyOutDir: true },
});
