import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ImportReport } from '../../src/index.js';
import { message, save, turn } from '../../src/testing/sample-snapshots.js';
import { READABLE_FROM, VERSION } from '../../src/transfer/format/lines.js';
import { openStore } from '../stores/open-store.js';
import { exported, linesOf, sealed, streamOf, undated, type AnyLine, type Failure } from './files.js';

// Files as an Offshoot of the next format may write them.

const numRuns = Number(process.env['FC_RUNS'] ?? 50);

const NEXT = { version: VERSION + 1, readableFrom: VERSION };

/** Two sessions with large values, so that there are parts, and one snapshot that cannot be exported. */
async function sample(): Promise<string> {
  const store = openStore({ compaction: false });
  const messages = ['a', 'b', 'c'].map((text) => message(text.repeat(600)));
  await save(store, 'n0', turn(0, { state: { messages: messages.slice(0, 2) } }));
  const custom = { blob: new Blob(['b']), map: new Map([[1, 'x'.repeat(600)]]) };
  await save(store, 'n1', turn(1, { parentId: 'n0', state: { messages, custom } }));
  await store.updateSession('s', { title: 'S', metadata: { at: new Date(1), bytes: new Uint8Array(3) } });
  await save(store, 't0', turn(2, { sessionId: 't' }));
  let deep: unknown = 0;
  for (let n = 0; n < 1_100; n++) deep = [deep];
  await save(store, 'deep', turn(3, { sessionId: 'd', state: { custom: deep } }));
  return exported(store, { onDamaged: () => {} });
}

const newer = (lines: readonly AnyLine[], header: AnyLine = NEXT): AnyLine[] =>
  structuredClone(lines).map((line, n) => (n === 0 ? { ...line, ...header } : line));

const isOf = (type: string) => (line: AnyLine) => line['type'] === type;

async function imported(lines: readonly (AnyLine | string)[]) {
  const store = openStore({ compaction: false });
  const report = await store.importSessions(streamOf(sealed(lines), 700));
  expect((await store.check()).problems).toEqual([]);
  return { report, file: undated(await exported(store)) };
}

async function refused(file: string): Promise<Failure & { report: ImportReport }> {
  const store = openStore({ compaction: false });
  const error = await store.importSessions(streamOf(file)).then(
    () => expect.unreachable('should have been refused'),
    (reason: unknown) => reason as Failure & { report: ImportReport },
  );
  expect((await store.check()).sessions).toBe(error.report.sessions.length);
  return error;
}

