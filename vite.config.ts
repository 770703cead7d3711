import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { contentSecurityPolicy } from './demo/pwa/content-security-policy.js';
import { pwaOptions } from './demo/pwa/manifest.js';

const source = (path: string) => fileURLToPath(new URL(`src/${path}`, import.meta.url));

type Modules = { getModuleInfo(id: string): { isEntry: boolean; importers: readonly string[] } | null };

/** Whether the page's entry imports a module, by way of others or not, but not on demand. */
function isFirst(id: string, modules: Modules, seen = new Set<string>()): boolean {
  const info = modules.getModuleInfo(id);
  if (!info || seen.has(id)) return false;
  seen.add(id);
  return info.isEntry || info.importers.some((importer) => isFirst(importer, modules, seen));
}

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
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // What the first page needs is one file: small ones are compressed badly, and each is a request.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [{ debugName: 'first', name: (id, modules) => (isFirst(id, modules) ? 'first' : null) }],
        },
      },
    },
  },
});
