import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { openStore } from '../stores/open-store.js';
import { exported, streamOf } from './files.js';

let file: string;

beforeEach(async () => {
  const store = openStore({ compaction: false });
  for (const id of ['a', 'b']) await save(store, id, turn(1, { sessionId: id, note: 'é😀' }));
  file = await exported(store);
});

afterEach(() => vi.unstubAllGlobals());

const bytesOf = (text: string) => new TextEncoder().encode(text);
const imported = (source: Blob | ReadableStream<Uint8Array>, options = {}) =>
  openStore({ compaction: false }).importSessions(source, options);
const refused = async (source: Blob | ReadableStream<Uint8Array>, options = {}) => {
  const error: unknown = await imported(source, options).catch((reason: unknown) => reason);
  expect(error).toHaveProperty('status');
  return error as { status: string; message: string };
};

it.each<[string, () => Blob | ReadableStream<Uint8Array>]>([
  ['a blob', () => new Blob([file])],
  ['a file', () => new File([file], 'chats.jsonl')],
  ['a stream', () => streamOf(file, 3)],
  ['a byte order mark', () => streamOf(`\ufeff${file}`, 1)],
  ['lines as Windows ends them', () => new Blob([file.replaceAll('\n', '\r\n')])],
  ['a file without its last newline', () => new Blob([file.slice(0, -1)])],
  ['a file with blank lines at its end', () => new Blob([`${file}\n\r\n`])],
  ['a file that was packed', () => new Blob([gzipSync(bytesOf(file))])],
  ['a stream that was packed, byte by byte', () => streamOf(gzipSync(bytesOf(file)), 1)],
])('takes %s', async (_, source) => {
  expect(await imported(source())).toMatchObject({ complete: true, totals: { imported: 2 } });
});

const utf16 = (text: string, little: boolean) => {
  const view = new DataView(new ArrayBuffer(2 * text.length));
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), little);
  return view;
};

it.each<[string, () => BlobPart, string]>([
  ['nothing', () => '', 'is empty'],
  ['a byte order mark alone', () => '\ufeff', 'is empty'],
  ['a byte order mark and a newline', () => '\ufeff\n', 'another beginning|JSON Lines'],
  ['a byte order mark that was packed', () => gzipSync('\ufeff'), 'is empty|another beginning'],
  ['a web page', () => '<!doctype html>\n<html></html>\n', 'another beginning|JSON Lines'],
  ['a web page in one line', () => '<html></html>', 'another beginning'],
  ['an image', () => new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0]), 'JSON Lines'],
  ['other JSON', () => '[{"title":"x","mapping":{}}]', 'another beginning'],
  ['other JSON with a newline', () => '[{"title":"x","mapping":{}}]\n', 'another beginning'],
  ['JSON in several lines', () => JSON.stringify([{ mapping: {} }], null, 1), 'JSON Lines'],
  ['an archive', () => new Uint8Array([0x50, 0x4b, 3, 4, 0, 0]), 'zip archive'],
  ['UTF-16, little end first', () => utf16(`\ufeff${file}`, true), 'UTF-16'],
  ['UTF-16, big end first', () => utf16(`\ufeff${file}`, false), 'UTF-16'],
  ['what was packed and is none', () => gzipSync('<html></html>'), 'another beginning'],
])('calls %s no export, and not cut off', async (_, content, why) => {
  const error = await refused(new Blob([content()]));
  expect(error.status).toBe('INVALID_ARGUMENT');
  expect(error.message).toMatch(`is not an Offshoot export`);
  expect(error.message).toMatch(new RegExp(why));
  expect(error.message).not.toContain('cut off');
});

it('calls an export that ends early cut off', async () => {
  for (const end of [20, 200]) {
    expect(await refused(new Blob([file.slice(0, end)]))).toMatchObject({ status: 'DATA_LOSS' });
  }
  const packed = gzipSync(bytesOf(file));
  expect(await refused(new Blob([packed.subarray(0, packed.length - 20)]))).toMatchObject({
    status: 'DATA_LOSS',
  });
});

it('says of two exports in one file that they are', async () => {
  expect((await refused(new Blob([file, file]))).message).toContain('one by one');
});

it('unpacks no more than it may', async () => {
  const bomb = gzipSync(new Uint8Array(20_000_000));
  expect((await refused(new Blob([bomb]))).message).toContain('200 times');
  expect((await refused(new Blob([gzipSync(bytesOf(file))]), { maxBytes: 100 })).message).toContain(
    'maxBytes',
  );
});

it('says that it cannot be unpacked here, and takes it unpacked', async () => {
  vi.stubGlobal('DecompressionStream', undefined);
  const error = await refused(new Blob([gzipSync(bytesOf(file))]));
  expect(error).toMatchObject({ status: 'UNAVAILABLE', path: 'file', report: { complete: false } });
  expect(error.message).toContain('Unpack it');
  expect(await imported(new Blob([file]))).toMatchObject({ complete: true });
});

it('says that the stream failed, and why', async () => {
  const why = new Error('the network is gone');
  const begun = streamOf(file, 20);
  const reader = begun.getReader();
  let chunks = 0;
  const failing = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (++chunks > 3) throw why;
      controller.enqueue((await reader.read()).value!);
    },
  });
  for (const source of [failing, new ReadableStream({ start: (controller) => controller.error(why) })]) {
    expect(await refused(source)).toMatchObject({ status: 'UNAVAILABLE', path: 'stream', cause: why });
  }
});

it.each([['a string'], [new ArrayBuffer(1)], [null], [{}]])('says what came instead: %o', async (source) => {
  expect((await refused(source as never)).message).toContain('Blob');
});
