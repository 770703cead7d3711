import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, preview } from 'vite';

/** Builds a Vite root as a user's bundler would, and serves the result on a free port until it is closed. */
export async function serveBuilt(
  root: string,
  configFile: string,
): Promise<{ url: string; close: () => Promise<void> }> {
  // A folder of its own, because several workers may build the same root at once.
  const outDir = await mkdtemp(join(tmpdir(), 'offshoot-built-'));
  const config = { root, configFile, logLevel: 'error', build: { outDir, emptyOutDir: false } } as const;
  await build(config);
  const server = await preview({ ...config, preview: { host: '127.0.0.1', port: 0, strictPort: true } });
  const url = server.resolvedUrls?.local[0];
  if (!url) throw new Error(`Vite serves ${root} at no local address.`);
  return {
    url,
    close: async () => {
      await server.close();
      await rm(outDir, { recursive: true });
    },
  };
}
