import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, preview } from 'vite';

/** Something that a browser can open, until it is closed. */
export interface Served {
  url: string;
  close: () => Promise<void>;
}

/** A Vite root as a user's bundler builds it. */
export interface Site {
  /** Serves it on a free port, which makes it an origin with a storage of its own. */
  serve(): Promise<Served>;
  remove(): Promise<void>;
}

export async function buildSite(root: string, configFile: string | false): Promise<Site> {
  // A folder of its own, because several workers may build the same root at once.
  const outDir = await mkdtemp(join(tmpdir(), 'offshoot-built-'));
  const config = { root, configFile, logLevel: 'error', build: { outDir, emptyOutDir: false } } as const;
  await build(config);
  return {
    async serve() {
      const server = await preview({
        ...config,
        preview: { host: '127.0.0.1', port: 0, strictPort: true },
      });
      const url = server.resolvedUrls?.local[0];
      if (!url) throw new Error(`Vite serves ${root} at no local address.`);
      return { url, close: () => server.close() };
    },
    remove: () => rm(outDir, { recursive: true }),
  };
}

/** Builds a Vite root and serves it until it is closed. */
export async function serveBuilt(root: string, configFile: string | false): Promise<Served> {
  const site = await buildSite(root, configFile);
  const { url, close } = await site.serve();
  return {
    url,
    async close() {
      await close();
      await site.remove();
    },
  };
}
