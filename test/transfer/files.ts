import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { ExportOptions, IndexedDBSessionStore, SessionStoreError } from '../../src/index.js';

export const textOf = (stream: ReadableStream<Uint8Array>): Promise<string> => new Response(stream).text();

export const exported = (store: IndexedDBSessionStore<any>, options?: ExportOptions): Promise<string> =>
  textOf(store.exportSessions(options));

/** A stream of these bytes, in chunks that end wherever they end. */
export function streamOf(file: string | Uint8Array, chunk = 1000): ReadableStream<Uint8Array> {
  const bytes = typeof file === 'string' ? utf8ToBytes(file) : file;
  let at = 0;
  return new ReadableStream(
    {
      pull(controller) {
        if (at >= bytes.length) return controller.close();
        controller.enqueue(bytes.slice(at, (at += chunk)));
      },
    },
    { highWaterMark: 0 },
  );
}

export type AnyLine = Record<string, any>;

export const linesOf = (file: string): AnyLine[] =>
  file
    .split('\n')
    .slice(0, -1)
    .map((line): AnyLine => JSON.parse(line));

/** A file of these lines whose counts and digests are right, as somebody would make it who means harm. */
export function sealed(lines: readonly (AnyLine | string)[]): string {
  const hash = sha256.create();
  const counts = { sessions: 0, snapshots: 0, entries: 0 };
  let own = { snapshots: 0, entries: 0 };
  let file = '';
  for (const line of lines) {
    let whole = line;
    if (typeof line !== 'string') {
      if (line['type'] === 'session') own = { snapshots: 0, entries: 0 };
      if (line['type'] === 'snapshot') own.snapshots++;
      if (line['type'] === 'entry') own.entries++;
      const digest = () => bytesToHex(hash.clone().digest());
      if (line['type'] === 'session-end') {
        whole = { ...line, ...own, sha256: digest() };
        counts.sessions++;
        counts.snapshots += own.snapshots;
        counts.entries += own.entries;
      }
      if (line['type'] === 'end') whole = { ...line, ...counts, sha256: digest() };
    }
    const text = `${typeof whole === 'string' ? whole : JSON.stringify(whole)}\n`;
    hash.update(utf8ToBytes(text));
    file += text;
  }
  return file;
}

/** Without what tells when it was made. */
export function undated(file: string): AnyLine[] {
  return linesOf(file).map(({ exportedAt: _, sha256: __, ...line }) => line);
}

export type Failure = SessionStoreError & { report?: unknown };
