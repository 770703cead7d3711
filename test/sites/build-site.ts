import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build, preview, type InlineConfig } from 'vite';

/** Something that a browser can open, until it is closed. */
export interface Served {
  url: string;
  close: () => Promise<void>;
}

/** A Vite root as a user's bundler builds it. */
export interface Site {
  /** What was built, which tests share. */
  folder: string;
  /** Serves it on a free port, which makes it an origin with a storage of its own. */
  serve(): Promise<Served>;
}

/** Builds a Vite root, once for all workers of a run. */
export async function buildSite(root: string, configFile: string | false): Promise<Site> {
  const folder = join(foldersOfRun(), createHash('sha256').update(root).digest('hex').slice(0, 16));
  const config = { root, configFile, logLevel: 'error', build: { outDir: folder } } as const;
  while (!existsSync(folder)) {
    if (await lock(`${folder}.lock`)) {
      try {
        // Another worker may have finished it meanwhile.
        if (!existsSync(folder)) await buildInto(folder, config);
      } finally {
        await rm(`${folder}.lock`, { recursive: true });
      }
    } else await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    folder,
    async serve() {
      const server = await preview({
        ...config,
        preview: { host: '127.0.0.1', port: 0, strictPort: true },
      });
      const url = server.resolvedUrls?.local[0];
      if (!url) throw new Error(`Vite serves ${root} at no local address.`);
      return { url, close: () => server.close() };
    },
  };
}

/** Builds a Vite root and serves it until it is closed. */
export async function serveBuilt(root: string, configFile: string | false): Promise<Served> {
  return (await buildSite(root, configFile)).serve();
}

function foldersOfRun(): string {
  const folder = process.env['OFFSHOOT_SITES'];
  if (!folder) throw new Error('The global setup of playwright.config.ts says where sites are built.');
  return folder;
}

/** Others never see it half built. */
async function buildInto(folder: string, config: InlineConfig): Promise<void> {
  const outDir = `${folder}.building`;
  await build({ ...config, build: { outDir, emptyOutDir: true } });
  await rename(outDir, folder);
}

/** Only one worker can create a folder. */
const lock = (folder: string) =>
  mkdir(folder).then(
    () => true,
    () => false,
  );
