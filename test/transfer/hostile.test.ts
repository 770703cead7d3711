import { describe, expect, it } from 'vitest';
import { message, save, turn } from '../../src/testing/sample-snapshots.js';
import { openStore } from '../stores/open-store.js';
import { exported, linesOf, sealed, streamOf, type AnyLine, type Failure } from './files.js';

const DATA_URL = `data:image/png;base64,${'A'.repeat(9_000)}`;

/** A session of three snapshots, with an image and a map in it. */
async function sample(): Promise<AnyLine[]> {
  const store = openStore({ compaction: false });
  const messages = ['a', 'b', 'c'].map((text) => message(text.repeat(600)));
  const state = {
    messages,
    custom: { image: DATA_URL, text: 'x'.repeat(600) },
    map: new Map([[1, 'x'.repeat(600)]]),
    note: 'short',
  };
  await save(store, 'n0', turn(0, { state: { messages: messages.slice(0, 2) } }));
  await save(store, 'n1', turn(1, { parentId: 'n0', state }));
  await save(store, 'n2', turn(2, { parentId: 'n1', state: { ...state, custom: new Date(0) } }));
  await store.selectBranch('n1');
  await store.updateSession('s', { metadata: { a: 1 } });
  return linesOf(await exported(store));
}

/** What comes of a file that somebody has made with care: right counts, right digests. */
async function refused(lines: (AnyLine | string)[], sessions = 0): Promise<Failure> {
  const store = openStore({ compaction: false });
  let error: Failure | undefined;
  await store.importSessions(streamOf(sealed(lines), 50_000)).catch((reason) => (error = reason));
  if (!error) return expect.unreachable('should have been refused');
  expect(await store.check(), 'nothing is written').toMatchObject({ sessions, problems: [] });
  expect(Object.getOwnPropertyNames(Object.prototype).filter((key) => key.startsWith('polluted'))).toEqual(
    [],
  );
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  return error;
}

const isOf = (type: string) => (line: AnyLine) => line['type'] === type;

type Spoil = (lines: AnyLine[]) => void;

const first =
  (type: string, change: (line: any) => void): Spoil =>
  (lines) =>
    change(lines.find(isOf(type)));
const last =
  (type: string, change: (line: any) => void): Spoil =>
  (lines) =>
    change(lines.findLast(isOf(type)));
const withMedia =
  (change: (line: any) => void): Spoil =>
  (lines) =>
    change(lines.find((line) => line['media']));

