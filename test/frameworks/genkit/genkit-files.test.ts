import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FileSessionStore } from 'genkit/beta';
import { expect, it, onTestFinished } from 'vitest';
import type { DirectoryHandle } from '../../../src/index.js';
import { message, save, turn } from '../../../src/testing/sample-snapshots.js';
import { openStore } from '../../stores/open-store.js';
import { exported, streamOf, type Failure } from '../../transfer/files.js';

async function directory(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'genkit-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** What a chooser of files hands out. */
async function filesOf(folder: string): Promise<File[]> {
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.'));
  return Promise.all(names.map(async (name) => new File([await readFile(path.join(folder, name))], name)));
}

/** What a chooser of directories hands out. */
function handleOf(folder: string): DirectoryHandle {
  return {
    kind: 'directory',
    async *values() {
      for (const entry of await readdir(folder, { withFileTypes: true })) {
        const file = path.join(folder, entry.name);
        yield {
          kind: entry.isFile() ? 'file' : 'directory',
          name: entry.name,
          getFile: async () => new File([await readFile(file)], entry.name),
        } as unknown as FileSystemHandle;
      }
    },
  } as DirectoryHandle;
}

/** A conversation of `turns`, a branch of it, another session, and a snapshot of none; as Genkit itself stores it. */
async function genkit(turns: number): Promise<{ folder: string; store: FileSessionStore }> {
  const folder = await directory();
  const store = new FileSessionStore(folder);
  const image = { role: 'user', content: [{ media: { url: `data:image/png;base64,${'A'.repeat(9_000)}` } }] };
  const messages = [image, ...Array.from({ length: turns }, (_, n) => message(`turn ${n} `.repeat(80)))];
  for (let n = 0; n < turns; n++) {
    const parent = n > 0 ? { parentId: `n${n - 1}` } : {};
    await save(store, `n${n}`, turn(n, { ...parent, state: { messages: messages.slice(0, n + 2) } }));
  }
  await save(
    store,
    'branch',
    turn(50, { parentId: 'n1', state: { messages: [...messages.slice(0, 3), message('other')] } }),
  );
  await save(store, 'x', { createdAt: turn(3).createdAt, state: { sessionId: 'other', custom: { a: [1] } } });
  await save(store, 'alone', { ...turn(4), sessionId: undefined });
  return { folder: path.join(folder, 'global'), store };
}

const refusal = (promise: Promise<unknown>): Promise<Failure> =>
  promise.then(
    () => expect.unreachable('should have been refused'),
    (error: Failure) => error,
  );

it.each(['files', 'a directory'] as const)('imports what Genkit wrote, from %s', async (how) => {
  const { folder, store } = await genkit(12);
  const to = openStore({ compaction: false });
  const report = await to.importGenkitFiles(how === 'files' ? await filesOf(folder) : handleOf(folder));
  expect(report).toMatchObject({ complete: true, totals: { imported: 3, failed: 0 }, snapshots: 15 });
  expect(report.sessions).toContainEqual({ sessionId: undefined, snapshotId: 'alone', outcome: 'imported' });
  for (const snapshotId of ['n0', 'n5', 'n11', 'branch', 'x', 'alone']) {
    expect(await to.getSnapshot({ snapshotId })).toEqual(await store.getSnapshot({ snapshotId }));
  }
  for (const sessionId of ['s', 'other']) {
    expect(await to.getSnapshot({ sessionId })).toEqual(await store.getSnapshot({ sessionId }));
  }
  expect(await to.getLeaves('s')).toHaveLength(2);
  // Thirteen messages, the image, and the other branch's message, each kept once.
  expect(await to.check()).toMatchObject({ problems: [], entries: 15 });
});

it('shares what Genkit wrote out in full as well as if it had been saved here', async () => {
  const { folder } = await genkit(12);
  const [imported, saved] = [openStore({ compaction: false }), openStore({ compaction: false })];
  await imported.importGenkitFiles(await filesOf(folder));
  for (const id of [...Array.from({ length: 12 }, (_, n) => `n${n}`), 'branch', 'x', 'alone']) {
    await save(saved, id, JSON.parse(await readFile(path.join(folder, `${id}.json`), 'utf8')));
  }
  expect((await imported.check()).entries).toBe((await saved.check()).entries);
  // And goes on from there as any other session.
  const again = openStore({ compaction: false });
  expect(await again.importSessions(streamOf(await exported(imported)))).toMatchObject({
    complete: true,
    snapshots: 15,
  });
});

it('skips what is there, replaces it, or forks it', async () => {
  const { folder } = await genkit(3);
  const to = openStore({ compaction: false });
  await save(to, 'mine', turn(1));
  const files = await filesOf(folder);
  expect((await to.importGenkitFiles(files)).totals).toMatchObject({ imported: 2, skipped: 1 });
  expect((await to.importGenkitFiles(files, { onConflict: 'fork' })).totals).toMatchObject({
    forked: 3,
  });
  expect((await to.importGenkitFiles(files, { onConflict: 'replace' })).totals).toMatchObject({
    replaced: 3,
  });
  expect((await to.check()).problems).toEqual([]);
});

it('a turn that names itself as its parent is one without a parent', async () => {
  const file = new File([JSON.stringify({ ...turn(1, { parentId: 'a' }), snapshotId: 'a' })], 'a.json');
  const to = openStore({ compaction: false });
  await to.importGenkitFiles([file]);
  expect(await to.getLeaves('s')).toMatchObject([{ snapshotId: 'a' }]);
  expect(await to.getSnapshot({ sessionId: 's' })).toEqual({ ...turn(1), snapshotId: 'a' });
});

it.each<[string, string, string | RegExp]>([
  ['no JSON', '{', 'n1.json'],
  ['no snapshot', '{"a":1}', /^n1.json.(snapshotId|createdAt)$/],
  ['another’s id', JSON.stringify({ ...turn(1), snapshotId: 'n0' }), /^n\d.json.snapshotId$/],
])('a file with %s is refused before anything is written', async (_, text, where) => {
  const { folder } = await genkit(3);
  await writeFile(path.join(folder, 'n1.json'), text);
  const to = openStore({ compaction: false });
  const error = await refusal(to.importGenkitFiles(await filesOf(folder)));
  expect(error).toMatchObject({ status: 'INVALID_ARGUMENT', report: { complete: false, sessions: [] } });
  expect(error.path).toMatch(where);
  expect(await to.check()).toMatchObject({ snapshots: 0, entries: 0 });
});

it('a file that is too long, and what is no file', async () => {
  const { folder } = await genkit(3);
  const importing = openStore().importGenkitFiles(await filesOf(folder), { maxLineBytes: 100 });
  expect((await refusal(importing)).message).toContain('maxLineBytes');
  for (const files of [['n0.json'], 'n0.json', undefined, {}]) {
    expect(await refusal(openStore().importGenkitFiles(files as never))).toMatchObject({
      status: 'INVALID_ARGUMENT',
      path: 'files',
    });
  }
});

it('ends with the signal’s reason, and tells how far it has come', async () => {
  const { folder } = await genkit(3);
  const to = openStore({ compaction: false });
  const ending = new AbortController();
  const told: unknown[] = [];
  const importing = to.importGenkitFiles(await filesOf(folder), {
    signal: ending.signal,
    onProgress: ({ sessions, totalSessions }) => {
      told.push([sessions, totalSessions]);
      ending.abort(new Error('enough'));
    },
  });
  await expect(importing).rejects.toThrow('enough');
  expect(told).toEqual([[1, 3]]);
  expect((await to.check()).problems).toEqual([]);
});
