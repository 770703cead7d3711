// Debian's PostgreSQL and PgBouncer on loopback, with their files in a temporary directory.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPgBouncer, findPostgres } from '../../../scripts/databases.mjs';

export interface Endpoint {
  port: number;
  stop(): Promise<void>;
}

/** Both refuse to run as root. */
function whoRuns(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout);
  return { uid: id('-u'), gid: id('-g') };
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** Resolves when somebody listens there. */
async function listening(port: number, process: ChildProcess): Promise<void> {
  for (;;) {
    if (process.exitCode !== null) throw new Error(`${process.spawnfile} ended with ${process.exitCode}`);
    const isThere = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
        .on('connect', () => {
          socket.destroy();
          resolve(true);
        })
        .on('error', () => resolve(false));
    });
    if (isThere) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function folderFor(user: { uid: number; gid: number } | undefined): string {
  const folder = mkdtempSync(join(tmpdir(), 'offshoot-postgres-'));
  if (user) chownSync(folder, user.uid, user.gid);
  return folder;
}

const ended = (process: ChildProcess) =>
  new Promise<void>((resolve) => {
    if (process.exitCode === null && process.signalCode === null) process.once('exit', () => resolve());
    else resolve();
  });

export interface PostgresServer extends Endpoint {
  /** As a crash does; afterwards `start` recovers. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

export async function startPostgres(bin = findPostgres()!): Promise<PostgresServer> {
  const user = whoRuns();
  const folder = folderFor(user);
  const data = join(folder, 'data');
  const made = spawnSync(
    `${bin}/initdb`,
    ['-D', data, '-U', 'offshoot', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    { ...user, cwd: folder, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(made.stderr);
  const port = await freePort();
  let running: ChildProcess;
  const start = async () => {
    running = spawn(
      `${bin}/postgres`,
      ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', folder, '-c', 'max_connections=200'],
      { ...user, cwd: folder, stdio: 'ignore' },
    );
    await listening(port, running);
    // It listens before it can answer.
    while (spawnSync(`${bin}/pg_isready`, ['-q', '-h', '127.0.0.1', '-p', String(port)]).status !== 0);
  };
  await start();
  return {
    port,
    start,
    kill: async () => {
      running.kill('SIGQUIT');
      await ended(running);
    },
    stop: async () => {
      running.kill('SIGINT');
      await ended(running);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** In transaction mode: between two transactions a client may find itself on another connection. */
export async function startPgBouncer(postgres: number, path = findPgBouncer()!): Promise<Endpoint> {
  const user = whoRuns();
  const folder = folderFor(user);
  const port = await freePort();
  const settings = join(folder, 'pgbouncer.ini');
  writeFileSync(
    settings,
    `[databases]
postgres = host=127.0.0.1 port=${postgres} dbname=postgres user=offshoot
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
auth_type = any
pool_mode = transaction
default_pool_size = 8
max_client_conn = 200
unix_socket_dir =
`,
  );
  if (user) chownSync(settings, user.uid, user.gid);
  const running = spawn(path, [settings], { ...user, cwd: folder, stdio: 'ignore' });
  await listening(port, running);
  return {
    port,
    stop: async () => {
      running.kill('SIGINT');
      await ended(running);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
