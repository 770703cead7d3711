import { cp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect } from '@playwright/test';
import type { Browser } from '../engines/engine.d.ts';
import { loadEngine } from '../engines/index.mjs';
import { inBrowser, withProfile } from '../engines/test.js';
import type { Site } from '../sites/build-site.js';
import { hostIn, test, type RemoteHost } from '../tabs/tabs.js';

/** What happens to a file of a database while the browser is closed. */
const harms: Record<string, (path: string) => Promise<unknown>> = {
  'is empty': (path) => truncate(path, 0),
  'is cut in half': async (path) => truncate(path, Math.floor((await readFile(path)).length / 2)),
  'has zeros in the middle': (path) => overwrite(path, 0.5, 4096),
  'is all zeros': (path) => overwrite(path, 0, Infinity),
  'is gone': (path) => rm(path),
};

async function overwrite(path: string, from: number, length: number): Promise<void> {
  const bytes = await readFile(path);
  const start = Math.floor(bytes.length * from);
  await writeFile(path, bytes.fill(0, start, Math.min(bytes.length, start + length)));
}

/** The files of a database, by what they are for. */
const kinds: Record<'LevelDB' | 'SQLite', Record<string, RegExp>> = {
  LevelDB: {
    'the log': /\.log$/,
    'a table': /\.ldb$/,
    'the manifest': /^MANIFEST-/,
    'what names the manifest': /^CURRENT$/,
    'a large value': /^[0-9a-f]+$/,
  },
  // A browser that was closed leaves no write-ahead log behind.
  SQLite: { 'the database': /./ },
};

interface Case {
  name: string;
  url: string;
  /** Whether there has to be so much that LevelDB puts it in order. */
  isBulky: boolean;
  /** Resolves to the number of files that were harmed. */
  harm: (files: readonly string[], folder: string, earlier: string) => Promise<number>;
}

/** What an application finds out about a database that was harmed. */
interface Outcome {
  /** How many of the snapshots read as they were saved. */
  whole: number;
  /** How many read, and are not what was saved. */
  altered: number;
  /** What reading the others and listing sessions failed with. */
  errors: string[];
  /** What was told. */
  told: string[];
  /** How many problems `check()` reports, or what it fails with. */
  check: number | string;
  /** Whether something new can be saved and read. */
  goesOn: boolean;
}

const TURNS = 12;
const ids = Array.from({ length: TURNS }, (_, n) => `n${n}`);

/** The n-th turn of a chat; every fourth brings something large. */
const turn = (n: number) => ({
  sessionId: 's',
  createdAt: new Date(Date.UTC(2026, 0, 1, 0, 0, n)).toISOString(),
  ...(n > 0 && { parentId: ids[n - 1]! }),
  state: { custom: n, messages: Array.from({ length: n + 1 }, (_, at) => messageOf(at)) },
});

const messageOf = (at: number) => ({
  role: 'user' as const,
  content: [{ text: noise(at, at % 4 === 3 ? 80_000 : 2000) }],
});

/** The same for the same seed, and nothing that can be compressed. */
function noise(seed: number, length: number): string {
  let state = seed + 1;
  const next = () => (state = (state * 48_271) % 2_147_483_647);
  return Array.from({ length: length / 8 }, () => next().toString(36).padStart(8, '0').slice(-8)).join('');
}

async function seed(
  browser: Browser,
  { url, isBulky }: Case,
  [from, to]: readonly [number, number],
): Promise<void> {
  const tab = await browser.open(url);
  const host = hostIn(tab);
  for (let n = 0; n < (isBulky ? 60 : 0); n++) await host.saveFiller(`filler ${from} ${n}`, 50_000);
  for (let n = from; n < to; n++) await host.save(ids[n]!, turn(n));
  await host.call('close');
  await tab.close();
}

async function examine(host: RemoteHost): Promise<Outcome> {
  const errors = new Set<string>();
  const attempt = async (method: 'listSessions' | 'getSnapshot' | 'check', ...args: unknown[]) => {
    const failure = await host.failureOf(method, ...args);
    if (failure) errors.add(`${method} ${failure.status} ${failure.cause ?? ''}`.trim());
    return failure ? undefined : host.call(method, ...args);
  };
  await attempt('listSessions');
  let whole = 0;
  let altered = 0;
  for (const [n, snapshotId] of ids.entries()) {
    const snapshot = await attempt('getSnapshot', { snapshotId });
    if (snapshot === undefined) continue;
    if (isDeepStrictEqual(snapshot, { ...turn(n), snapshotId })) whole++;
    else altered++;
  }
  const check = await host.failureOf('check');
  const problems = check ? check.status : ((await host.call('check')) as { problems: [] }).problems.length;
  const goesOn =
    !(await host.failureOfSaving('new', { sessionId: 'new', createdAt: turn(0).createdAt })) &&
    (await host.call('getSnapshot', { snapshotId: 'new' })) !== undefined;
  const told = (await host.heard()).health.map(({ type }) => type);
  return { whole, altered, errors: [...errors], told, check: problems, goesOn };
}