describe('A file of a newer format', () => {
  it('says which versions can read it', async () => {
    const [header] = linesOf(await sample());
    expect(header).toMatchObject({ version: VERSION, readableFrom: READABLE_FROM });
  });

  it('is read without the optional fields and lines, which the report counts', async () => {
    const plain = linesOf(await sample());
    const lines = newer(plain);
    lines[0]!['madeBy'] = 'Offshoot 7';
    for (const line of lines.filter(isOf('session'))) line['color'] = ['red', { deep: {} }];
    for (const line of lines.filter(isOf('entry'))) line['seenAt'] = 1;
    lines.find(isOf('snapshot'))!['pins'] = null;
    lines.find(isOf('part'))!['checksum'] = 'x';
    lines.find(isOf('session-end'))!['votes'] = 7;
    lines.at(-1)!['damaged'][0].since = '2030';
    // A line of its own with parts, as if there were comments on a session.
    const bytes = { type: 'part', value: 0, part: 0, bytes: 'AAAA' };
    const nodes = { type: 'part', value: 0, nodes: [['ArrayBuffer', 0]] };
    lines.splice(lines.findIndex(isOf('session-end')), 0, nodes, bytes, {
      type: 'comment',
      text: { parts: 0 },
    });
    lines.splice(1, 0, { type: '__proto__', polluted: true });

    const { report, file } = await imported(lines);
    const before = await imported(plain);
    expect(report).toMatchObject({ complete: true, damaged: [{ sessionId: 'd', snapshotId: 'deep' }] });
    expect(report.damaged[0]).not.toHaveProperty('since');
    expect(file).toEqual(before.file);
    const counted = Object.fromEntries(report.leftOut.map(({ what, count }) => [what, count]));
    expect(counted).toEqual({
      'header.madeBy': 1,
      ['__proto__']: 1,
      'session.color': 3,
      'entry.seenAt': lines.filter(isOf('entry')).length,
      'snapshot.pins': 1,
      'part.checksum': 1,
      comment: 1,
      'session-end.votes': 1,
      'end.damaged.since': 1,
    });
    expect(before.report.leftOut).toEqual([]);
  });

  it('may have parts for a field that is left out, before and behind those of the others', async () => {
    const plain = linesOf(await sample());
    const lines = newer(plain);
    const at = lines.findIndex((line) => line['type'] === 'session' && line['metadata']?.parts === 0);
    let first = at;
    while (lines[first - 1]!['type'] === 'part') lines[--first]!['value'] = 1;
    lines[at]!['metadata'] = { parts: 1 };
    lines[at]!['cover'] = { parts: 0 };
    lines[at]!['back'] = { parts: 2 };
    const own = (value: number) => [
      { type: 'part', value, nodes: [['ArrayBuffer', 0]] },
      { type: 'part', value, part: 0, bytes: 'AAAA' },
    ];
    lines.splice(at, 0, ...own(2));
    lines.splice(first, 0, ...own(0));
    const { report, file } = await imported(lines);
    expect(file).toEqual((await imported(plain)).file);
    expect(report.leftOut).toEqual([
      { what: 'session.cover', count: 1 },
      { what: 'session.back', count: 1 },
    ]);
  });

  it.each([
    ['a later version reads only', { version: VERSION + 2, readableFrom: VERSION + 1 }],
    ['does not say who can read it', { version: VERSION + 1, readableFrom: undefined }],
  ])('that %s is refused, and nothing is written', async (_, header) => {
    const error = await refused(sealed(newer(linesOf(await sample()), header)));
    expect(error).toMatchObject({ status: 'FAILED_PRECONDITION', path: 'line 1.version' });
    expect(error.message).toMatch(/newer Offshoot.*[Uu]pdate/);
    expect(error.report).toMatchObject({ complete: false, sessions: [], leftOut: [] });
  });

  it('cannot need a later version than its own', async () => {
    const header = { version: VERSION, readableFrom: VERSION + 1 };
    const error = await refused(sealed(newer(linesOf(await sample()), header)));
    expect(error).toMatchObject({ status: 'INVALID_ARGUMENT', path: 'line 1.readableFrom' });
  });

  it('has what is left out in its digests', async () => {
    const lines = newer(linesOf(await sample()));
    for (const line of lines.filter(isOf('session'))) line['color'] = 'red';
    lines.splice(-1, 0, { type: 'comment', text: 'red' });
    const file = sealed(lines);
    const session = await refused(file.replace('"color":"red"', '"color":"rad"'));
    expect(session).toMatchObject({ status: 'DATA_LOSS', report: { sessions: [] } });
    expect(session.report.leftOut).toEqual([{ what: 'session.color', count: 1 }]);
    const end = await refused(file.replace('"text":"red"', '"text":"rad"'));
    expect(end).toMatchObject({ status: 'DATA_LOSS', report: { complete: false } });
    expect(end.report.sessions).toHaveLength(2);
  });

  it.each<[string, (lines: AnyLine[]) => void, RegExp]>([
    ['a kind of field', (lines) => (lines.find(isOf('snapshot'))!['fields'][0][1] = 'tree'), /fields.0$/],
    ['a field with more in it', (lines) => lines.find(isOf('snapshot'))!['fields'][0].push(1), /fields.0$/],
    [
      'a kind of node',
      (lines) => (lines.find(isOf('entry'))!['value'] = { flat: [[0], ['Temporal', 1]] }),
      /^line \d+.value$/,
    ],
    ['an encoding', (lines) => (lines.find(isOf('entry'))!['value'] = { cbor: '' }), /^line \d+.value$/],
    [
      'more beside a value',
      (lines) => (lines.find(isOf('entry'))!['value'] = { json: 1, since: 2 }),
      /^line \d+.value$/,
    ],
    ['another meaning', (lines) => (lines.find(isOf('session'))!['createdAt'] = 7), /createdAt$/],
    ['a line without a type', (lines) => lines.splice(3, 0, { note: 1 }), /type$/],
    ['something behind the end', (lines) => lines.push({ type: 'comment' }), /^line \d+$/],
  ])(
    'is refused for %s that is not known: no field is left out that others need',
    async (_, change, where) => {
      const lines = newer(linesOf(await sample()));
      change(lines);
      const error = await refused(sealed(lines));
      expect(error.status).toBe('INVALID_ARGUMENT');
      expect(error.path).toMatch(where);
    },
  );

  it('is the only one that may have what is not known', async () => {
    for (const change of [{ color: 1 }, { type: 'comment' }]) {
      const lines = linesOf(await sample());
      Object.assign(lines[2]!, change);
      expect(await refused(sealed(lines))).toMatchObject({ status: 'INVALID_ARGUMENT' });
    }
  });

  it('that was made to have many names is counted all the same', async () => {
    const lines = newer(linesOf(await sample()));
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`key${n}`, n]));
    Object.assign(lines[1]!, many, { ['x'.repeat(10_000)]: 1 });
    const { report } = await imported(lines);
    expect(report.leftOut.length).toBeLessThan(200);
    expect(report.leftOut.reduce((sum, { count }) => sum + count, 0)).toBe(5_001);
    expect(report.leftOut.every(({ what }) => what.length < 200)).toBe(true);
  });

  it('says the same as the file without it, whatever is optional and wherever', async () => {
    const plain = linesOf(await sample());
    const expected = await imported(plain);
    const known = new Set(plain.flatMap((line) => [line['type'] as string, ...Object.keys(line)]));
    const name = fc.string({ unit: 'grapheme' }).filter((text) => !known.has(text));
    const addition = fc.record({
      at: fc.nat(),
      name,
      value: fc.jsonValue({ maxDepth: 4 }),
      isLine: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(addition, { minLength: 1, maxLength: 30 }), async (additions) => {
        const lines = newer(plain);
        const own = [...lines];
        let count = 0;
        for (const { at, name, value, isLine } of additions) {
          const line = own[at % own.length]!;
          const index = lines.indexOf(line);
          if (!isLine) {
            if (!Object.hasOwn(line, name)) count++;
            Object.defineProperty(line, name, {
              value,
              enumerable: true,
              configurable: true,
              writable: true,
            });
          } else if (index > 0 && lines[index - 1]!['type'] !== 'part') {
            lines.splice(index, 0, { type: name, value });
            count++;
          }
        }
        const { report, file } = await imported(lines);
        expect(file).toEqual(expected.file);
        expect(report).toMatchObject({ complete: true, totals: expected.report.totals });
        expect(report.leftOut.reduce((sum, each) => sum + each.count, 0)).toBe(count);
      }),
      { numRuns },
    );
  }, 120_000);
});