describe('A file that was made to do harm is refused', () => {
  it.each<[string, Spoil, RegExp]>([
    ['an entry twice', (lines) => lines.splice(2, 0, lines[2]!), /^line 4$/],
    ['a snapshot twice', (lines) => lines.splice(-3, 0, lines.at(-3)!), /^line 2$/],
    ['a session twice', (lines) => lines.splice(-1, 0, ...lines.slice(1, -1)), /sessionId$/],
    ['a session in a session', (lines) => lines.splice(2, 0, lines[1]!), /^line 3.type$/],
    ['an entry outside of a session', (lines) => lines.splice(-1, 0, lines[2]!), /type$/],
    ['the end in a session', (lines) => lines.splice(-2, 1), /type$/],
    ['a second header', (lines) => lines.splice(1, 0, lines[0]!), /^line 2.type$/],
    ['spans over nothing', last('snapshot', (line) => (line.fields[0][2][1] = 7)), /fields.messages$/],
    ['spans of no length', last('snapshot', (line) => (line.fields[0][2][2] = 0)), /fields.0/],
    ['spans without end', last('snapshot', (line) => (line.fields[0][2][2] = 2 ** 53)), /fields.0/],
    [
      'spans that stand for too much',
      last(
        'snapshot',
        (line) => (line.fields[0][2] = Array.from({ length: 900_000 }, (_, i) => (i % 3 === 2 ? 4 : 0))),
      ),
      /fields.messages$/,
    ],
    [
      'a large entry again and again',
      (lines) => {
        first('entry', (line) => (line.value = { json: 'x'.repeat(100_000) }))(lines);
        last('snapshot', (line) => {
          line.fields[0][2] = Array.from({ length: 90_000 }, (_, i) => (i % 3 === 2 ? 1 : 0));
        })(lines);
      },
      /fields.messages$/,
    ],
    [
      'messages that are no list',
      last('snapshot', (line) => (line.fields[0] = ['messages', 'value', { json: { evil: 1 } }])),
      /fields.messages$/,
    ],
    ['a position that nothing can follow', first('entry', (line) => (line.at = 2 ** 53 - 1)), /^line 3.at$/],
    ['negative positions', first('entry', (line) => (line.at = -1)), /^line 3.at$/],
    ['a position that is no number', first('entry', (line) => (line.at = '0')), /^line 3.at$/],
    [
      'several entries as one value',
      last('snapshot', (line) => (line.fields[0][1] = 'one')),
      /fields.messages$/,
    ],
    ['a property twice', last('snapshot', (line) => line.fields.push(line.fields[0])), /fields$/],
    ['its own parent', last('snapshot', (line) => (line.info.json.parentId = 'n2')), /parentId$/],
    ['another session', last('snapshot', (line) => (line.info.json.sessionId = 't')), /sessionId$/],
    ['no session', last('snapshot', (line) => delete line.info.json.sessionId), /sessionId$/],
    ['several snapshots in no session', first('session', (line) => (line.sessionId = null)), /^line 2$/],
    [
      'a time that is none',
      first('snapshot', (line) => (line.info.json.createdAt = 'noon')),
      /info.createdAt$/,
    ],
    [
      'a status that is never stored',
      first('snapshot', (line) => (line.info.json.status = 'expired')),
      /info.status$/,
    ],
    ['an id in the info', first('snapshot', (line) => (line.info.json.snapshotId = 'x')), /info.snapshotId$/],
    ['a state in the info', first('snapshot', (line) => (line.info.json.state = {})), /info.state$/],
    ['a blank id', first('snapshot', (line) => (line.snapshotId = ' ')), /snapshotId$/],
    [
      'an unknown selection',
      first('session', (line) => (line.selectedSnapshotId = 'x')),
      /selectedSnapshotId$/,
    ],
    ['metadata that are a list', first('session', (line) => (line.metadata = { json: [] })), /metadata$/],
    [
      'metadata that are a date',
      first('session', (line) => (line.metadata = { flat: [[0], ['Date', 1]] })),
      /metadata$/,
    ],
    [
      'metadata that are a map',
      first('session', (line) => (line.metadata = { flat: [[0], ['Map', []]] })),
      /metadata$/,
    ],
    ['a property nobody knows', first('session', (line) => (line.admin = true)), /^line 2$/],
    ['a medium that is not there', withMedia((line) => (line.media[0][1] = 99)), /media$/],
    ['a medium of itself', withMedia((line) => line.media[0].splice(1, 2, line.log, line.at)), /media$/],
    ['a medium where something is', withMedia((line) => (line.media[0][0] = ['text'])), /media$/],
    [
      'a medium up the prototype',
      withMedia((line) => (line.media[0][0] = ['__proto__', 'polluted'])),
      /media$/,
    ],
    ['two ways to say a value', first('entry', (line) => (line.value.flat = [1])), /value/],
    ['no value', first('entry', (line) => (line.value = {})), /value/],
  ])('%s', async (name, spoil, path) => {
    const lines = await sample();
    spoil(lines);
    // What comes after a whole session is refused when that has been imported.
    const error = await refused(
      lines,
      ['a session twice', 'an entry outside of a session'].includes(name) ? 1 : 0,
    );
    expect(error.status).toBe('INVALID_ARGUMENT');
    expect(error.path).toMatch(path);
  });

  it('a key that changes prototypes, in the line itself', async () => {
    const lines: (AnyLine | string)[] = await sample();
    lines[2] = '{"type":"entry","log":0,"at":0,"value":{"json":1},"__proto__":{"polluted":1}}';
    expect(await refused(lines)).toMatchObject({ status: 'INVALID_ARGUMENT', path: 'line 3' });
  });

  const flat = (...nodes: unknown[]) => ({ type: 'entry', log: 0, at: 0, value: { flat: [[0], ...nodes] } });

  it.each<[string, AnyLine | string]>([
    ['lists in lists', `{"type":"entry","log":0,"at":0,"value":{"json":${'['.repeat(200_000)}`],
    [
      'lists in lists that end',
      `{"type":"entry","log":0,"at":0,"value":{"json":${'['.repeat(2_000)}${']'.repeat(2_000)}}}`,
    ],
    [
      'objects in objects',
      `{"type":"entry","log":0,"at":0,"value":{"json":${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}}}`,
    ],
    [
      'what is flat and stands for depth',
      flat(...Array.from({ length: 100_000 }, (_, n) => ['array', [[n + 1]]])),
    ],
    ['a chain of sets', flat(...Array.from({ length: 3_000 }, (_, n) => ['Set', [[(n + 1) % 3_000]]]))],
    ['a large integer that is none', flat(['array', [['bigint', '9'.repeat(1_000) + 'g']]])],
    ['a type that nobody stores', flat(['URL', 'https://example.com'])],
    ['a type that does not exist', flat(['constructor', []])],
    ['a view over nothing', flat(['view', 'Uint8Array', [1], 0, 4_000_000_000], ['object', []])],
    ['a view of itself', flat(['view', 'Uint8Array', [0], 0, 1])],
    ['a view of no such kind', flat(['view', 'Function', [0], 0, 1])],
    ['a pattern that is none', flat(['RegExp', '(', ''])],
    ['a file without bytes', flat(['File', 0, '', '', 1])],
    ['references to nothing', flat(['array', [[7]]])],
    ['a reference to a fraction', flat(['array', [[0.5]]])],
    ['a list that is none', flat(['array', 'abc'])],
    ['a key without a value', flat(['object', ['a']])],
    ['a key that is no text', flat(['object', [1, 1]])],
    ['more of nothing', flat(['more', [1]])],
    ['an array that is longer than its length', flat(['sparse', ['7', 1], 3])],
    ['an array that sets its length', flat(['sparse', ['length', 7], 3])],
    ['an array of a length that none has', flat(['sparse', [], 2 ** 32])],
    ['an array of four thousand million holes', flat(['sparse', [], 2 ** 32 - 1])],
    [
      'many arrays of holes',
      flat(['array', [[1], [2], [3]]], ...Array.from({ length: 3 }, () => ['sparse', [], 60_000])),
    ],
    ['an error that is its own cause', flat(['Error', ['cause', [0]], 'TypeError'])],
    [
      'an error that leads back to itself',
      flat(['array', [[1]]], ['Error', ['cause', [2]], 'Error'], ['object', ['of', [1]]]),
    ],
    ['nothing', { type: 'entry', log: 0, at: 0, value: { flat: [] } }],
    ['parts that did not come', { type: 'entry', log: 0, at: 0, value: { parts: 0 } }],
  ])('%s', async (_, line) => {
    const lines: (AnyLine | string)[] = await sample();
    lines[2] = line;
    expect(await refused(lines)).toMatchObject({
      status: 'INVALID_ARGUMENT',
      path: expect.stringMatching(/^line 3/),
    });
  });

  const part = (more: AnyLine) => ({ type: 'part', value: 0, ...more });

  it.each<[string, AnyLine[]]>([
    ['that nobody refers to', [part({ nodes: [] })]],
    ['out of order', [part({ part: 1, bytes: '' })]],
    ['of a later value', [part({ value: 1, nodes: [] })]],
    ['that are no Base64', [part({ part: 0, bytes: '=*=' })]],
    ['of two kinds', [part({ part: 0, bytes: '' }), part({ part: 0, text: 'a' })]],
    ['of nothing', [part({})]],
  ])('parts %s', async (_, parts) => {
    const lines: (AnyLine | string)[] = await sample();
    lines.splice(2, 0, ...parts);
    expect(await refused(lines)).toMatchObject({ status: 'INVALID_ARGUMENT' });
  });

  it('a line that is longer than allowed, without being read to its end', async () => {
    let asked = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        asked++;
        controller.enqueue(new Uint8Array(1000).fill(0x61));
      },
    });
    const error = await openStore()
      .importSessions(endless, { maxLineBytes: 10_000 })
      .catch((reason) => reason);
    expect(error).toMatchObject({ status: 'INVALID_ARGUMENT', path: 'line 1' });
    expect(error.message).toContain('maxLineBytes');
    expect(asked).toBeLessThan(20);
  });
});
