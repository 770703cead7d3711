import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, posix } from 'node:path';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

/** A server of files that does nothing else, and writes down what it was asked for. */
export interface StaticServer {
  url: string;
  /** Paths, in the order in which they were asked for; but not icons. */
  requests: string[];
  /** What a deployment took away: answered with 404. */
  isLost: (path: string) => boolean;
  close: () => Promise<void>;
}

/** Serves folders under paths; the longest one that fits is asked. */
export async function serveFolders(folders: Record<string, string>): Promise<StaticServer> {
  const prefixes = Object.keys(folders).sort((a, b) => b.length - a.length);
  const server = createServer(async ({ url = '/' }, response) => {
    const path = posix.normalize(new URL(url, 'http://localhost').pathname);
    if (!path.startsWith('/favicon')) served.requests.push(path);
    const prefix = prefixes.find((prefix) => path.startsWith(prefix));
    const file = path.endsWith('/') ? `${path}index.html` : path;
    const body =
      prefix === undefined || served.isLost(path)
        ? undefined
        : await readFile(join(folders[prefix]!, file.slice(prefix.length))).catch(() => undefined);
    response.writeHead(body ? 200 : 404, {
      'Content-Type': TYPES[extname(file)] ?? 'text/plain',
      'Cache-Control': 'no-store',
    });
    response.end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const served: StaticServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests: [],
    isLost: () => false,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return served;
}
