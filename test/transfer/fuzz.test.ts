import { expect, test } from 'vitest';
import { SessionStoreError, type IndexedDBSessionStore } from '../../src/index.js';
import { message, save, turn } from '../../src/testing/sample-snapshots.js';
import { VERSION } from '../../src/transfer/format/lines.js';
import { openStore } from '../stores/open-store.js';
import { exported, linesOf, streamOf, undated, type AnyLine } from './files.js';
import { damaged, forged, randomOf } from './mutations.js';
import { countingSignal } from './looks.js';

/** `npm run fuzz` has a hundred thousand. */
const runs = Number(process.env['FUZZ_RUNS'] ?? 1_500);
const first = Number(process.env['FUZZ_FIRST'] ?? 0);
const timeout = 60_000 + runs * 1_000;

type Store = IndexedDBSessionStore<any>;

/** Of everything that the format has, a little. */
async function sample(): Promise<string> {
  const store = openStore({ compaction: false });
  const long = (text: string) => message(text.padEnd(300, '.'));
  const image = { role: 'user', content: [{ media: { url: `data:image/png;base64,${'A'.repeat(8_200)}` } }] };
  const rich = {
    map: new Map([[1, new Set(['a'])]]),
    blob: new Blob(['b']),
    big: 1n,
    at: new Date(0),
    pad: 'x'.repeat(500),
  };
  const messages = [long('a'), long('b'), { ...image, rich: 1 }, long('c')];
  await save(store, 'a', turn(0, { sessionId: 'a' }));
  await save(store, 's0', turn(0, { state: { messages: messages.slice(0, 2) } }));
  await save(store, 's1', turn(1, { parentId: 's0', state: { messages, custom: rich } }));
  await save(
    store,
    's2',
    turn(2, {
      parentId: 's0',
      sessionId: undefined,
      state: { sessionId: 's', messages: [...messages.slice(0, 2), long('d')] },
    }),
  );
  await store.selectBranch('s1');
  await store.updateSession('s', { title: 'S', metadata: { at: new Date(1) } });
  await save(store, 't0', turn(3, { sessionId: 't', seen: [undefined, NaN], state: undefined }));
  await save(store, 'alone', { ...turn(4), sessionId: undefined });
  return exported(store);
}

/** A look at the signal is due after at most a thousand units of work; the file itself has a few hundred. */
const MOST_LOOKS = 300;

const PRISTINE = JSON.stringify(
  [Object.prototype, Array.prototype, Map.prototype].map(Object.getOwnPropertyNames),
);

function expectPristine(what: string): void {
  const now = JSON.stringify(
    [Object.prototype, Array.prototype, Map.prototype].map(Object.getOwnPropertyNames),
  );
  if (now !== PRISTINE || 'polluted' in {}) expect.unreachable(`${what} touched a prototype`);
}

/** The lines of each session of an export, without what tells where in the file they were. */
function blocks(file: string): string[] {
  const found: AnyLine[][] = [];
  for (const line of undated(file)) {
    if (line['type'] === 'session') found.push([]);
    if (line['type'] !== 'header' && line['type'] !== 'end') found.at(-1)!.push(line);
  }
  return found.map((block) => JSON.stringify(block));
}

/** Imports into an empty store; resolves to whether anything was written. What is refused is refused in so many words. */
async function imported(store: Store, file: string | Uint8Array, what: string): Promise<boolean> {
  const { signal, looks } = countingSignal();
  const report = await store.importSessions(streamOf(file, 50_000), { signal }).catch((error: unknown) => {
    if (error instanceof SessionStoreError && 'report' in error && error.status !== 'INTERNAL') {
      return error.report as { snapshots: number };
    }
    throw new Error(`${what} failed with something else`, { cause: error });
  });
  // There is at least one look for every thousand units of work.
  if (looks() > MOST_LOOKS) expect(looks(), `looks at the signal for ${what}`).toBeLessThan(MOST_LOOKS);
  expectPristine(what);
  const { problems, snapshots } = await store.check();
  if (problems.length > 0 || snapshots !== report.snapshots) {
    expect({ problems, snapshots }, what).toEqual({ problems: [], snapshots: report.snapshots });
  }
  return report.snapshots > 0;
}

/** Whatever was let in can be read, and be exported and imported again. */
async function expectReadable(store: Store, what: string, deeply: boolean): Promise<void> {
  try {
    const { sessions, damaged } = await store.listSessions();
    if (damaged.length > 0) expect(damaged, what).toEqual([]);
    for (const { sessionId, snapshotCount } of sessions) {
      const { nodes, leaves } = await store.getTree(sessionId);
      if (nodes.size !== snapshotCount) expect(nodes.size, what).toBe(snapshotCount);
      for (const snapshotId of nodes.keys()) await store.getSnapshot({ snapshotId });
      if (leaves.length > 0) await store.getSnapshot({ sessionId });
    }
    if (!deeply) return;
    const file = await exported(store);
    await store.clear();
    await store.importSessions(streamOf(file, 50_000));
  } catch (error) {
    throw new Error(`${what} let something in that is not sound`, { cause: error });
  }
}

test(
  `${runs} damaged and forged files: no partial session, no hang, no prototype touched`,
  { timeout },
  async () => {
    const file = await sample();
    const bytes = new TextEncoder().encode(file);
    // Without the first session, which is whole most often and takes most of the time.
    const lines = linesOf(file).filter((_, n) => n === 0 || n > 3);
    const originals = new Set(blocks(file));
    const store = openStore({ compaction: false });
    const wrote = { damaged: 0, forged: 0 };
    for (let seed = first; seed < first + runs; seed++) {
      const random = randomOf(seed);
      const isForged = random() < 0.6;
      const what = `${isForged ? 'forged' : 'damaged'} file ${seed}`;
      // Some claim a newer format, whose fields and lines are left out where they are not known.
      if (isForged) lines[0]!['version'] = random() < 0.4 ? VERSION + 1 : VERSION;
      const input = isForged ? forged(lines, random) : damaged(bytes, random);
      if (!(await imported(store, input, what))) continue;
      wrote[isForged ? 'forged' : 'damaged']++;
      if (isForged) await expectReadable(store, what, seed % 20 === 0);
      // The digests are as they were written: what was let in is what was exported.
      else for (const block of blocks(await exported(store))) expect(originals, what).toContain(block);
      await store.clear();
    }
    // Otherwise nothing of this has been tried.
    expect(wrote.damaged).toBeGreaterThan(runs / 20);
    expect(wrote.forged).toBeGreaterThan(runs / 50);
  },
);
