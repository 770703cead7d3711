import { lowering } from './lowering.js';
import type { GenkitPlugin } from './plugin.js';
import { standIns } from './stand-ins.js';

export type { GenkitPlugin } from './plugin.js';

/**
 * Makes Genkit's agents run in pages and their workers, from `vite dev` as from `vite build`. Code for servers stays as
 * it is. Needs Vite 8.
 *
 * ```ts
 * import { genkitInTheBrowser } from 'offshoot/vite';
 * import { defineConfig } from 'vite';
 *
 * export default defineConfig({ plugins: [genkitInTheBrowser()] });
 * ```
 */
export function genkitInTheBrowser(): GenkitPlugin[] {
  const inPages = () => [standIns(), lowering()];
  const everywhere: GenkitPlugin = {
    name: 'offshoot:genkit',
    config: async () => ({
      optimizeDeps: { rolldownOptions: { plugins: [standIns()] } },
      worker: { plugins: inPages },
    }),
  };
  return [everywhere, ...inPages()];
}