/** All files below a folder. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Where the databases of an origin lie. */
async function foldersOf(databases: string, url: string): Promise<string[]> {
  const mark = `_${new URL(url).port}`;
  return (await readdir(databases))
    .filter((name) => name.includes(mark))
    .map((name) => join(databases, name));
}

async function prepareCases(site: Site, backend: 'LevelDB' | 'SQLite') {
  const cases: Case[] = [];
  const closers: (() => Promise<void>)[] = [];
  const add = async (name: string, harm: Case['harm'], isBulky = false) => {
    const { url, close } = await site.serve();
    closers.push(close);
    cases.push({ name, url, isBulky, harm });
  };
  await add('nothing happened', async () => 0);
  for (const [kind, pattern] of Object.entries(kinds[backend])) {
    for (const [harm, apply] of Object.entries(harms)) {
      const harmKind: Case['harm'] = async (files) => {
        const harmed = files.filter((path) => pattern.test(basename(path)));
        for (const path of harmed) await apply(path);
        return harmed.length;
      };
      await add(`${kind} ${harm}`, harmKind, kind === 'a table');
    }
  }
  await add('all files are gone', async (files, folder) => {
    await rm(folder, { recursive: true });
    return files.length;
  });
  await add('all files are as they were earlier', async (files, folder, earlier) => {
    await rm(folder, { recursive: true });
    await cp(earlier, folder, { recursive: true });
    return files.length;
  });
  return { cases, close: () => Promise.all(closers.map((close) => close())) };
}

test('files that were damaged while the browser was closed: never silently', async ({
  engine: name,
  site,
}, info) => {
  test.setTimeout(600_000);
  const engine = await loadEngine(name);
  const { cases, close } = await prepareCases(site, engine.backend);
  const harmed = new Map<string, number>();
  const outcomes: Record<string, Outcome & { failover?: Outcome }> = {};
  await withProfile((earlier) =>
    withProfile(async (profile) => {
      const databases = engine.databases(profile);
      await inBrowser(engine, profile, async (browser) => {
        for (const each of cases) await seed(browser, each, [0, TURNS / 2]);
      });
      await cp(databases, earlier, { recursive: true });
      await inBrowser(engine, profile, async (browser) => {
        for (const each of cases) await seed(browser, each, [TURNS / 2, TURNS]);
      });
      for (const { name, url, harm } of cases) {
        for (const folder of await foldersOf(databases, url)) {
          const count = await harm(await filesIn(folder), folder, join(earlier, basename(folder)));
          harmed.set(name, (harmed.get(name) ?? 0) + count);
        }
      }
      await inBrowser(engine, profile, async (browser) => {
        for (const { name, url } of cases) {
          const host = hostIn(await browser.open(url));
          const outcome = await examine(host);
          outcomes[name] = outcome;
          if (outcome.goesOn) continue;
          await host.open({ onUnavailable: 'failover', fallback: 'memory' });
          outcomes[name] = { ...outcome, failover: await examine(host) };
        }
      });
    }),
  );
  await close();
  await info.attach('outcomes.json', { body: JSON.stringify(outcomes, null, 2) });

  const silent = Object.entries(outcomes)
    .filter(([, { whole, errors, told }]) => whole < TURNS && errors.length + told.length === 0)
    .map(([name]) => name);
  // Chromium keeps no checksums of these files: what is changed in them and can still be parsed is what it reads.
  expect(silent).toEqual(engine.backend === 'LevelDB' ? ['a large value has zeros in the middle'] : []);
  for (const [name, outcome] of Object.entries(outcomes)) {
    const { goesOn, failover } = outcome;
    if (name !== 'nothing happened') expect(harmed.get(name), `files of "${name}"`).toBeGreaterThan(0);
    expect(goesOn || failover?.goesOn, `${name}: ${JSON.stringify(outcome)}`).toBe(true);
    if (failover) expect(failover.told).toContain('failover');
  }
  expect(outcomes['nothing happened']).toMatchObject({ whole: TURNS, errors: [], told: [], check: 0 });
  expect(outcomes['all files are gone']).toMatchObject({ whole: 0, told: ['wiped'] });
  expect(outcomes['all files are as they were earlier']).toMatchObject({
    whole: TURNS / 2,
    told: ['rolled-back'],
  });
});
